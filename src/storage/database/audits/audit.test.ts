import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import type { AuditRecord } from '#model/audit.ts';
import { accessDocuments, applicationOf, authorityRow, blockedOf, groupOf } from '#test/contract/documents.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { TenantStorage } from '../../storage.ts';

describeOnEachDatabase('audit rows of changes', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
  });

  test('every change an administrator makes has its audit row, with actor, old and new value (AUD-1, AUD-2)', async () => {
    const ana = userOf('ana@woodgrove.test');
    const group = groupOf('people');
    const [authority, application] = [authorityRow(clock), applicationOf()];
    const changes: [string, string, () => Promise<unknown>][] = [
      ['Add user', ana.id, () => mine.users.add(ana, 'an actor')],
      ['Update user', ana.id, () => mine.users.update({ ...ana, displayName: 'Ana R.' }, 'an actor')],
      ['Reset password', ana.id, () => mine.users.setPasswordHash(ana.id, '$argon2id$x', 'an actor')],
      ['Remove user password', ana.id, () => mine.users.setPasswordHash(ana.id, undefined, 'an actor')],
      ['Add group', group.id, () => mine.groups.add(group, 'an actor')],
      [
        'Add member to group',
        group.id,
        () => mine.groups.addMember(group.id, { kind: 'user', id: ana.id }, 'an actor'),
      ],
      [
        'Remove member from group',
        group.id,
        () => mine.groups.removeMember(group.id, { kind: 'user', id: ana.id }, 'an actor'),
      ],
      ['Delete group', group.id, () => mine.groups.remove(group.id, 'an actor')],
      ['Add certificate authority', authority.id, () => mine.trustStore.add(authority, 'an actor')],
      [
        'Update certificate authority',
        authority.id,
        () => mine.trustStore.update({ ...authority, isIssuerHintEnabled: true }, 'an actor'),
      ],
      ['Delete certificate authority', authority.id, () => mine.trustStore.remove(authority.id, 'an actor')],
      [
        'Authentication Methods Policy Update',
        'X509Certificate',
        () => mine.policy.setX509({ ...defaultX509CertificateConfiguration, state: 'enabled' }, 'an actor'),
      ],
      ['Update blocked certificates', 'blockedCertificates', () => mine.policy.setBlocked([blockedOf()], 'an actor')],
      [
        'Authentication Strength Policy Create',
        'own',
        () => mine.policy.changeAccess('an actor', () => ({ strengths: [accessDocuments.strength] })),
      ],
      [
        'Add named location',
        'office',
        () => mine.policy.changeAccess('an actor', () => ({ namedLocations: [accessDocuments.location] })),
      ],
      [
        'Add Conditional Access policy',
        'p',
        () => mine.policy.changeAccess('an actor', () => ({ policies: [accessDocuments.policy] })),
      ],
      ['Add application', application.appId, () => mine.applications.put(application, 'an actor')],
      [
        'Update application',
        application.appId,
        () => mine.applications.put({ ...application, displayName: 'Another' }, 'an actor'),
      ],
      ['Delete application', application.appId, () => mine.applications.remove(application.appId, 'an actor')],
    ];
    for (const [activity, targetId, change] of changes) {
      await change();
      clock.pass(1);
      const [row] = await mine.audits.list({ top: 1 });
      assert.deepEqual(
        [row?.activity, row?.targetId, row?.actor, row?.activityDateTime],
        [activity, targetId, 'an actor', new Date(clock.at.getTime() - 1)],
      );
      const secret = activity.includes('password');
      const had = /^(Update|Delete|Remove)|Update$/.test(activity) && !secret;
      const has = /^(Add|Update)|(Create|Update)$/.test(activity);
      assert.deepEqual([row?.oldValue !== undefined, row?.newValue !== undefined], [had, has], activity);
    }
    const items = await mine.audits.list({ top: 100 });
    assert.equal(items.length, changes.length);
    assert.equal(JSON.stringify(items).includes('argon2id'), false);
    assert.equal(JSON.stringify(items).includes('the-hash-of-a-secret'), false);
    assert.deepEqual(await mine.audits.list({ top: 3, before: items[4]! }), items.slice(5, 8));
    assert.equal((await mine.audits.list({ top: 100, targetId: ana.id })).length, 4);
    assert.deepEqual(await otherTenant.audits.list({ top: 10 }), []);
  });

  test('a change that fails leaves no audit row', async () => {
    const ana = userOf('ana@woodgrove.test');
    await mine.users.add(ana, 'test');
    await assert.rejects(mine.users.add(userOf('ana@woodgrove.test'), 'test'));
    await assert.rejects(mine.users.add({ ...userOf('ben@woodgrove.test'), id: ana.id }, 'test'));
    assert.equal((await mine.audits.list({ top: 10 })).length, 1);
  });

  const idsOf = (match: readonly { id: string }[]) => match.map(({ id }) => id);

  test('changes are read page by page in either order, by activity and by time, and one by its id', async () => {
    for (let i = 0; i < 9; i++) {
      if (i % 3 === 0) clock.pass(1000);
      const object = { kind: 'k', id: `o${i}`, owner: undefined, document: { i } };
      await mine.objects.add(object, { activity: i % 2 ? 'Add device' : 'Add group', actor: 'test' });
    }
    const items = await mine.audits.list({ top: 100 });
    const read: AuditRecord[] = [];
    for (;;) {
      const last = read.at(-1);
      const page = await mine.audits.list({ top: 2, isOldestFirst: true, ...(last ? { before: last } : {}) });
      read.push(...page);
      if (page.length < 2) break;
    }
    assert.deepEqual(new Set(idsOf(read)), new Set(idsOf(items)));
    assert.equal(read.length, 9);
    assert.ok(read.every((item, i) => i === 0 || read[i - 1]!.activityDateTime <= item.activityDateTime));
    const groups = await mine.audits.list({ top: 100, activities: ['Add group', 'Update group'] });
    assert.equal(groups.length, 5);
    assert.deepEqual(await mine.audits.list({ top: 100, activities: [] }), []);
    const [newest] = items;
    const since = await mine.audits.list({ top: 100, from: newest!.activityDateTime, until: clock.at });
    assert.equal(since.length, 3);
    assert.deepEqual(await mine.audits.find(newest!.id), newest);
    assert.equal(await mine.audits.find('nothing'), undefined);
  });
});
