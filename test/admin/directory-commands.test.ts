import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AuditRecord } from '#model/audit.ts';
import { runCardea } from '#server/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-commands-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function cardea(...words: string[]) {
  const [texts, complaints]: [string[], string[]] = [[], []];
  const output = {
    cwd: folder,
    say: (text: string) => texts.push(text),
    complain: (text: string) => complaints.push(text),
  };
  const exit = await runCardea([...words, '--data', join(folder, 'data')], output);
  return { exit, out: texts.join(''), err: complaints.join('') };
}
const done = async (...words: string[]) => {
  const { exit, out, err } = await cardea(...words);
  assert.equal(exit, 0, `${words.join(' ')}: ${err}`);
  return out;
};
const documentOf = async <T>(...words: string[]) => JSON.parse(await done(...words, '--json')) as T;
const activities = async (...filter: string[]) =>
  (await documentOf<AuditRecord[]>('audit', 'list', ...filter)).map(({ activity }) => activity);

const [ana, ben] = ['ana@woodgrove.test', 'ben@woodgrove.test'];
before(async () => {
  writeFileSync(join(folder, 'password'), 'Correct-Horse-7\n');
  await done('tenant', 'add', 'woodgrove.test');
  for (const upn of [ana, ben]) await done('user', 'add', upn, '--password-file', 'password');
  await done('role', 'add', 'Global Administrator', ana);
});

