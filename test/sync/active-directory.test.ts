import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { addDirectoryUser } from '#admin/directory/directory-users.ts';
import { assignmentId, assignRole, unassignRole } from '#admin/directory/role-assignments.ts';
import { changeTenant, type GuardPorts } from '#admin/safety/guard.ts';
import { statusOf } from '#admin/synchronisation/status.ts';
import { orThrow, type Ruling } from '#core/trace/ruling.ts';
import type { UserEntry } from '#model/user.ts';
import { SambaDc, sambaMissing } from './samba.ts';
import { SyncScene } from './sync-scene.ts';

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';

describe('a synchronization from Active Directory', { skip: sambaMissing() }, () => {
  let dc: SambaDc;
  let scene: SyncScene;
  const people = () => `OU=People,${dc.baseDn}`;
  const addGroup = (name: string, members: readonly string[], parent = people()) =>
    dc.change((client) =>
      client.add(`CN=${name},${parent}`, {
        objectClass: 'group',
        sAMAccountName: name,
        ...(members.length > 0 ? { member: [...members] } : {}),
      }),
    );
  const set = (dn: string, name: string, values: readonly string[]) =>
    dc.change((client) =>
      client.modify(
        dn,
        new Change({ operation: 'replace', modification: new Attribute({ type: name, values: [...values] }) }),
      ),
    );
  const memberNames = async (group: string): Promise<readonly string[]> => {
    const { id } = (await scene.ports.groups.list({ top: 100 })).find(({ displayName }) => displayName === group)!;
    const members = await scene.ports.groups.members(id);
    const names = await Promise.all(
      members.map(async ({ kind, id: member }) =>
        kind === 'user'
          ? (await scene.ports.users.find(member))!.userPrincipalName
          : (await scene.ports.groups.find(member))!.displayName,
      ),
    );
    return names.sort();
  };

  before(async () => {
    dc = await SambaDc.start();
    scene = await SyncScene.open(dc);
    await dc.change(async (client) => {
      for (const name of ['People', 'Elsewhere'])
        await client.add(`OU=${name},${dc.baseDn}`, { objectClass: 'organizationalUnit' });
    });
    await dc.addUser(
      'ana',
      {
        userPrincipalName: 'ana@woodgrove.example',
        mail: 'vale@woodgrove.example',
        givenName: 'Ana',
        sn: 'Vale',
        department: 'Ports',
        altSecurityIdentities: ['X509:<SKI>0102', 'X509:<SHA1-PUKEY>a1b2', 'Kerberos:ana@ELSEWHERE'],
      },
      people(),
    );
    await dc.addUser('ben', { userAccountControl: '514' }, people());
    await dc.addUser('eve', {}, `OU=Elsewhere,${dc.baseDn}`);
    await addGroup('Pilots', [`CN=ana,${people()}`]);
    await addGroup('Crew', [`CN=Pilots,${people()}`, `CN=ben,${people()}`, `CN=eve,OU=Elsewhere,${dc.baseDn}`]);
    await scene.configure({ containers: [people()] });
  });
  after(async () => {
    await scene?.close();
    await dc?.remove();
  });

  test('a plan says what a run will do, and writes nothing', async () => {
    const { plan, run } = await scene.run({ isPlan: true });
    assert.equal(run.because, undefined);
    assert.deepEqual(
      plan?.changes.map(({ action }) => action),
      ['add', 'add', 'add', 'add'],
    );
    assert.deepEqual(await scene.userNames(), []);
    assert.deepEqual(await scene.ports.synchronisation.state(dc.domain), {});
  });

  test('brings users of the containers with every attribute, and nested groups', async () => {
    const { run } = await scene.run();
    assert.deepEqual([run.because, run.kind, run.counts.added], [undefined, 'full', 4]);
    assert.deepEqual(await scene.userNames(), ['ana@woodgrove.example', 'ben@woodgrove.example']);
    const { user, profile } = (await scene.user('ana@woodgrove.example'))!;
    assert.deepEqual(user.certificateUserIds, ['X509:<SKI>0102', 'X509:<SHA1-PUKEY>a1b2']);
    assert.equal(user.mail, 'vale@woodgrove.example');
    assert.equal(profile.department, 'Ports');
    assert.equal(profile.onPremisesSyncEnabled, true);
    assert.equal(profile.onPremisesSamAccountName, 'ana');
    assert.match(String(profile.onPremisesSecurityIdentifier), /^S-1-5-21-\d+-\d+-\d+-\d+$/);
    assert.equal(Buffer.from(String(profile.onPremisesImmutableId), 'base64').length, 16);
    assert.equal(profile.onPremisesDistinguishedName, `CN=ana,${people()}`);
    assert.deepEqual(await memberNames('Crew'), ['Pilots', 'ben@woodgrove.example']);
    assert.deepEqual(await memberNames('Pilots'), ['ana@woodgrove.example']);
  });

  test('a name whose domain is not verified gets the domain of the tenant, and stays as onPremisesUserPrincipalName', async () => {
    const { user } = (await scene.user('ben@woodgrove.example'))!;
    assert.equal(user.onPremisesUserPrincipalName, 'ben@woodgrove.test');
    assert.equal(user.accountEnabled, false);
  });

  test('every write is in the audit log under the name of the synchronization', async () => {
    const rows = await scene.ports.audits.list({ top: 100, activities: ['Add user', 'Add group'] });
    assert.equal(rows.length, 4);
    assert.ok(rows.every(({ actor }) => actor.includes('Directory%20Synchronization%20Account')));
  });

  test('a second run reads and writes nothing but what changed', async () => {
    const idle = await scene.run();
    assert.deepEqual([idle.run.kind, idle.run.counts.read, idle.plan?.changes.length], ['delta', 0, 0]);
    await set(`CN=ana,${people()}`, 'department', ['Docks']);
    const { run } = await scene.run();
    assert.deepEqual([run.kind, run.counts.read, run.counts.updated], ['delta', 1, 1]);
    const requests = [idle.run.counts.ldapRequests, run.counts.ldapRequests];
    assert.ok(Math.max(...requests) <= 15, `${requests} requests to the domain controller`);
    assert.equal((await scene.user('ana@woodgrove.example'))?.profile.department, 'Docks');
  });

  test('two users who swap their names there have them here after the next run, and every plan says so', async () => {
    const swap = async (ana: string, ben: string) => {
      // Active Directory keeps the names apart as well.
      await set(`CN=ana,${people()}`, 'userPrincipalName', ['between@woodgrove.example']);
      await set(`CN=ben,${people()}`, 'userPrincipalName', [ben]);
      await set(`CN=ana,${people()}`, 'userPrincipalName', [ana]);
    };
    const names = ['ana@woodgrove.example', 'ben@woodgrove.example'] as const;
    const ids = await Promise.all(names.map(async (name) => (await scene.user(name))!.user.id));
    await swap(names[1], names[0]);
    const { plan } = await scene.run({ isPlan: true });
    assert.deepEqual(
      plan?.changes.flatMap((change) => ('target' in change ? change.target.problems : [])),
      [],
    );
    const { run } = await scene.run();
    assert.deepEqual([run.because, run.counts.problems, run.counts.updated], [undefined, 0, 2]);
    const swapped = await Promise.all(names.map(async (name) => (await scene.user(name))!.user.id));
    assert.deepEqual(swapped, ids.toReversed());
    await swap(names[0], `ben@${dc.domain}`);
    assert.equal((await scene.run()).run.counts.problems, 0);
    assert.deepEqual(await Promise.all(names.map(async (name) => (await scene.user(name))!.user.id)), ids);
  });

  test('an object that moves out of the containers is deleted, and one that moves in enters its groups', async () => {
    await dc.change(async (client) => {
      await client.modifyDN(`CN=ben,${people()}`, `CN=ben,OU=Elsewhere,${dc.baseDn}`);
      await client.modifyDN(`CN=eve,OU=Elsewhere,${dc.baseDn}`, `CN=eve,${people()}`);
    });
    const { run } = await scene.run();
    assert.deepEqual([run.because, run.kind, run.counts.added, run.counts.deleted], [undefined, 'delta', 1, 1]);
    assert.deepEqual(await scene.userNames(), ['ana@woodgrove.example', 'eve@woodgrove.example']);
    assert.deepEqual(await memberNames('Crew'), ['Pilots', 'eve@woodgrove.example']);
  });

  test('an object that comes back is restored with its id', async () => {
    const id = (await scene.ports.deleted.list('user'))[0]?.id;
    await dc.change((client) => client.modifyDN(`CN=ben,OU=Elsewhere,${dc.baseDn}`, `CN=ben,${people()}`));
    await scene.run();
    assert.equal((await scene.user('ben@woodgrove.example'))?.user.id, id);
    assert.deepEqual(await memberNames('Crew'), ['Pilots', 'ben@woodgrove.example', 'eve@woodgrove.example']);
  });

  test('an object that is deleted there is deleted here, and a member that leaves a group leaves it here', async () => {
    await dc.change(async (client) => {
      await client.del(`CN=eve,${people()}`);
      await client.modify(
        `CN=Crew,${people()}`,
        new Change({
          operation: 'delete',
          modification: new Attribute({ type: 'member', values: [`CN=ben,${people()}`] }),
        }),
      );
    });
    const { run } = await scene.run();
    assert.deepEqual([run.because, run.kind, run.counts.deleted], [undefined, 'delta', 1]);
    assert.deepEqual(await memberNames('Crew'), ['Pilots']);
  });

  test('members that come in portions are all brought', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `extra${index}`);
    for (const name of names) await dc.addUser(name, {}, people());
    await addGroup(
      'Many',
      names.map((name) => `CN=${name},${people()}`),
    );
    const { run } = await scene.run({ membersAtOnce: 2 });
    assert.equal(run.because, undefined);
    assert.deepEqual(
      await memberNames('Many'),
      names.map((name) => `${name}@woodgrove.example`),
    );
  });

  test('a renamed container needs a full run, and the distinguished names follow', async () => {
    await dc.change((client) => client.add(`OU=Inner,${people()}`, { objectClass: 'organizationalUnit' }));
    await dc.addUser('kim', {}, `OU=Inner,${people()}`);
    await scene.run();
    await dc.change((client) => client.modifyDN(`OU=Inner,${people()}`, 'OU=Outer'));
    const { run } = await scene.run();
    assert.deepEqual([run.kind, run.counts.updated], ['full', 1]);
    const kim = await scene.user('kim@woodgrove.example');
    assert.equal(kim?.profile.onPremisesDistinguishedName, `CN=kim,OU=Outer,${people()}`);
  });

  test('a cloud user is taken over by immutable id, by name and by address; one with a role is not', async () => {
    const cloud = async (userPrincipalName: string, more: object = {}) =>
      orThrow(
        await changeTenant(scene.ports, { at: new Date(), isForced: false }, (inside) =>
          addDirectoryUser({ userPrincipalName, displayName: 'Cloud', ...more }, { actor: 'test', ports: inside }),
        ),
      );
    const anchor = Buffer.from('0123456789abcdef');
    const hard = await cloud('other@woodgrove.example', {
      profile: { onPremisesImmutableId: anchor.toString('base64') },
    });
    const named = await cloud('lea@woodgrove.example');
    const addressed = await cloud('somewhere@woodgrove.example', { mail: 'mia@woodgrove.example' });
    const admin = await cloud('root@woodgrove.example');
    const globalAdmin = { principalId: admin.user.id, roleDefinitionId: globalAdministrator };
    orThrow(
      await changeTenant(scene.ports, { at: new Date(), isForced: true }, (inside) =>
        assignRole(globalAdmin, { actor: 'test', ports: inside }),
      ),
    );
    await dc.addUser('hal', { 'mS-DS-ConsistencyGuid': anchor as unknown as string }, people());
    await dc.addUser('lea', {}, people());
    await dc.addUser('mia', { proxyAddresses: ['smtp:mia@woodgrove.example'] }, people());
    await dc.addUser('root', { userPrincipalName: 'root@woodgrove.example' }, people());
    const { plan } = await scene.run();
    const matches = plan!.changes.flatMap((change) => (change.action === 'takeOver' ? change.match : []));
    assert.deepEqual(matches.sort(), ['hard', 'soft', 'soft']);
    assert.equal((await scene.user('hal@woodgrove.example'))?.user.id, hard.user.id);
    assert.equal((await scene.user('lea@woodgrove.example'))?.user.id, named.user.id);
    assert.equal((await scene.user('mia@woodgrove.example'))?.user.id, addressed.user.id);
    assert.equal((await scene.user('root@woodgrove.example'))?.profile.onPremisesSyncEnabled, undefined);
    const { problems } = await statusOf(scene.ports);
    assert.match(JSON.stringify(problems), /root@woodgrove\.example is a user with a directory role/);
  });

  test('the last Global Administrator is neither disabled nor deleted, and the other objects of the run are written', async () => {
    const [lea, root] = [await scene.user('lea@woodgrove.example'), await scene.user('root@woodgrove.example')];
    const forced = async (work: (inside: GuardPorts) => Promise<Ruling<unknown>>) =>
      orThrow(await changeTenant(scene.ports, { at: new Date(), isForced: true }, work));
    const give = ({ user }: UserEntry) =>
      forced((inside) =>
        assignRole({ principalId: user.id, roleDefinitionId: globalAdministrator }, { actor: 'test', ports: inside }),
      );
    const take = ({ user }: UserEntry) =>
      forced((inside) => unassignRole(assignmentId(globalAdministrator, user.id), { actor: 'test', ports: inside }));
    await give(lea!);
    await take(root!);
    await set(`CN=lea,${people()}`, 'userAccountControl', ['514']);
    await set(`CN=mia,${people()}`, 'department', ['Docks']);
    assert.equal((await scene.run()).run.because, undefined);
    assert.equal((await scene.user('lea@woodgrove.example'))?.user.accountEnabled, true);
    assert.equal((await scene.user('mia@woodgrove.example'))?.profile.department, 'Docks');
    assert.match(JSON.stringify((await statusOf(scene.ports)).problems), /without an enabled Global Administrator/);
    await dc.change((client) => client.del(`CN=lea,${people()}`));
    await set(`CN=mia,${people()}`, 'department', ['Ports']);
    assert.equal((await scene.run()).run.because, undefined);
    assert.equal((await scene.user('lea@woodgrove.example'))?.user.accountEnabled, true);
    assert.equal((await scene.user('mia@woodgrove.example'))?.profile.department, 'Ports');
    await give(root!);
    await take(lea!);
  });

  test('a taken value is left out, reported, and taken once it is free', async () => {
    await dc.addUser(
      'ana2',
      { mail: 'vale@woodgrove.example', altSecurityIdentities: ['X509:<SKI>0102', 'X509:<SKI>03'] },
      people(),
    );
    const first = await scene.run();
    assert.equal(first.run.because, undefined);
    const before = (await scene.user('ana2@woodgrove.example'))!;
    assert.equal(before.user.mail, undefined);
    assert.deepEqual(before.user.certificateUserIds, ['X509:<SKI>03']);
    const errors = before.profile.onPremisesProvisioningErrors as readonly Record<string, string>[];
    assert.deepEqual(
      errors.map(({ category, propertyCausingError, value }) => [category, propertyCausingError, value]),
      [
        ['PropertyConflict', 'ProxyAddresses', 'SMTP:vale@woodgrove.example'],
        ['PropertyConflict', 'CertificateUserIds', 'X509:<SKI>0102'],
      ],
    );
    const audits = (await scene.ports.audits.list({ top: 500 })).length;
    await scene.run();
    assert.equal((await scene.ports.audits.list({ top: 500 })).length, audits, 'the same problem is written once');
    await set(`CN=ana,${people()}`, 'mail', ['ana.vale@woodgrove.example']);
    await set(`CN=ana,${people()}`, 'altSecurityIdentities', ['X509:<SHA1-PUKEY>a1b2']);
    await scene.run();
    await scene.run();
    const current = (await scene.user('ana2@woodgrove.example'))!;
    assert.equal(current.user.mail, 'vale@woodgrove.example');
    assert.deepEqual(current.user.certificateUserIds, ['X509:<SKI>0102', 'X509:<SKI>03']);
    assert.deepEqual(current.profile.onPremisesProvisioningErrors, []);
  });

  test('certificateUserIds are made by an expression, which needs a full run', async () => {
    const expression = 'IIF([sAMAccountName]="ana","X509:<PN>"&[userPrincipalName],AuthoritativeNull)';
    await scene.configure({ containers: [people()] }, { certificateUserIds: expression });
    const { run } = await scene.run();
    assert.deepEqual([run.kind, run.because], ['full', undefined]);
    assert.deepEqual((await scene.user('ana@woodgrove.example'))?.user.certificateUserIds, [
      'X509:<PN>ana@woodgrove.example',
    ]);
    assert.deepEqual((await scene.user('ana2@woodgrove.example'))?.user.certificateUserIds, []);
  });

  test('a run that would delete too much changes nothing until it is allowed', async () => {
    const names = await scene.userNames();
    await scene.configure({ containers: [`OU=Elsewhere,${dc.baseDn}`] });
    const refusal = await scene.run();
    assert.equal(refusal.run.because?.code, 'syncDeletionsRefused');
    assert.deepEqual(await scene.userNames(), names);
    const cursor = (await scene.ports.synchronisation.state(dc.domain)).cursor;
    const allowed = await scene.run({ allowsDeletions: true });
    assert.equal(allowed.run.because, undefined);
    assert.deepEqual(await scene.userNames(), ['root@woodgrove.example']);
    assert.notDeepEqual((await scene.ports.synchronisation.state(dc.domain)).cursor, cursor);
  });

  test('only members of a group, nested ones too, are brought where groups are the scope', async () => {
    await scene.configure({ groups: [`CN=Crew,${people()}`] });
    await scene.run();
    assert.deepEqual(await scene.userNames(), ['ana@woodgrove.example', 'root@woodgrove.example']);
    await dc.change((client) =>
      client.modify(
        `CN=Pilots,${people()}`,
        new Change({
          operation: 'add',
          modification: new Attribute({ type: 'member', values: [`CN=kim,OU=Outer,${people()}`] }),
        }),
      ),
    );
    await scene.run();
    assert.deepEqual(await scene.userNames(), [
      'ana@woodgrove.example',
      'kim@woodgrove.example',
      'root@woodgrove.example',
    ]);
  });
});
