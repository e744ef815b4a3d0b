import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { housekeeping } from '#cli/shell/housekeeping.ts';
import type { AuditRecord } from '#model/audit.ts';
import { runCardea } from '#server/command-line.ts';

/** A command line that fails. Its audit row lies in the tenant's log or, with `installation`, in the installation's. */
interface Row {
  readonly name: string;
  readonly words: readonly string[];
  /** Undefined where no row is left. */
  readonly code: string | undefined;
  readonly target?: string;
  /** The first two words where it is left out. */
  readonly operation?: string;
  readonly installation?: true;
}

const upn = 'ana@woodgrove.test';
const commandLineId = commandLineApplication.appId;
const oneTenant: readonly Row[] = [
  {
    name: 'a tenant whose domain is taken',
    words: ['tenant', 'add', 'woodgrove.test'],
    code: 'domainTaken',
    target: 'woodgrove.test',
  },
  { name: 'a tenant whose name is no domain', words: ['tenant', 'add', 'wood grove'], code: 'domainMalformed' },
  {
    name: 'a tenant with a further domain that is taken',
    words: ['tenant', 'add', 'x.test', '--domain', 'woodgrove.test'],
    code: 'domainTaken',
  },
  {
    name: 'a tenant with an invisible character in its name',
    words: ['tenant', 'add', 'x.test', '--name', 'a\u202eb'],
    code: 'textHoldsControls',
  },
  { name: 'a user who is there', words: ['user', 'add', upn], code: 'userPrincipalNameTaken', target: upn },
  {
    name: 'a change of a user who is not there',
    words: ['user', 'set', 'nia@woodgrove.test', '--disable'],
    code: 'nothingFound',
  },
  { name: 'a role that is not there', words: ['role', 'add', 'Emperor', upn], code: 'nothingFound', target: 'Emperor' },
  {
    name: 'the last Global Administrator',
    words: ['role', 'remove', 'Global Administrator', upn],
    code: 'graphLastAdministrator',
  },
  {
    name: 'a change that locks out the last administrator',
    words: ['user', 'set', upn, '--no-password'],
    code: 'lastAdministratorShutOut',
    target: upn,
  },
  {
    name: 'a password of two kinds of characters',
    words: ['user', 'set', upn, '--password-file', 'weak'],
    code: 'passwordTooWeak',
    target: upn,
  },
  {
    name: 'a new user whose password has two kinds of characters',
    words: ['user', 'add', 'ben@woodgrove.test', '--password-file', 'weak'],
    code: 'passwordTooWeak',
  },
  { name: 'a policy that cannot be read', words: ['policy', 'apply', 'bad.json'], code: 'policyDocumentUnreadable' },
  {
    name: 'a domain that is taken',
    words: ['domain', 'add', 'woodgrove.test'],
    code: 'domainTaken',
  },
  { name: 'a key of a tenant that is not there', words: ['tenant', 'rotate-key', 'none.test'], code: 'nothingFound' },
  { name: 'a group that is not there', words: ['group', 'delete', 'none'], code: 'nothingFound', target: 'none' },
  {
    name: 'a mail nickname with a space',
    words: ['group', 'create', 'Staff', '--mail-nickname', 'all staff'],
    code: 'graphPropertyInvalid',
  },
  {
    name: 'a member who is not there',
    words: ['group', 'member', 'add', 'none', upn],
    code: 'nothingFound',
    operation: 'group member add',
  },
  { name: 'an application that is not there', words: ['app', 'set', 'none', '--name', 'x'], code: 'nothingFound' },
  {
    name: 'an address with a fragment',
    words: ['app', 'set', commandLineId, '--redirect-uri', 'https://app.woodgrove.test/#'],
    code: 'graphBuiltInReadOnly',
  },
  {
    name: 'the only tenant',
    words: ['tenant', 'remove', 'woodgrove.test', '--confirm', 'woodgrove.test'],
    code: 'tenantIsLast',
    target: 'woodgrove.test',
  },
  { name: 'a rehearsal', words: ['user', 'set', 'nia@woodgrove.test', '--disable', '--dry-run'], code: undefined },
  { name: 'a read of a tenant that is not there', words: ['user', 'list', '--tenant', 'none.test'], code: undefined },
  { name: 'an option that is not there', words: ['user', 'remove', upn, '--no-such'], code: undefined },
  { name: 'a file that is not there', words: ['ca', 'add', 'none.cer'], code: undefined },
];

