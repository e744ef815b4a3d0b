import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import type { GuardPorts } from '../../safety/guard.ts';
import type { PlannedChange } from '../planned-change.ts';
import { applyPlan } from './apply-plan.ts';

test('a plan is written batch by batch and counted, and an object that is refused is a problem', async (t) => {
  const { ports, tenant, clock, end } = await openTenant();
  t.after(end);
  const addOf = (count: number, displayName: string) =>
    ({
      action: 'add',
      target: {
        ...{ kind: 'group', sourceId: `0012d687-0000-4000-8000-${`${count}`.padStart(12, '0')}`, displayName },
        ...{ profile: {}, problems: [], memberIds: [] },
      },
      digest: 'digest',
      known: undefined,
    }) as PlannedChange;
  const plan = [
    ...Array.from({ length: 60 }, (_, count) => addOf(count, `Group ${count}`)),
    addOf(60, 'Payroll\u202e'),
  ];
  const countGroups = async () => (await ports.groups.list({ top: 100 })).length;
  const atTurns: number[] = [];
  const counts = orThrow(
    await applyPlan(
      plan,
      { domain: 'corp.test', at: clock.at },
      { ...ports, tenant, passwords: openPasswords() } as unknown as GuardPorts,
      async () => void atTurns.push(await countGroups()),
    ),
  );
  assert.deepEqual(counts, { added: 60, updated: 0, deleted: 0, memberships: 0, problems: 1 });
  assert.ok(atTurns.includes(50), 'others have their turn after each batch of fifty');
  assert.equal(await countGroups(), 60);
  const { live, withProblems } = await ports.synchronisation.count('corp.test');
  assert.deepEqual([live, withProblems], [61, 1], 'every object is remembered');
});
