import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { commandLineApplication } from './first-party.ts';
import { addOwner, applicationOwnerKind, ownersOf, removeOwner } from './owners.ts';

const actor = 'an administrator';
const appId = crypto.randomUUID();
const ana = userOf('ana@woodgrove.test');

describe('owners of an application', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    await woodgrove.ports.users.add(ana, actor);
  });
  afterEach(() => woodgrove.end());
  const add = (application: string, ownerId: string) =>
    addOwner(application, ownerId, { actor, ports: woodgrove.ports }).then(outcomeOf);
  const remove = (application: string, ownerId: string) =>
    removeOwner(application, ownerId, { actor, ports: woodgrove.ports }).then(outcomeOf);

  test('a user is one once, however the ids are written', async () => {
    assert.equal(await add(appId.toUpperCase(), ana.id.toUpperCase()), 'passed');
    assert.equal(await add(appId, ana.id), 'graphReferenceExists');
    assert.deepEqual(await ownersOf(appId, woodgrove.ports), [ana.id]);
    assert.equal(await remove(appId, ana.id), 'passed');
    assert.equal(await remove(appId, ana.id), 'graphReferenceMissing');
  });

  for (const { name, application, ownerId, code } of [
    {
      name: 'an application of the installation',
      application: commandLineApplication.appId,
      ownerId: ana.id,
      code: 'graphBuiltInReadOnly',
    },
    { name: 'an unknown user', application: appId, ownerId: crypto.randomUUID(), code: 'graphObjectMissing' },
    { name: 'a user by name', application: appId, ownerId: ana.userPrincipalName, code: 'graphObjectMissing' },
  ])
    test(`${name} is refused: ${code}`, async () => assert.equal(await add(application, ownerId), code));

  test('an application of the installation loses no owner', async () =>
    assert.equal(await remove(commandLineApplication.appId, ana.id), 'graphBuiltInReadOnly'));

  test('there are a hundred at most', async () => {
    for (let count = 0; count < 100; count++) {
      const document = { appId, ownerId: crypto.randomUUID() };
      const object = { kind: applicationOwnerKind, id: `${appId}_${document.ownerId}`, owner: appId, document };
      await woodgrove.ports.objects.add(object, { activity: 'Add owner to application', actor });
    }
    assert.equal(await add(appId, ana.id), 'graphLimitReached');
  });
});
