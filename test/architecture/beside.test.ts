import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileNamed, importedBy, root, type Source, sources } from './modules.ts';

/**
 * Files without a test of their name beside them, each with the test that covers it: it imports the file, or what the file is a part
 * of, which is the file that it stands beside or another one that it imports.
 */
const coveredBy: Readonly<Record<string, string>> = {
  'admin/account/applications.ts': 'test/admin/account.test.ts',
  'admin/account/certificates.ts': 'test/admin/account.test.ts',
  'admin/account/devices.ts': 'test/admin/account.test.ts',
  'admin/account/password.ts': 'test/admin/account.test.ts',
  'admin/account/sessions.ts': 'test/admin/account.test.ts',
  'admin/account/sign-ins.ts': 'test/admin/account.test.ts',
  'admin/applications/applications.ts': 'src/admin/applications/permission-grants.test.ts',
  'admin/applications/deletion.ts': 'src/admin/directory/deletion.test.ts',
  'admin/applications/directory-applications.ts': 'test/contract/privileges.test.ts',
  'admin/devices/devices.ts': 'src/admin/devices/renew-device.test.ts',
  'admin/devices/issuing-authority.ts': 'test/device/device-authority.test.ts',
  'admin/devices/registration-policy.ts': 'src/admin/devices/join-device.test.ts',
  'admin/directory/directory-users.ts': 'src/admin/directory/users.test.ts',
  'admin/directory/related-objects.ts': 'src/admin/directory/deletion.test.ts',
  'admin/directory/sessions.ts': 'src/admin/directory/deletion.test.ts',
  'admin/document/differences.ts': 'src/admin/policies/policies.test.ts',
  'admin/document/entra-objects.ts': 'src/admin/trust/authority/authority-scopes.test.ts',
  'admin/document/import-entra.ts': 'src/admin/trust/authority/authority-scopes.test.ts',
  'admin/document/tenant-document.ts': 'src/admin/policies/policies.test.ts',
  'admin/pictures/pictures.ts': 'test/pages/pictures.test.ts',
  'admin/policies/authentication-contexts.ts': 'src/admin/policies/access-references.test.ts',
  'admin/policies/method-policy.ts': 'src/admin/trust/authority/authority-scopes.test.ts',
  'admin/refusals.ts': 'test/contract/refusals.test.ts',
  'admin/safety/gathered-answers.ts': 'src/admin/safety/guard.test.ts',
  'admin/safety/other-ways.ts': 'src/admin/safety/guard.test.ts',
  'admin/safety/prepared-crls.ts': 'src/admin/safety/guard.test.ts',
  'admin/synchronisation/plan/addresses.ts': 'src/admin/synchronisation/plan/matches.test.ts',
  'admin/synchronisation/plan/name-exchange.ts': 'src/admin/synchronisation/plan/name-claims.test.ts',
  'admin/synchronisation/plan/plan.ts': 'src/admin/synchronisation/plan/name-claims.test.ts',
  'admin/synchronisation/settings.ts': 'src/admin/synchronisation/apply/memberships.test.ts',
  'admin/synchronisation/status.ts': 'test/sync/active-directory.test.ts',
  'admin/tenant/contrast.ts': 'src/admin/tenant/branding.test.ts',
  'admin/tenant/tenants.ts': 'src/admin/tenant/domain-names.test.ts',
  'admin/trust/authorities.ts': 'src/admin/trust/pki/pki-containers.test.ts',
  'admin/trust/edit-trust-store.ts': 'src/admin/trust/pki/pki-containers.test.ts',
  'admin/trust/health/warnings.ts': 'src/admin/trust/health/authority-warnings.test.ts',
  'admin/trust/pki/deleted-authorities.ts': 'src/admin/trust/pki/pki-containers.test.ts',
  'admin/trust/pki/pki-authorities.ts': 'src/admin/trust/pki/pki-containers.test.ts',
  'admin/trust/trust-store-document.ts': 'src/admin/policies/policies.test.ts',
  'storage/stores/directory-index/changes.ts': 'src/storage/stores/directory-index/directory-lists.test.ts',
  'storage/stores/directory-index/group-lists.ts': 'src/storage/stores/directory-index/directory-lists.test.ts',
  'storage/stores/directory-index/index-pages.ts': 'src/storage/stores/directory-index/directory-lists.test.ts',
  'storage/stores/directory-index/index-values.ts': 'src/storage/stores/directory-index/rebuild-index.test.ts',
  'storage/stores/directory-index/objects-by-id.ts': 'src/storage/stores/directory-index/rebuild-index.test.ts',
  'storage/stores/directory-index/reindex.ts': 'src/storage/stores/directory-index/rebuild-index.test.ts',
  'storage/stores/directory-index/track-change.ts': 'src/storage/stores/directory/objects.test.ts',
  'storage/stores/directory/federations.ts': 'src/storage/storage.test.ts',
  'storage/stores/directory/group-nesting.ts': 'src/storage/stores/directory/users/user-rows.test.ts',
  'storage/stores/directory/step.ts': 'src/storage/stores/directory/objects.test.ts',
  'storage/stores/directory/users/user-changes.ts': 'src/storage/stores/directory/users/users.test.ts',
  'storage/stores/directory/users/user-deletion.ts': 'src/storage/stores/directory/users/users.test.ts',
  'storage/stores/reports/log-slices.ts': 'src/storage/stores/reports/log-reports.test.ts',
  'storage/stores/sign-in/code-rows.ts': 'src/storage/stores/sign-in/oidc-records.test.ts',
  'storage/stores/sign-in/log/entries.ts': 'src/storage/stores/sign-in/log/sign-ins.test.ts',
  'storage/stores/sign-in/log/packing/packing-dictionary.ts':
    'src/storage/stores/sign-in/log/packing/packed-record.test.ts',
  'storage/stores/sign-in/visit-rows.ts': 'src/storage/stores/sign-in/visits.test.ts',
  'storage/stores/trust/authorities.ts': 'src/storage/stores/trust/policies.test.ts',
};

