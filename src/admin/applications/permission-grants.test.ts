import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { refusedWith } from '#test/refused-with.ts';
import { addApplication } from './applications.ts';
import {
  addPermissionGrant,
  changePermissionGrant,
  grantToEverybody,
  type PermissionGrant,
  permissionGrantOf,
  removePermissionGrant,
  requireDelegated,
  scopesGrantedTo,
} from './permission-grants.ts';

const actor = 'an administrator';
const graph = '00000003-0000-0000-c000-000000000000';
const [client, api, unknown] = ['a', 'b', 'c'].map((end) => `99999999-0000-4000-8000-00000000000${end}`) as [
  string,
  string,
  string,
];
const [ana, ben] = [userOf('ana@woodgrove.test'), userOf('ben@woodgrove.test')];
const forAll: PermissionGrant = {
  clientId: client,
  consentType: 'AllPrincipals',
  principalId: null,
  resourceId: graph,
  scope: 'User.Read',
};
const forAna: PermissionGrant = {
  ...forAll,
  consentType: 'Principal',
  principalId: ana.id,
  scope: 'User.ReadWrite.All',
};

describe('delegated permissions of an application', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { ports } = woodgrove;
    for (const user of [ana, ben]) await ports.users.add(user, actor);
    for (const appId of [client, api])
      orThrow(
        await addApplication({ appId, displayName: appId, redirectUris: [], isPublicClient: true }, { actor, ports }),
      );
  });
  afterEach(() => woodgrove.end());
  const add = (grant: PermissionGrant) => addPermissionGrant(grant, { actor, ports: woodgrove.ports }).then(orThrow);
  const scopesOf = (userId: string) => scopesGrantedTo(client.toUpperCase(), userId, woodgrove.ports);

  const mistakes: readonly { readonly name: string; readonly grant: PermissionGrant; readonly code: string }[] = [
    { name: 'an unknown client', grant: { ...forAll, clientId: unknown }, code: 'graphObjectMissing' },
    { name: 'an unknown resource', grant: { ...forAll, resourceId: unknown }, code: 'graphObjectMissing' },
    { name: 'an unknown user', grant: { ...forAna, principalId: unknown }, code: 'graphObjectMissing' },
    {
      name: 'a user by name',
      grant: { ...forAna, principalId: ana.userPrincipalName },
      code: 'graphObjectMissing',
    },
    { name: 'Principal without a user', grant: { ...forAna, principalId: null }, code: 'graphPropertyInvalid' },
    { name: 'AllPrincipals with a user', grant: { ...forAll, principalId: ana.id }, code: 'graphPropertyInvalid' },
    {
      name: 'a permission that Graph does not have',
      grant: { ...forAll, scope: 'User.Read Users.Eat' },
      code: 'graphPropertyInvalid',
    },
  ];
  for (const { name, grant, code } of mistakes)
    test(`a grant with ${name} is refused: ${code}`, () => assert.rejects(add(grant), refusedWith(code)));

  test('another API names its own permissions', async () => {
    const { document } = await add({ ...forAll, resourceId: api.toUpperCase(), scope: ' read  write ' });
    assert.deepEqual([document.resourceId, document.scope], [api, 'read write']);
  });

  test('there is one grant for a client, a resource and a user', async () => {
    await add(forAll);
    await add(forAna);
    await add({ ...forAna, principalId: ben.id });
    await add({ ...forAll, resourceId: api });
    for (const grant of [forAll, { ...forAna, clientId: client.toUpperCase(), principalId: ana.id.toUpperCase() }])
      await assert.rejects(add(grant), refusedWith('graphObjectConflict'));
  });

  test('a user has the permissions of Graph for the user and for all users, each once', async () => {
    await add(forAll);
    await add({ ...forAna, scope: 'User.Read User.ReadWrite.All' });
    await add({ ...forAll, resourceId: api, scope: 'read' });
    assert.deepEqual(await scopesOf(ana.id), ['User.Read', 'User.ReadWrite.All']);
    assert.deepEqual(await scopesOf(ben.id), ['User.Read']);
  });

  test('permissions granted to all users at once are those of every user', async () => {
    await grantToEverybody(client.toUpperCase(), ['User.Read', 'openid'], { actor, ports: woodgrove.ports });
    assert.deepEqual(await scopesOf(ben.id), ['User.Read', 'openid']);
  });

  test('a grant is changed and removed, and one that does not exist is not found', async () => {
    const { id } = await add(forAll);
    const change = (scope: string, grantId = id) =>
      changePermissionGrant(grantId, scope, { actor, ports: woodgrove.ports }).then(orThrow);
    await change('User.ReadWrite.All');
    assert.deepEqual(await scopesOf(ben.id), ['User.ReadWrite.All']);
    await assert.rejects(change('Users.Eat'), refusedWith('graphPropertyInvalid'));
    orThrow(await removePermissionGrant(id, { actor, ports: woodgrove.ports }));
    assert.deepEqual(await scopesOf(ben.id), []);
    for (const attempt of [
      () => change('User.Read'),
      () => removePermissionGrant(id, { actor, ports: woodgrove.ports }).then(orThrow),
      () => permissionGrantOf(id, woodgrove.ports).then(orThrow),
    ])
      await assert.rejects(attempt, refusedWith('graphObjectMissing'));
    const activities = (await woodgrove.ports.audits.list({ top: 99 })).map(({ activity }) => activity);
    assert.deepEqual(activities.filter((activity) => activity.endsWith('permission grant')).sort(), [
      'Add delegated permission grant',
      'Remove delegated permission grant',
      'Update delegated permission grant',
    ]);
  });
});

test('the first permission that Graph does not delegate is named', () => {
  orThrow(requireDelegated(['User.Read', 'openid']));
  assert.throws(
    () => orThrow(requireDelegated(['User.Read', 'Users.Eat', 'X'])),
    ({ message }: Error) => /Users\.Eat/.test(message),
  );
});
