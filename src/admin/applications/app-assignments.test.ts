import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { applicationOf } from '#test/contract/documents.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { assignApplication, assignmentsOfPrincipal, unassignApplication } from './app-assignments.ts';

const actor = 'an administrator';
const ana = userOf('ana@woodgrove.test');
const nurses = { id: crypto.randomUUID(), displayName: 'Nurses' };
const reader = crypto.randomUUID();
const noRole = '00000000-0000-0000-0000-000000000000';
const application = { ...applicationOf(), profile: { appRoles: [{ id: reader }] } };
const unused = { ...applicationOf(), identifierUris: [], lacksServicePrincipal: true };

describe('an application is assigned to a user or a group', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { ports } = woodgrove;
    await ports.users.add(ana, actor);
    await ports.groups.add(nurses, actor);
    for (const item of [application, unused]) await ports.applications.put(item, actor);
  });
  afterEach(() => woodgrove.end());
  const assign = (principalId: string, resourceId: string = application.appId, appRoleId = noRole) =>
    assignApplication({ principalId, resourceId, appRoleId }, { actor, ports: woodgrove.ports });

  for (const { name, request, code } of [
    { name: 'a user', request: [ana.id], code: 'passed' },
    {
      name: 'a group, with a role of the application',
      request: [nurses.id, application.appId, reader],
      code: 'passed',
    },
    {
      name: 'a role that the application does not have',
      request: [ana.id, application.appId, ana.id],
      code: 'graphPropertyInvalid',
    },
    { name: 'an unknown principal', request: [crypto.randomUUID()], code: 'graphObjectMissing' },
    { name: 'a user by name', request: [ana.userPrincipalName], code: 'graphObjectMissing' },
    {
      name: 'an application that the tenant does not use',
      request: [ana.id, unused.appId],
      code: 'graphObjectMissing',
    },
  ] as const)
    test(`${name}: ${code}`, async () => {
      const [principalId, resourceId, role] = request;
      assert.equal(outcomeOf(await assign(principalId!, resourceId, role)), code);
    });

  test('once, however the ids are written, with its audit row', async () => {
    woodgrove.clock.pass(1);
    assert.equal(outcomeOf(await assign(ana.id.toUpperCase())), 'passed');
    assert.equal(outcomeOf(await assign(ana.id, application.appId.toUpperCase())), 'graphObjectConflict');
    assert.equal((await assignmentsOfPrincipal(ana.id.toUpperCase(), woodgrove.ports)).length, 1);
    const [row] = await woodgrove.ports.audits.list({ top: 1 });
    assert.equal(row?.activity, 'Add app role assignment grant to user');
  });

  test('an assignment is removed under its own principal and application alone', async () => {
    const { id } = orThrow(await assign(ana.id));
    const remove = (party: Parameters<typeof unassignApplication>[1]) =>
      unassignApplication(id, party, { actor, ports: woodgrove.ports }).then(outcomeOf);
    assert.equal(await remove({ principalId: nurses.id }), 'graphObjectMissing');
    assert.equal(await remove({ resourceId: unused.appId }), 'graphObjectMissing');
    assert.equal(await remove({ principalId: ana.id, resourceId: application.appId }), 'passed');
    assert.deepEqual(await assignmentsOfPrincipal(ana.id, woodgrove.ports), []);
  });
});