const twoTenants: readonly Row[] = [
  {
    name: 'a change that names no tenant',
    words: ['user', 'remove', upn],
    code: 'tenantAmbiguous',
    installation: true,
  },
  {
    name: 'a tenant whose name is no domain',
    words: ['tenant', 'add', 'wood grove'],
    code: 'domainMalformed',
    installation: true,
  },
  {
    name: 'a tenant whose domain is taken, in the log of its owner',
    words: ['tenant', 'add', 'woodgrove.test'],
    code: 'domainTaken',
  },
  {
    name: 'a tenant that is not there',
    words: ['user', 'remove', upn, '--tenant', 'none.test'],
    code: 'nothingFound',
    installation: true,
  },
  {
    name: 'a tenant whose removal is not confirmed',
    words: ['tenant', 'remove', 'fabrikam.test'],
    code: 'tenantNotConfirmed',
    target: 'fabrikam.test',
  },
  {
    name: 'a tenant whose removal is confirmed with another name',
    words: ['tenant', 'remove', 'fabrikam.test', '--confirm', 'woodgrove.test'],
    code: 'tenantNotConfirmed',
  },
  {
    name: 'a user who is not there, of a named tenant',
    words: ['user', 'remove', 'nia@woodgrove.test', '--tenant', 'woodgrove.test'],
    code: 'nothingFound',
  },
];

describe('refused commands leave rows in the audit log with the result failure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-refused-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const cardea = async (...words: string[]) => {
    const texts: string[] = [];
    const output = { cwd: folder, say: (text: string) => texts.push(text), complain: () => undefined };
    const exit = await runCardea([...words, '--data', join(folder, 'data')], output);
    return { exit, out: texts.join('') };
  };
  const refusals = async (...place: string[]) =>
    JSON.parse((await cardea('audit', 'list', '--refused', '--json', ...place)).out) as AuditRecord[];
  const every = async () => [
    ...(await refusals('--tenant', 'woodgrove.test')),
    ...(hasFabrikam ? await refusals('--tenant', 'fabrikam.test') : []),
    ...(await refusals('--installation')).map((record) => ({ ...record, installation: true as const })),
  ];
  let hasFabrikam = false;
  const total = (records: readonly AuditRecord[]) => records.reduce((sum, { refusal }) => sum + refusal!.count, 0);

  before(async () => {
    const succeeds = async (...words: string[]) => assert.equal((await cardea(...words)).exit, 0, words.join(' '));
    writeFileSync(join(folder, 'bad.json'), '{');
    writeFileSync(join(folder, 'password'), 'Correct-Horse-7\n');
    writeFileSync(join(folder, 'weak'), 'correct horse\n');
    await succeeds('tenant', 'add', 'woodgrove.test');
    await succeeds('user', 'add', upn, '--password-file', 'password');
    await succeeds('role', 'add', 'Global Administrator', upn);
  });

  const check = ({ name, words, code, target, operation, installation }: Row) =>
    test(`${name}: ${code ?? 'no row'}${installation ? ', in the log of the installation' : ''}`, async () => {
      const old = await every();
      for (let i = 0; i < 2; i++) assert.notEqual((await cardea(...words)).exit, 0);
      const currentAudits = await every();
      assert.equal(total(currentAudits) - total(old), code === undefined ? 0 : 2, JSON.stringify(currentAudits));
      if (code === undefined) return;
      const counts = new Map(old.map(({ id, refusal }) => [id, refusal!.count]));
      const [row, ...furtherRows] = currentAudits.filter(({ id, refusal }) => counts.get(id) !== refusal!.count);
      assert.deepEqual(furtherRows, []);
      assert.equal(row!.refusal!.because.code, code);
      assert.equal(row!.activity, 'Refused command');
      assert.equal((row!.newValue as { operation: string }).operation, operation ?? words.slice(0, 2).join(' '));
      assert.match(row!.actor, /^cli:/);
      assert.equal('installation' in row!, installation === true);
      if (target !== undefined) assert.equal(row!.targetId, target);
    });

  describe('with one tenant', () => {
    for (const row of oneTenant) check(row);
  });

  describe('with two tenants', () => {
    before(async () => {
      assert.equal((await cardea('tenant', 'add', 'fabrikam.test')).exit, 0);
      hasFabrikam = true;
    });
    for (const row of twoTenants) check(row);
  });

  test('a person reads what was refused, by whom and how often', async () => {
    const { out } = await cardea('audit', 'list', '--installation');
    assert.match(out, /^time .*actor .*activity .*target .*result .*count .*reason/);
    assert.match(out, /cli:\S+ +user remove +ana@woodgrove\.test +failure +2 +this installation has several tenants/);
    assert.match((await cardea('audit', 'list', '--tenant', 'fabrikam.test')).out, /Add tenant/);
  });

  test('a command reads only where this list says so', () => {
    const local = housekeeping.filter((command) => command.local);
    assert.ok(
      local.every(({ readsOnly }) => readsOnly),
      'a client of a server opens no data folder for its refusals',
    );
    const readers = housekeeping.filter((command) => command.readsOnly && !command.local);
    assert.deepEqual(readers.map(({ usage }) => usage.split(' --')[0]).sort(), [
      'app list',
      'app secret list CLIENT_ID',
      'audit list',
      'backup FILE',
      'block list',
      'ca list',
      'crl list',
      'explain [ID]',
      'group list',
      'group show GROUP',
      'keys status',
      'policy get',
      'role list',
      'sign-in list',
      'sync ad plan',
      'sync status',
      'tenant list',
      'user list',
    ]);
  });
});
