import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import type { TenantStorage } from '#storage/storage.ts';
import { describeOnEachDatabase, twoTenants } from '../each-database.ts';
import { userOf } from '../user-of.ts';
import { accessDocuments, authorityRow, blockedOf, groupOf } from './documents.ts';

describeOnEachDatabase('policies and groups', ({ clock, storage: opened }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(opened()));
  });

  test('a snapshot of policy stays the same object until an edit, and shows every edit', async () => {
    const before = await mine.policies.current();
    assert.equal(await mine.policies.current(), before);
    await mine.policy.setX509({ ...defaultX509CertificateConfiguration, state: 'enabled' }, 'test');
    const after = await mine.policies.current();
    assert.notEqual(after.version, before.version);
    assert.equal(after.x509.state, 'enabled');
    assert.equal((await otherTenant.policies.current()).x509.state, 'disabled');
    const row = authorityRow(clock);
    await mine.trustStore.add(row, 'test');
    assert.deepEqual(
      (await mine.policies.current()).trustStore.authorities.map(({ id }) => id),
      [row.id],
    );
    assert.deepEqual((await mine.trustStore.list())[0], row);
    assert.equal(await otherTenant.trustStore.remove(row.id, 'test'), false, 'another tenant removes nothing');
    assert.equal(await mine.trustStore.remove(row.id, 'test'), true);
    assert.deepEqual((await mine.policies.current()).trustStore.authorities, []);
  });

  test('ten who ask for policy together get one object', async () => {
    await mine.trustStore.add(authorityRow(clock), 'test');
    const request = await Promise.all(Array.from({ length: 10 }, () => mine.policies.current()));
    assert.equal(new Set(request).size, 1);
  });

  test('a version of policy is always the same policy, also while it is being edited', async () => {
    let editing = true;
    const edits = async () => {
      for (let count = 1; count <= 40; count++) {
        const state = count % 2 ? 'enabled' : 'disabled';
        await mine.policy.setX509({ ...defaultX509CertificateConfiguration, state }, 'test');
        await mine.policy.setBlocked(Array.from({ length: count }, blockedOf), 'test');
        await new Promise((next) => setImmediate(next));
      }
      editing = false;
    };
    const seenKeys = new Map<string, Set<string>>();
    const reading = async () => {
      while (editing) {
        const { version, ...policy } = await mine.policies.current();
        seenKeys.set(version, (seenKeys.get(version) ?? new Set()).add(JSON.stringify(policy)));
        await new Promise((next) => setImmediate(next));
      }
    };
    await Promise.all([edits(), reading(), reading(), reading()]);
    assert.ok(seenKeys.size > 1);
    assert.deepEqual(
      [...seenKeys.values()].filter((policies) => policies.size > 1),
      [],
    );
  });

  test('Conditional Access, strengths and locations reach the next snapshot, and no other tenant', async () => {
    const { policy, strength, location } = accessDocuments;
    const documents = { strengths: [strength], namedLocations: [location], policies: [policy] };
    await mine.policy.changeAccess('test', () => documents);
    const { access, strengths, namedLocations } = await mine.policies.current();
    assert.deepEqual(
      { access, strengths, namedLocations },
      { access: [policy], strengths: [strength], namedLocations: [location] },
    );
    assert.deepEqual((await otherTenant.policies.current()).access, []);
    assert.deepEqual(await mine.policy.conditionalAccess(), [policy]);
  });

  test('ten CAs added together are all there', async () => {
    await Promise.all(Array.from({ length: 10 }, () => mine.trustStore.add(authorityRow(clock), 'test')));
    assert.equal((await mine.policies.current()).trustStore.authorities.length, 10);
  });

  test('who is in a group is in every group around it, and a circle of groups ends', async () => {
    const [ana, ben] = [userOf('ana@woodgrove.test'), userOf('ben@woodgrove.test')];
    for (const user of [ana, ben]) await mine.users.add(user, 'test');
    const [inner, middle, outer, apart] = ['inner', 'middle', 'outer', 'apart'].map(groupOf);
    for (const group of [inner!, middle!, outer!, apart!]) await mine.groups.add(group, 'test');
    const [asUser, asGroup] = [
      (id: string) => ({ kind: 'user', id }) as const,
      (id: string) => ({ kind: 'group', id }) as const,
    ];
    assert.equal(await mine.groups.addMember(inner!.id, asUser(ana.id), 'test'), true);
    assert.equal(await mine.groups.addMember(inner!.id, asUser(ana.id), 'test'), false, 'once is enough');
    await mine.groups.addMember(middle!.id, asGroup(inner!.id), 'test');
    await mine.groups.addMember(outer!.id, asGroup(middle!.id), 'test');
    await mine.groups.addMember(inner!.id, asGroup(outer!.id), 'test');
    await mine.groups.addMember(apart!.id, asUser(ben.id), 'test');
    const groupsOf = async (id: string) => [...((await mine.directory.user(id))?.groupIds ?? [])];
    assert.deepEqual(await groupsOf(ana.id), [inner!.id, middle!.id, outer!.id].sort());
    assert.deepEqual(await groupsOf(ben.id), [apart!.id]);
    assert.deepEqual(
      await mine.groups.members(inner!.id),
      [asUser(ana.id), asGroup(outer!.id)].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    assert.equal(await mine.groups.remove(middle!.id, 'test'), true);
    assert.deepEqual(await groupsOf(ana.id), [inner!.id], 'the way led through the one that is gone');
    assert.equal(await mine.groups.removeMember(inner!.id, asUser(ana.id), 'test'), true);
    assert.equal(await mine.groups.removeMember(inner!.id, asUser(ana.id), 'test'), false);
    assert.deepEqual(await groupsOf(ana.id), []);
    assert.equal((await mine.groups.list({ top: 2 })).length, 2);
  });

  test('a group takes its own tenant’s users and groups as members, and not itself', async () => {
    const [here, there] = [groupOf('here'), groupOf('there')];
    const stranger = userOf('ana@woodgrove.test');
    await mine.groups.add(here, 'test');
    await otherTenant.groups.add(there, 'test');
    await otherTenant.users.add(stranger, 'test');
    const attempts = [
      { group: here.id, member: { kind: 'user', id: stranger.id }, evidence: { kind: 'user', wanted: stranger.id } },
      { group: here.id, member: { kind: 'group', id: there.id }, evidence: { kind: 'group', wanted: there.id } },
      { group: here.id, member: { kind: 'group', id: here.id }, evidence: { kind: 'group', wanted: here.id } },
      { group: there.id, member: { kind: 'group', id: here.id }, evidence: { kind: 'group', wanted: there.id } },
    ] as const;
    for (const { group, member, evidence } of attempts) {
      await assert.rejects(mine.groups.addMember(group, member, 'test'), {
        because: { code: 'nothingFound', evidence },
      });
    }
    assert.equal(await mine.groups.find(there.id), undefined);
    assert.equal(await mine.groups.remove(there.id, 'test'), false);
    assert.deepEqual(await mine.groups.list({ top: 10 }), [{ ...here, createdDateTime: clock.at.toISOString() }]);
  });
});
