import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { assignmentId, assignRole, unassignRole } from '../directory/role-assignments.ts';
import { enabledAdministrators, requiringAdministrator } from './required-administrator.ts';
import { changeInTransaction } from './transaction.ts';

const actor = 'an administrator';
const [ana, ben] = [userOf('ana@woodgrove.test'), userOf('ben@woodgrove.test')];

describe('a change keeps one enabled Global Administrator', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    for (const user of [ana, ben]) await woodgrove.ports.users.add(user, actor);
    await assign(ana.id);
  });
  afterEach(() => woodgrove.end());
  const assign = (principalId: string) =>
    assignRole({ principalId, roleDefinitionId: globalAdministrator }, { actor, ports: woodgrove.ports }).then(orThrow);
  const setEnabled =
    (user: typeof ana, accountEnabled: boolean) =>
    async (ports: AdminPorts): Promise<Ruling<void>> => {
      await ports.users.update({ ...user, accountEnabled }, actor);
      return success();
    };
  const make = (change: (ports: AdminPorts) => Promise<Ruling<void>>) =>
    changeInTransaction(woodgrove.ports, requiringAdministrator(change)).then(outcomeOf);
  const names = async () => (await enabledAdministrators(woodgrove.ports)).map(({ id }) => id);

  test('the last one is not disabled, and nothing of the change is left', async () => {
    assert.equal(await make(setEnabled(ana, false)), 'graphLastAdministrator');
    assert.deepEqual(await names(), [ana.id]);
  });

  test('a disabled one does not count', async () => {
    await assign(ben.id);
    assert.equal(await make(setEnabled(ben, false)), 'passed');
    assert.equal(await make(setEnabled(ana, false)), 'graphLastAdministrator');
    assert.equal(await make(setEnabled(ben, true)), 'passed');
    assert.equal(await make(setEnabled(ana, false)), 'passed');
    assert.deepEqual(await names(), [ben.id]);
  });

  test('a tenant that has none is changed', async () => {
    await setEnabled(ana, false)(woodgrove.ports);
    assert.equal(await make(setEnabled(ben, false)), 'passed');
  });

  test('what the change itself refuses is the answer', async () => {
    const change = async () => refused('nothingFound', { kind: 'user', wanted: 'x' });
    assert.equal(outcomeOf(await requiringAdministrator(change)(woodgrove.ports)), 'nothingFound');
    const id = assignmentId(globalAdministrator, ana.id);
    const unassign = (ports: AdminPorts) => unassignRole(id, { actor, ports });
    assert.notEqual(await make(unassign), 'passed');
  });
});
