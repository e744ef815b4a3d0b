import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import { accessDocuments, authorityRow, blockedOf } from '#test/contract/documents.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import type { TenantStorage } from '../../storage.ts';

describeOnEachDatabase('policies and groups', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
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
});
