import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import type { Storage, TenantStorage } from '../../storage.ts';

for (const database of databasesUnderTest()) {
  describe(`Conditional Access on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let mine: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place(), clock);
      const id = crypto.randomUUID();
      const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
      await storage.tenants.add({ id, displayName: id, domains });
      mine = storage.forTenant(id);
    });
    after(async () => {
      await storage?.close();
      database.end();
    });
    const rows = async (top: number) =>
      (await mine.audits.list({ top })).map(({ activity, targetId }) => `${activity} ${targetId}`);

    test('of twenty policies added together none is lost, and each has its row', async () => {
      const names = Array.from({ length: 20 }, (_, i) => `p${i}`);
      const add = (id: string) =>
        mine.policy.changeAccess('test', ({ policies }) => ({ policies: [...policies, policyOf(id)] }));
      await Promise.all(names.map(add));
      const existing = (await mine.policy.conditionalAccess()).map(({ id }) => id);
      assert.deepEqual(existing.toSorted(), names.toSorted());
      const expect = names.map((id) => `Add Conditional Access policy ${id}`);
      assert.deepEqual((await rows(100)).toSorted(), expect.toSorted());
      assert.equal((await mine.policies.current()).access.length, 20);
    });

    test('what a change leaves as it was has no row, and a change that throws leaves nothing', async () => {
      const { version } = await mine.policies.current();
      await mine.policy.changeAccess('test', () => ({}));
      const refusal = new Error('no');
      const refuse = () => {
        throw refusal;
      };
      await assert.rejects(mine.policy.changeAccess('test', refuse), refusal);
      assert.equal((await mine.policies.current()).version, version);
    });

    test('a policy that is deleted is stored among the deleted objects, and comes back when it is added again', async () => {
      const change = (work: (all: readonly ConditionalAccessPolicy[]) => readonly ConditionalAccessPolicy[]) =>
        mine.policy.changeAccess('test', ({ policies }) => ({ policies: work(policies) }));
      const deletedIds = async () => (await mine.deleted.list('conditionalAccessPolicies')).map(({ id }) => id);
      for (let round = 0; round < 2; round++) {
        await change((all) => all.filter(({ id }) => id !== 'p1'));
        assert.deepEqual(await deletedIds(), ['p1']);
        assert.deepEqual((await mine.deleted.find('p1'))!.document, policyOf('p1'));
        await change((all) => [...all, policyOf('p1')]);
        assert.deepEqual(await deletedIds(), []);
      }
      const activities = (await rows(100)).filter((row) => row.endsWith(' p1'));
      assert.deepEqual(activities.toSorted(), [
        'Add Conditional Access policy p1',
        ...['Delete', 'Delete', 'Restore', 'Restore'].map((word) => `${word} Conditional Access policy p1`),
      ]);
    });

    test('a strength and its configurations have rows of their own', async () => {
      const strengths = (more: Partial<AuthenticationStrength>) =>
        mine.policy.changeAccess('test', () => ({ strengths: [{ ...strengthOf('s'), ...more }] }));
      const configuration = { id: 'c', appliesToCombinations: ['x509CertificateMultiFactor'] };
      const steps: [() => Promise<unknown>, string][] = [
        [() => strengths({}), 'Authentication Strength Policy Create s'],
        [() => strengths({ displayName: 'Other' }), 'Authentication Strength Policy Update s'],
        [
          () => strengths({ displayName: 'Other', combinationConfigurations: [configuration] }),
          'Authentication Strength Combination Configuration Create c',
        ],
        [
          () =>
            strengths({
              displayName: 'Other',
              combinationConfigurations: [{ ...configuration, allowedIssuerSkis: ['AB'] }],
            }),
          'Authentication Strength Combination Configuration Update c',
        ],
        [
          () => strengths({ displayName: 'Other', combinationConfigurations: [] }),
          'Authentication Strength Combination Configuration Delete c',
        ],
        [() => mine.policy.changeAccess('test', () => ({ strengths: [] })), 'Authentication Strength Policy Delete s'],
      ];
      for (const [change, row] of steps) {
        clock.pass(1);
        const before = (await mine.audits.list({ top: 1000 })).length;
        await change();
        assert.deepEqual(await rows(1), [row]);
        assert.equal((await mine.audits.list({ top: 1000 })).length, before + 1);
      }
    });
  });
}

const policyOf = (id: string): ConditionalAccessPolicy => ({
  id,
  displayName: id,
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
});
const strengthOf = (id: string): AuthenticationStrength => ({
  id,
  displayName: id,
  policyType: 'custom',
  allowedCombinations: ['x509CertificateMultiFactor'],
  combinationConfigurations: [],
});
