import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, before, describe, test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { findDevice } from '#admin/devices/devices.ts';
import { addGroup } from '#admin/directory/groups.ts';
import { changeTenant } from '#admin/safety/guard.ts';
import { guidFrom, sidFrom } from '#core/synchronisation/source-object.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { SambaDc, sambaMissing } from './samba.ts';
import { SyncScene } from './sync-scene.ts';

/** Two domains of the configuration are two containers of one controller, one by LDAPS and one by StartTLS. */
describe('a synchronization from several domains', { skip: sambaMissing() }, () => {
  let dc: SambaDc;
  let scene: SyncScene;
  const [north, south] = ['north.woodgrove.test', 'south.woodgrove.test'];
  const container = (name: string) => `OU=${name},${dc.baseDn}`;
  const modify = (
    dn: string,
    operation: 'add' | 'replace' | 'delete',
    type: string,
    values: readonly (string | Buffer)[],
  ) =>
    dc.change((client) =>
      client.modify(
        dn,
        new Change({ operation, modification: new Attribute({ type, values: [...values] as string[] }) }),
      ),
    );
  const addMany = (names: readonly string[], parent: string) =>
    dc.change(async (client) => {
      for (const name of names) await client.add(`CN=${name},${parent}`, { objectClass: 'user', sAMAccountName: name });
    });
  const addGroupThere = (name: string, attributes: object, parent = container('North')) =>
    dc.change((client) =>
      client.add(`CN=${name},${parent}`, { objectClass: 'group', sAMAccountName: name, ...attributes } as never),
    );
  const addGroupHere = async (displayName: string, profile: Record<string, unknown>) => {
    const group = { id: crypto.randomUUID(), displayName, profile };
    orThrow(
      await changeTenant(scene.ports, { at: new Date(), isForced: false }, (inside) =>
        addGroup(group, [], { actor: 'test', ports: inside }),
      ),
    );
    return group.id;
  };
  const octetsOf = async (dn: string, attribute: string): Promise<Buffer> => {
    const { searchEntries } = await dc.change((client) =>
      client.search(dn, { scope: 'base', attributes: [attribute], explicitBufferAttributes: [attribute] }),
    );
    return searchEntries[0]![attribute] as Buffer;
  };
  const domains = () => [
    { domain: north, containers: [container('North')] },
    { domain: south, server: `ldap://${dc.address}`, containers: [container('South')] },
  ];
  const endsOf = (results: Awaited<ReturnType<SyncScene['runAll']>>) =>
    results.map(({ domain, run }) => [domain, run.because?.code ?? run.kind]);
  /** Runs, and how many statements the database had to answer. */
  async function countedRun(): Promise<number> {
    let count = 0;
    const note = () => void count++;
    subscribe('cardea.database.statement', note);
    const results = await scene.runAll();
    unsubscribe('cardea.database.statement', note);
    assert.deepEqual(
      results.map(({ run }) => run.because),
      [undefined, undefined],
    );
    return count;
  }

  before(async () => {
    dc = await SambaDc.start();
    scene = await SyncScene.open(dc);
    await dc.change(async (client) => {
      for (const name of ['North', 'South']) await client.add(container(name), { objectClass: 'organizationalUnit' });
    });
    await dc.addUser('nora', {}, container('North'));
    await dc.addUser('nils', {}, container('North'));
    await dc.addUser('sara', {}, container('South'));
    await addGroupThere('Both', { member: [`CN=nora,${container('North')}`, `CN=sara,${container('South')}`] });
    await scene.configureAll(domains());
  });
  after(async () => {
    await scene?.close();
    await dc?.remove();
  });

  test('every domain has its own objects and position, and a group has members of another domain', async () => {
    assert.deepEqual(endsOf(await scene.runAll()), [
      [north, 'full'],
      [south, 'full'],
    ]);
    assert.deepEqual(await scene.userNames(), [
      'nils@woodgrove.example',
      'nora@woodgrove.example',
      'sara@woodgrove.example',
    ]);
    const { synchronisation, groups } = scene.ports;
    assert.equal((await synchronisation.ofDomain(north)).length, 3);
    assert.equal((await synchronisation.ofDomain(south)).length, 1);
    assert.equal((await scene.user('sara@woodgrove.example'))?.profile.onPremisesDomainName, south);
    const both = (await groups.list({ top: 10 })).find(({ displayName }) => displayName === 'Both')!;
    assert.equal((await groups.members(both.id)).length, 2);
  });

  test('a run of one domain leaves what changed in the other alone', async () => {
    await modify(`CN=sara,${container('South')}`, 'replace', 'department', ['Docks']);
    const [result] = await scene.runAll({ domain: north });
    assert.deepEqual([result?.run.because, result?.run.kind, result?.run.counts.deleted], [undefined, 'delta', 0]);
    assert.equal((await scene.user('sara@woodgrove.example'))?.profile.department, undefined);
    await scene.runAll({ domain: south });
    assert.equal((await scene.user('sara@woodgrove.example'))?.profile.department, 'Docks');
  });

  for (const [from, to, name] of [
    ['North', 'South', 'nils'],
    ['South', 'North', 'nils'],
  ] as const)
    test(`a user who moves from ${from} to ${to} keeps the id here, and is of the other domain`, async () => {
      const id = (await scene.user(`${name}@woodgrove.example`))?.user.id;
      await dc.change((client) => client.modifyDN(`CN=${name},${container(from)}`, `CN=${name},${container(to)}`));
      await scene.runAll();
      const entry = await scene.user(`${name}@woodgrove.example`);
      assert.deepEqual([entry?.user.id, entry?.profile.onPremisesDomainName], [id, to === 'North' ? north : south]);
      await scene.runAll();
      assert.equal((await scene.user(`${name}@woodgrove.example`))?.user.id, id, 'the next run leaves it');
    });

  test('a domain that fails does not keep the other from its turn, and its objects stay', async () => {
    await scene.configureAll([{ ...domains()[0], account: 'no-one@woodgrove.test' }, domains()[1]!]);
    await dc.addUser('sven', {}, container('South'));
    assert.deepEqual(endsOf(await scene.runAll()), [
      [north, 'syncSignInRefused'],
      [south, 'delta'],
    ]);
    assert.ok((await scene.userNames()).includes('sven@woodgrove.example'));
    assert.ok((await scene.userNames()).includes('nora@woodgrove.example'));
    await scene.configureAll(domains());
    assert.deepEqual(endsOf(await scene.runAll()), [
      [north, 'delta'],
      [south, 'delta'],
    ]);
  });

  test('a share of deletions is of the domain, in a later run as well', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `temp${index}`);
    await addMany(names, container('South'));
    await scene.runAll();
    await dc.change(async (client) => {
      for (const name of names) await client.del(`CN=${name},${container('South')}`);
    });
    const share = { deletionThreshold: { objects: 0, percent: 80 } };
    await scene.configureAll(domains(), share);
    const refusal = await scene.runAll({ domain: south });
    assert.deepEqual(endsOf(refusal), [[south, 'syncDeletionsRefused']]);
    assert.match(JSON.stringify(refusal[0]?.run.because), /"objects":14/);
    assert.deepEqual(endsOf(await scene.runAll({ domain: south, allowsDeletions: true })), [[south, 'delta']]);
  });

  test('a computer with a certificate of its objectGUID is a stub of a device, and is deleted with the certificate', async () => {
    const dn = `CN=pc1,${container('South')}`;
    await dc.change((client) =>
      client.add(dn, {
        objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
        sAMAccountName: 'PC1$',
        userAccountControl: '4096',
        dNSHostName: 'pc1.woodgrove.test',
        operatingSystem: 'Windows 11 Enterprise',
        operatingSystemVersion: '10.0 (26100)',
      }),
    );
    const device = async (deviceId: string) => (await findDevice({ deviceId }, scene.ports))?.document;
    const deviceId = guidFrom(await octetsOf(dn, 'objectGUID'))!;
    await modify(dn, 'add', 'userCertificate', [Buffer.from(testCa('CN=someone-else').der)]);
    await scene.runAll();
    assert.equal(await device(deviceId), undefined, 'a certificate of another name asks for no join');
    await modify(dn, 'add', 'userCertificate', [Buffer.from(testCa(`CN=${deviceId}`).der)]);
    await scene.runAll();
    const stub = await device(deviceId);
    assert.deepEqual(
      [stub?.displayName, stub?.trustType, stub?.operatingSystemVersion, stub?.onPremisesCertificates?.length],
      ['pc1', 'ServerAd', '10.0.26100.0', 1],
    );
    assert.equal(stub?.registrationDateTime, null);
    await modify(dn, 'delete', 'userCertificate', []);
    await scene.runAll();
    assert.equal(await device(deviceId), undefined);
  });

  test('a cloud group is taken over by security identifier and by address; a role-assignable one is not', async () => {
    await addGroupThere('Imported', {});
    await addGroupThere('Mailed', { mail: 'crew@woodgrove.example' });
    await addGroupThere('Roles', { proxyAddresses: ['SMTP:roles@woodgrove.example'] });
    await addGroupThere('Plain', {});
    const sid = sidFrom(await octetsOf(`CN=Imported,${container('North')}`, 'objectSid'));
    const imported = await addGroupHere('Old name', { onPremisesSecurityIdentifier: sid });
    const mailed = await addGroupHere('Crew', { mail: 'Crew@woodgrove.example' });
    const roles = await addGroupHere('Role holders', { mail: 'roles@woodgrove.example', isAssignableToRole: true });
    const plain = await addGroupHere('Plain', {});
    const [result] = await scene.runAll();
    const matches = result!.plan!.changes.flatMap((change) =>
      change.action === 'takeOver' ? [[change.target.displayName, change.objectId, change.match]] : [],
    );
    assert.deepEqual(matches.sort(), [
      ['Imported', imported, 'hard'],
      ['Mailed', mailed, 'soft'],
    ]);
    const { groups, synchronisation } = scene.ports;
    assert.equal((await groups.find(imported))?.displayName, 'Imported');
    assert.equal((await groups.find(mailed))?.profile?.onPremisesSyncEnabled, true);
    for (const id of [roles, plain]) assert.equal((await groups.find(id))?.profile?.onPremisesSyncEnabled, undefined);
    assert.match(JSON.stringify(await synchronisation.withProblems(9)), /Roles is a role-assignable group/);
    const before = (await scene.ports.audits.list({ top: 500 })).length;
    await scene.runAll();
    assert.equal((await scene.ports.audits.list({ top: 500 })).length, before, 'the refusal is written once');
  });

  test('statements of a later run are as many as what changed, however many objects there are', async () => {
    await countedRun();
    const idle = await countedRun();
    const many = Array.from({ length: 40 }, (_, index) => `many${index}`);
    await addMany(many, container('North'));
    const first = await countedRun();
    assert.ok(first > idle + many.length);
    assert.equal(await countedRun(), idle);
    const rename = (names: readonly string[], department: string) =>
      dc.change(async (client) => {
        const modification = new Attribute({ type: 'department', values: [department] });
        for (const name of names)
          await client.modify(`CN=${name},${container('North')}`, new Change({ operation: 'replace', modification }));
      });
    await rename(many.slice(0, 1), 'A');
    const one = (await countedRun()) - idle;
    await rename(many.slice(0, 10), 'B');
    const ten = (await countedRun()) - idle;
    assert.ok(one > 0 && ten <= 10 * one, `${one} statements for one change, ${ten} for ten`);
  });
});
