import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { importEntra } from '../../document/import-apply.ts';
import { readEntraExport } from '../../document/import-entra.ts';
import { documentOf } from '../../document/tenant-document.ts';
import { changeX509 } from '../../policies/method-policy.ts';
import { applyDocument } from '../../policies/policies.ts';
import { addAuthority, removeAuthority } from '../authorities.ts';
import { deleteContainer } from '../pki/pki-containers.ts';
import { detailsOf } from './authority-rules.ts';

const root = testCa('Scoped Root');
const issuing = root.issueCa('Scoped Issuing');
const stranger = testCa('Removed Root');
const actor = 'test';
const clock = new TestClock();
const [sqlite] = databasesUnderTest();
const skiOf = ({ der }: { readonly der: Uint8Array }) => detailsOf({ der }).subjectKeyIdentifier!;
const base64 = ({ der }: { readonly der: Uint8Array }) => Buffer.from(der).toString('base64');
const group = '11111111-2222-4333-8444-555555555555';
const includeTargets = [{ targetType: 'group', id: group }] as const;

describe('CA scopes of CAs that are not in the trust store', () => {
  let storage: Storage;
  let ports: TenantStorage;
  let tenant: Tenant;
  beforeEach(async () => {
    await storage?.close();
    storage = await openAt(await sqlite!.place(), clock);
    const domain = { id: 'scoped.test', authenticationType: 'Managed', isVerified: true } as const;
    tenant = { id: crypto.randomUUID(), displayName: 'Scoped', domains: [domain] };
    await storage.tenants.add(tenant);
    ports = storage.forTenant(tenant.id);
    await ports.groups.add({ id: group, displayName: 'Pilot' }, actor);
  });
  after(async () => {
    await storage.close();
    sqlite!.end();
  });

  describe('an import of an Entra export', () => {
    const pki = 'dddddddd-1111-4222-8333-444444444444';
    const scopeOf = (ca: { readonly der: Uint8Array }, pkiId = pki) => ({
      subjectKeyIdentifier: skiOf(ca),
      publicKeyInfrastructureIdentifier: pkiId,
      includeTargets,
    });
    const authority = (ca: typeof root, type: string) => ({
      certificateAuthorityType: type,
      certificate: base64(ca),
      displayName: type,
    });
    const exported = (scopes: readonly object[]) =>
      orThrow(
        readEntraExport([
          {
            name: 'pki.json',
            content: {
              '@odata.type': '#microsoft.graph.certificateBasedAuthPki',
              id: pki,
              displayName: 'Contoso PKI',
              certificateAuthorities: [authority(root, 'root'), authority(issuing, 'intermediate')],
            },
          },
          {
            name: 'x509.json',
            content: { id: 'X509Certificate', state: 'enabled', certificateAuthorityScopes: scopes },
          },
        ]),
      );
    const run = (scopes: readonly object[], dryRun = false) =>
      importEntra(exported(scopes), tenant, { actor, at: clock.at, ports }, { dryRun }).then(orThrow);
    const inForce = async () =>
      (await ports.policy.x509()).certificateAuthorityScopes.map(({ subjectKeyIdentifier }) => subjectKeyIdentifier);
    const unknownPki = '99999999-1111-4222-8333-444444444444';

    for (const { name, scope, property } of [
      { name: 'a CA that is gone', scope: scopeOf(stranger), property: 'subjectKeyIdentifier' },
      {
        name: 'a PKI that is gone',
        scope: scopeOf(issuing, unknownPki),
        property: 'publicKeyInfrastructureIdentifier',
      },
    ]) {
      test(`leaves out the scope of ${name}, lists it as ignored, and takes over the rest`, async () => {
        const [rehearsal, { ignored }] = [
          await run([scopeOf(issuing), scope], true),
          await run([scopeOf(issuing), scope]),
        ];
        assert.deepEqual(rehearsal.ignored, ignored);
        const [item, ...furtherItems] = ignored.filter(({ what }) => what.startsWith('the CA scope of '));
        assert.deepEqual(furtherItems, []);
        assert.match(item!.what, new RegExp(scope.subjectKeyIdentifier));
        assert.match(item!.why, new RegExp(`${property} .* is not in the trust store`));
        assert.deepEqual(await inForce(), [skiOf(issuing)]);
        assert.equal((await ports.policy.x509()).state, 'enabled');
        assert.equal((await ports.trustStore.list()).length, 2);
      });
    }

    test('twice changes nothing more', async () => {
      await run([scopeOf(issuing), scopeOf(stranger)]);
      assert.deepEqual((await run([scopeOf(issuing), scopeOf(stranger)])).differences, []);
    });
  });

  describe('a scope whose CA was removed later', () => {
    const add = async () => {
      for (const ca of [root, issuing])
        orThrow(await addAuthority({ certificate: certificateOf(ca) }, { at: clock.at, actor, ports }));
      const row = (await ports.trustStore.list()).find(
        (item) => detailsOf(item).subjectKeyIdentifier === skiOf(issuing),
      )!;
      const scope = {
        subjectKeyIdentifier: skiOf(issuing),
        publicKeyInfrastructureIdentifier: row.containerId!,
        includeTargets,
      };
      orThrow(await changeX509((old) => ({ ...old, certificateAuthorityScopes: [scope] }), { actor, ports }));
      return { row, scope };
    };
    const removals = {
      'the CA': async ({ row }: Awaited<ReturnType<typeof add>>) => {
        orThrow(await removeAuthority(row.id, { at: clock.at, actor, ports }));
      },
      'its PKI': async ({ row }: Awaited<ReturnType<typeof add>>) => {
        orThrow(await deleteContainer(row.containerId!, { at: clock.at, actor, ports }));
      },
    };
    for (const [name, removal] of Object.entries(removals)) {
      test(`refuses no unrelated change after ${name} was removed, and stands`, async () => {
        const standing = await add();
        await removal(standing);
        orThrow(await changeX509((old) => ({ ...old, state: 'enabled' }), { actor, ports }));
        const { state, certificateAuthorityScopes } = await ports.policy.x509();
        assert.equal(state, 'enabled');
        assert.deepEqual(certificateAuthorityScopes, [standing.scope]);
      });

      test(`comes through a document of the tenant after ${name} was removed`, async () => {
        await removal(await add());
        const document: unknown = JSON.parse(JSON.stringify(await documentOf(ports)));
        const { differences } = orThrow(
          await applyDocument(document, { actor, at: clock.at, ports }, { dryRun: false }),
        );
        assert.deepEqual(differences, []);
      });

      test(`is refused when it is changed after ${name} was removed, with its name`, async () => {
        const { scope, ...standing } = await add();
        await removal({ scope, ...standing });
        const wider = { ...scope, includeTargets: [{ targetType: 'group', id: 'all_users' }] as const };
        await assert.rejects(
          changeX509((old) => ({ ...old, certificateAuthorityScopes: [wider] }), { actor, ports }).then(orThrow),
          (problem) =>
            problem instanceof CardeaError &&
            problem.because.code === 'authorityScopeUnknown' &&
            [scope.subjectKeyIdentifier, scope.publicKeyInfrastructureIdentifier].includes(
              problem.because.evidence.value,
            ),
        );
      });
    }
  });
});