/** Folders of which a change is proven by the test beside the file, in seconds. */
const folders = ['storage/stores/', 'admin/', 'signin/', 'http/sign-in/'];

/** Types alone, texts of reasons, or what re-exports other files: a test would repeat them. */
const isDeclaration = ({ file, text }: Source): boolean =>
  file.startsWith('admin/reasons/') || !/^export (?:async )?(?:function|const|class)\b/m.test(text);

const testBeside = (file: string): string => file.replace(/\.ts$/, '.test.ts');
const repository = dirname(root);
/** The files of src that a file imports. */
const importsOf = (source: Source): readonly string[] =>
  importedBy(source).flatMap((name) => fileNamed(source.file, name) ?? []);
const isImportedBy = (file: string, importer: string): boolean =>
  sources.some((source) => source.file === importer && importsOf(source).includes(file));

/** Whether a test imports a file, or one that imports the file, or stands beside one that does. @param name below the repository */
function covers(name: string, file: string): boolean {
  const testFile = name.replace(/^src\//, '');
  const subjects = importsOf({ file: testFile, text: readFileSync(join(repository, name), 'utf8') });
  return (
    subjects.includes(file) ||
    [testFile.replace('.test.ts', '.ts'), ...subjects].some((item) => isImportedBy(file, item))
  );
}

describe('a change of a store, of a rule of administrators or of a step of a sign-in is proven by a test beside it', () => {
  const subjects = sources.filter(
    (source) => folders.some((folder) => source.file.startsWith(folder)) && !isDeclaration(source),
  );

  test('every file has one, but for those that another test covers', () => {
    const alone = subjects.filter(({ file }) => !existsSync(join(root, testBeside(file)))).map(({ file }) => file);
    assert.deepEqual(alone.toSorted(), Object.keys(coveredBy).toSorted());
  });

  for (const [file, name] of Object.entries(coveredBy))
    test(`${file} is covered by ${name}`, () => assert.ok(covers(name, file), `${name} does not import it`));
});