describe('groups by the command line', () => {
  interface GroupDocument {
    readonly id: string;
    readonly owners: readonly { readonly name: string }[];
    readonly members: readonly { readonly kind: string; readonly name: string }[];
  }
  const showGroup = (name: string) => documentOf<GroupDocument>('group', 'show', name);

  test('a group is made with its first members and owners, and found by name or id', async () => {
    const group = await documentOf<{ id: string }>('group', 'create', 'Staff', '--member', ana, '--owner', ben);
    for (const name of ['Staff', 'sTAFF', group.id]) {
      const { id, owners, members } = await showGroup(name);
      assert.equal(id, group.id);
      assert.deepEqual(
        owners.map(({ name }) => name),
        [ben],
      );
      assert.deepEqual(
        members.map(({ kind, name }) => [kind, name]),
        [['user', ana]],
      );
    }
  });

  test('members and owners come and go, each with its row in the audit log', async () => {
    await done('group', 'create', 'Nested');
    await done('group', 'member', 'add', 'Staff', ben);
    await done('group', 'member', 'add', 'Staff', 'Nested');
    await done('group', 'owner', 'add', 'Staff', ana);
    await done('group', 'owner', 'remove', 'Staff', ben);
    await done('group', 'member', 'remove', 'Staff', ana);
    const { owners, members } = await showGroup('Staff');
    assert.deepEqual(
      owners.map(({ name }) => name),
      [ana],
    );
    assert.deepEqual(members.map(({ name }) => name).sort(), ['Nested', ben]);
    assert.deepEqual((await activities('--activity', 'Add member to group')).length, 3);
    assert.match(await done('group', 'list'), /Staff .*security/);
  });

  test('a member twice, a group in itself and a name of several groups are refused in words', async () => {
    const refusal = async (...words: string[]) => {
      const { exit, err } = await cardea(...words);
      assert.equal(exit, 1);
      return err;
    };
    assert.match(await refusal('group', 'member', 'add', 'Staff', ben), /members'\.\nNo change is necessary\./);
    assert.match(await refusal('group', 'owner', 'remove', 'Staff', ben), /owners'\.\nList the references/);
    await done('group', 'create', 'Staff');
    assert.match(await refusal('group', 'delete', 'Staff'), /several groups have the name "Staff"/);
    await done('group', 'create', 'Admins', '--role-assignable');
    assert.match(await refusal('group', 'member', 'add', 'Admins', 'Nested'), /role-assignable/);
  });

  test('a deleted group comes back with its members; a dry run deletes none', async () => {
    const { id } = await showGroup('Nested');
    await done('group', 'member', 'add', 'Nested', ben);
    assert.match(await done('group', 'delete', 'Nested', '--dry-run'), /Nothing was changed/);
    await done('group', 'delete', 'Nested');
    assert.equal((await cardea('group', 'show', id)).exit, 1);
    await done('group', 'restore', id);
    assert.deepEqual(
      (await showGroup(id)).members.map(({ name }) => name),
      [ben],
    );
    await done('group', 'delete', id, '--permanently');
    assert.equal((await cardea('group', 'restore', id)).exit, 1);
  });

  test('a group whose deletion takes the last administrator\u2019s role is refused, unless it is forced', async () => {
    await done('group', 'member', 'add', 'Admins', ana);
    await done('role', 'add', 'Global Administrator', (await showGroup('Admins')).id);
    await done('role', 'remove', 'Global Administrator', ana);
    const { exit, err } = await cardea('group', 'delete', 'Admins');
    assert.equal(exit, 1, err);
    await done('role', 'add', 'Global Administrator', ana);
    await done('group', 'delete', 'Admins');
  });
});

describe('applications by the command line', () => {
  interface GroupDocument {
    readonly appId: string;
    readonly displayName: string;
    readonly redirectUris: readonly string[];
    readonly homepage?: string;
    readonly backChannelLogoutUri?: string;
    readonly hasBoundTokens?: boolean;
  }
  const uri = 'https://app.woodgrove.test/callback';
  let id = '';
  before(async () => {
    id = (await documentOf<GroupDocument>('app', 'add', 'Payroll', '--redirect-uri', uri)).appId;
  });

  test('app set changes what is named and leaves the rest', async () => {
    const home = 'https://app.woodgrove.test/';
    const changed = await documentOf<GroupDocument>(
      'app',
      'set',
      id,
      '--name',
      'Payroll 2',
      '--homepage',
      home,
      '--bound-tokens',
    );
    assert.deepEqual(
      [changed.displayName, changed.redirectUris, changed.homepage, changed.hasBoundTokens],
      ['Payroll 2', [uri], home, true],
    );
    const back = 'https://app.woodgrove.test/logout';
    assert.equal(
      (await documentOf<GroupDocument>('app', 'set', id, '--back-channel-logout', back)).backChannelLogoutUri,
      back,
    );
    const last = await documentOf<GroupDocument>(
      'app',
      'set',
      id,
      '--no-homepage',
      '--no-back-channel-logout',
      '--no-bound-tokens',
    );
    assert.deepEqual(
      [last.homepage, last.backChannelLogoutUri, last.hasBoundTokens],
      [undefined, undefined, undefined],
    );
    assert.equal((await cardea('app', 'set', id, '--redirect-uri', 'http://app.woodgrove.test/')).exit, 1);
    assert.equal((await cardea('app', 'set', id, '--back-channel-logout', 'http://x.test/')).exit, 1);
  });

  test('secrets are made, listed without themselves, and removed', async () => {
    const { keyId, secret } = await documentOf<{ keyId: string; secret: string }>(
      ...['app', 'secret', 'add', id, '--name', 'deploy', '--until', '2099-01-01'],
    );
    const list = await done('app', 'secret', 'list', id);
    assert.match(list, new RegExp(`${keyId} +deploy +${secret.slice(0, 3)} +2099-01-01`));
    assert.ok(!list.includes(secret));
    assert.ok(!JSON.stringify(await documentOf('audit', 'list')).includes(secret));
    await done('app', 'secret', 'remove', id, 'first');
    await done('app', 'secret', 'remove', id, keyId);
    assert.deepEqual(await documentOf('app', 'secret', 'list', id), []);
    assert.equal((await cardea('app', 'secret', 'remove', id, 'first')).exit, 1);
    assert.ok(!(await done('app', 'secret', 'add', id, '--dry-run')).includes('client_secret'));
  });
});

describe('logs by the command line', () => {
  test('the audit log is filtered by result, actor, reason and number of rows', async () => {
    assert.deepEqual([...new Set(await activities('--result', 'failure'))], ['Refused command']);
    assert.equal((await activities('--top', '1')).length, 1);
    assert.deepEqual(await activities('--actor', 'nia'), []);
    assert.ok((await activities('--actor', 'CLI:')).length > 5);
    assert.deepEqual(await activities('--reason', 'groupAmbiguous'), ['Refused command']);
    assert.deepEqual(await activities('--until', '2000-01-01'), []);
    // As the list shows a refusal, and beside a change.
    const [row] = await documentOf<AuditRecord[]>('audit', 'list', '--reason', 'groupAmbiguous');
    const { operation } = row!.newValue as { readonly operation: string };
    assert.deepEqual([...new Set(await activities('--activity', operation))], ['Refused command']);
    const both = await activities('--activity', operation, '--activity', 'Add group');
    assert.deepEqual([...new Set(both)].sort(), ['Add group', 'Refused command']);
  });

  for (const words of [
    ['audit', 'list', '--result', 'maybe'],
    ['audit', 'list', '--top', '0'],
    ['audit', 'list', '--since', 'yesterday'],
    ['audit', 'list', '--since', '2026-02-30'],
    ['audit', 'list', '--activity', 'group shw'],
    ['user', 'tap', ana, '--start', '2027-02-30'],
    ['sign-in', 'list', '--result', 'maybe'],
    ['sign-in', 'list', '--top', '1e9'],
    ['sign-in', 'lst'],
  ])
    test(`${words.join(' ')} is misuse`, async () => assert.equal((await cardea(...words)).exit, 2));

  test('the sign-in log is empty at first', async () => {
    assert.deepEqual(await documentOf('sign-in', 'list', '--user', ana, '--since', '2026-01-01'), []);
  });

  for (const [words, problem] of [
    [['--user', 'anna@woodgrove.test'], '--user: the tenant has no user "anna@woodgrove.test".\n'],
    [['--app', 'unknown'], '--app: the tenant has no application "unknown".\n'],
    [['--user', ana], ''],
  ] as const)
    test(`an empty list of ${words.join(' ')} says "${problem.trim()}"`, async () => {
      const { exit, err, out } = await cardea('sign-in', 'list', ...words, '--json');
      assert.deepEqual([exit, err, out.trim()], [0, problem, '[]']);
    });
});

describe('a tenant that is removed', () => {
  test('says what is lost first, then is gone with its rows, and leaves a row in the log of the installation', async () => {
    await done('tenant', 'add', 'fabrikam.test', '--domain', 'fabrikam.example');
    const inside = ['--tenant', 'fabrikam.test'];
    await done('user', 'add', 'cho@fabrikam.test', ...inside);
    await done('group', 'create', 'All', '--member', 'cho@fabrikam.test', ...inside);
    const trial = await documentOf<{ contents: Record<string, number>; removed: boolean }>(
      ...['tenant', 'remove', 'fabrikam.test', '--dry-run'],
    );
    assert.deepEqual([trial.removed, trial.contents.users, trial.contents.groups], [false, 1, 1]);
    const { exit, err } = await cardea('tenant', 'remove', 'fabrikam.test');
    assert.equal(exit, 1);
    assert.match(err, /fabrikam\.test permanently removes 1 users, 1 groups, .*signing keys\. Nothing was removed/);
    await done('tenant', 'remove', 'fabrikam.test', '--confirm', 'Fabrikam.test');
    assert.equal((await cardea('user', 'list', ...inside)).exit, 1);
    assert.ok(!(await done('tenant', 'list')).includes('fabrikam'));
    const [row] = await documentOf<AuditRecord[]>('audit', 'list', '--installation', '--activity', 'Delete tenant');
    assert.match(JSON.stringify(row!.oldValue), /fabrikam\.example.*"users":1/);
    // Its names are free again, and the other tenant has what it had.
    await done('tenant', 'add', 'fabrikam.test');
    assert.deepEqual(await documentOf('user', 'list', ...inside), []);
    assert.equal((await documentOf<unknown[]>('user', 'list', '--tenant', 'woodgrove.test')).length, 2);
  });
});

describe('a message repeats what the command line has, in its case', () => {
  const id = 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE';
  const inWoodgrove = (...words: string[]) =>
    cardea(...words, ...(words[0] === 'tenant' ? [] : ['--tenant', 'woodgrove.test']));
  const rows: readonly (readonly string[])[] = [
    ['app', 'remove', id],
    ['app', 'restore', id],
    ['app', 'secret', 'list', id],
    ['app', 'set', id, '--name', 'x'],
    ['block', 'remove', id],
    ['ca', 'remove', id],
    ['ca', 'restore', id],
    ['device', 'show', id],
    ['domain', 'manage', id],
    ['group', 'delete', id],
    ['group', 'restore', id],
    ['policy', 'prefer', '--include', id],
    ['role', 'add', id, ana],
    ['role', 'add', 'Global Administrator', id],
    ['role', 'remove', 'Global Administrator', id],
    ['tenant', 'remove', id],
    ['user', 'remove', id],
    ['user', 'restore', id],
  ];
  for (const words of rows)
    test(words.join(' '), async () => {
      const { exit, err } = await inWoodgrove(...words);
      assert.equal(exit, 1);
      assert.match(err, /^cardea: there is no [^"]+ "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE"\.\n(Run|Specify|Check) /);
    });

  test('a certificate of an application that is to be removed', async () => {
    const { appId } = await documentOf<{ appId: string }>('app', 'add', 'Own', '--tenant', 'woodgrove.test');
    const { err } = await inWoodgrove('app', 'set', appId, '--remove-certificate', id);
    assert.match(err, /^cardea: there is no certificate of the application "AAAAAAAA-/);
  });

  test('a role that its holder loses twice', async () => {
    const { err } = await inWoodgrove('role', 'remove', 'User Administrator', 'BEN@woodgrove.test');
    assert.match(
      err,
      /^cardea: there is no assignment of this role to "BEN@woodgrove\.test"\.\nRun `cardea role list`/,
    );
  });
});
