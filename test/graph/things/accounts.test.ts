import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type GraphAnswer, GraphServer } from '../graph-server.ts';
import { PersonWithRoles, type RoleRow } from './as-role.ts';
import { jpeg, png, svg } from './pictures.ts';

const passwordId = '28c10230-6103-485e-b985-444c60001490';
const strong = 'Correct-Horse-7';

describe('passwords, preferences, photos and applications of users by Graph (rows 21 to 23, 40, 41)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'User.ReadWrite.All',
      'UserAuthenticationMethod.ReadWrite.All',
      'ProfilePhoto.ReadWrite.All',
      'AppRoleAssignment.ReadWrite.All',
      'Application.ReadWrite.All',
      'User.DeleteRestore.All',
      'AuditLog.Read.All',
    );
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown): Promise<GraphAnswer> =>
    graph.call(token, method, path, body);
  const put = (path: string, octets: Uint8Array, type: string, caller = token): Promise<GraphAnswer> =>
    graph.call(caller, 'PUT', path, octets, { 'content-type': type });
  const user = (name: string) => `/users/${name}@woodgrove.test`;

  test('a password method is listed for a user who has a password, and reset by those who may', async () => {
    const base = `${user('cleo')}/authentication`;
    assert.equal((await call('PATCH', user('cleo'), { passwordProfile: { password: strong } })).status, 204);
    const { body } = await call('GET', `${base}/passwordMethods`);
    assert.deepEqual(
      body.value.map(({ id, password }: { id: string; password: unknown }) => [id, password]),
      [[passwordId, null]],
    );
    assert.equal((await call('GET', `${base}/passwordMethods/${passwordId}`)).body.id, passwordId);
    assert.equal((await call('GET', `${base}/passwordMethods/${crypto.randomUUID()}`)).status, 404);
    for (const segment of ['methods', 'passwordMethods']) {
      const path = `${base}/${segment}/${passwordId}/resetPassword`;
      const answer = await call('POST', path, { newPassword: `${strong}${segment}` });
      assert.deepEqual([answer.status, answer.body.newPassword], [202, null], JSON.stringify(answer.body));
      assert.equal((await call('POST', path, { newPassword: 'weak' })).status, 400);
      const generated = await call('POST', path, {});
      assert.match(generated.body.newPassword, /^\w{16}$/);
    }
  });

  test('a user changes the own password with the current one, and guesses are counted', async () => {
    assert.equal((await call('PATCH', user('ben'), { passwordProfile: { password: strong } })).status, 204);
    const ben = await graph.personToken('ben', 'Directory.AccessAsUser.All');
    const change = (currentPassword: string, newPassword: string) =>
      graph.call(ben, 'POST', '/me/changePassword', { currentPassword, newPassword });
    assert.equal((await change('Wrong-Horse-7', 'Better-Horse-8')).status, 400);
    assert.equal((await change(strong, 'weak')).status, 400);
    assert.equal((await change(strong, 'Better-Horse-8')).status, 204);
    assert.equal((await change(strong, 'Other-Horse-9')).status, 400, 'the old one is no longer right');
    const { status } = await call('POST', '/me/changePassword', { currentPassword: 'a', newPassword: 'b' });
    assert.ok([400, 403].includes(status), 'an application has no password of its own');
    for (let i = 0; i < 12; i++) await change(`Guess-Horse-${i}`, 'Better-Horse-9');
    assert.equal((await change('Better-Horse-8', 'Better-Horse-9')).status, 400, 'too many guesses lock it');
  });

  test('preferences for the second factor are kept, and an unknown method is refused', async () => {
    const path = `${user('dan')}/authentication/signInPreferences`;
    const usual = (await call('GET', path)).body;
    assert.deepEqual(
      [usual.isSystemPreferredAuthenticationMethodEnabled, usual.userPreferredMethodForSecondaryAuthentication],
      [true, null],
    );
    const change = {
      isSystemPreferredAuthenticationMethodEnabled: false,
      userPreferredMethodForSecondaryAuthentication: 'oath',
    };
    assert.equal((await call('PATCH', path, change)).status, 204);
    assert.equal((await call('GET', path)).body.userPreferredMethodForSecondaryAuthentication, 'oath');
    const refusal = await call('PATCH', path, { userPreferredMethodForSecondaryAuthentication: 'pigeon' });
    assert.equal(refusal.status, 400);
  });

  test('a photo: none is 404 ImageNotFound; put, read with its size, and deleted', async () => {
    for (const path of ['photo', 'photo/$value']) {
      const { status, body } = await call('GET', `${user('ana')}/${path}`);
      assert.deepEqual([status, body.error.code], [404, 'ImageNotFound'], path);
    }
    for (const [octets, type, size] of [
      [png(64, 48), 'image/png', [64, 48]],
      [jpeg(320, 200), 'image/jpeg', [320, 200]],
    ] as const) {
      assert.equal((await put(`${user('ana')}/photo/$value`, octets, 'image/jpeg')).status, 204);
      const facts = (await call('GET', `${user('ana')}/photo`)).body;
      assert.deepEqual([[facts.width, facts.height], facts['@odata.mediaContentType']], [size, type]);
      const read = await call('GET', `${user('ana')}/photo/$value`);
      assert.equal(read.headers['content-type'], type);
      assert.ok(octets.equals(read.body));
    }
    assert.equal((await call('DELETE', `${user('ana')}/photo/$value`)).status, 204);
    assert.equal((await call('DELETE', `${user('ana')}/photo/$value`)).status, 404);
  });

  const photos: readonly (readonly [name: string, octets: Buffer, type: string, status: number])[] = [
    ['a large photo', png(8, 8, 3 * 1024 * 1024), 'image/png', 204],
    ['a photo of more than 4 MB', png(8, 8, 4 * 1024 * 1024), 'image/png', 413],
    ['an SVG that says it is a JPEG', svg, 'image/jpeg', 400],
    ['text', Buffer.from('photo'), 'image/png', 400],
    ['a photo as JSON', png(8, 8), 'application/json', 415],
  ];
  for (const [name, octets, type, status] of photos) {
    test(`${name} is answered ${status}`, async () => {
      assert.equal((await put(`${user('eve')}/photo/$value`, octets, type)).status, status);
    });
  }

  test('the audit log names a photo by its digest, and a photo comes back with its user', async () => {
    const { id } = (await call('GET', user('eve'))).body;
    const { body } = await call('GET', '/auditLogs/directoryAudits?$top=20');
    assert.ok(JSON.stringify(body).length < 200_000, 'no octets are in it');
    assert.equal((await call('DELETE', `/users/${id}`)).status, 204);
    assert.equal((await call('POST', `/directory/deletedItems/${id}/restore`)).status, 200);
    assert.equal((await call('GET', `/users/${id}/photo`)).status, 200);
    await call('DELETE', `/users/${id}`);
    assert.equal((await call('DELETE', `/directory/deletedItems/${id}`)).status, 204);
  });

  test('an application is assigned to a user and to a group, and both are gone with the application', async () => {
    const { body: application } = await call('POST', '/applications', {
      displayName: 'Payroll',
      web: { homePageUrl: 'https://payroll.woodgrove.test' },
    });
    const { body: principal } = await call('POST', '/servicePrincipals', { appId: application.appId });
    const { body: assignee } = await call('GET', user('cleo'));
    const assignment = {
      principalId: assignee.id,
      resourceId: principal.id,
      appRoleId: '00000000-0000-0000-0000-000000000000',
    };
    const path = `/users/${assignee.id}/appRoleAssignments`;
    const created = await call('POST', path, assignment);
    assert.deepEqual(
      [created.status, created.body.resourceDisplayName, created.body.principalType],
      [201, 'Payroll', 'User'],
    );
    assert.equal((await call('POST', path, assignment)).status, 400, 'it is there already');
    assert.equal((await call('POST', path, { ...assignment, appRoleId: crypto.randomUUID() })).status, 400);
    const list = async () => [
      (await call('GET', path)).body.value.length,
      (await call('GET', `/servicePrincipals/${principal.id}/appRoleAssignedTo`)).body.value.length,
    ];
    assert.deepEqual(await list(), [1, 1]);
    assert.equal((await call('DELETE', `${path}/${created.body.id}`)).status, 204);
    assert.equal((await call('DELETE', `${path}/${created.body.id}`)).status, 404);
    const again = await call('POST', `/servicePrincipals/${principal.id}/appRoleAssignedTo`, assignment);
    assert.equal(again.status, 201);
    const { body: second } = await call('GET', user('ben'));
    const assignments = `/servicePrincipals/${principal.id}/appRoleAssignedTo`;
    const another = await call('POST', assignments, { ...assignment, principalId: second.id });
    const firstPage = (await call('GET', `${assignments}?$top=1`)).body;
    const next = firstPage['@odata.nextLink'] as string;
    const lastPage = (await call('GET', next.slice(next.indexOf('/servicePrincipals')))).body;
    const names = [...firstPage.value, ...lastPage.value]
      .map(({ principalDisplayName }) => principalDisplayName)
      .sort();
    assert.deepEqual(names, [second.displayName, assignee.displayName].sort());
    assert.equal(lastPage['@odata.nextLink'], undefined);
    assert.equal((await call('DELETE', `${assignments}/${another.body.id}`)).status, 204);
    const logo = await put(`/applications/${application.id}/logo`, png(48, 48), 'image/png');
    assert.equal(logo.status, 204, JSON.stringify(logo.body));
    const mine = await graph.personToken('cleo', 'User.Read');
    const { body: offer } = await graph.call(mine, 'GET', '/me/applications');
    const tile = offer.value.find(({ appId }: { appId: string }) => appId === application.appId);
    assert.deepEqual(
      [tile.displayName, tile.homepage, tile.collections],
      ['Payroll', 'https://payroll.woodgrove.test', []],
    );
    const picture = await graph.call(mine, 'GET', new URL(tile.logoUrl).pathname);
    assert.equal(picture.headers['content-type'], 'image/png');
    assert.equal((await graph.call(mine, 'GET', '/me/appRoleAssignments')).body.value.length, 1);
    assert.equal((await graph.call(mine, 'GET', '/me/oauth2PermissionGrants')).status, 200);
    assert.equal((await call('DELETE', `/applications/${application.id}`)).status, 204);
    assert.equal((await call('GET', path)).body.value.length, 0);
  });

  test('roles: who may reset, prefer, photograph and assign', async () => {
    const gus = await PersonWithRoles.of(
      graph,
      'gus',
      'UserAuthenticationMethod.ReadWrite.All',
      'ProfilePhoto.ReadWrite.All',
      'AppRoleAssignment.ReadWrite.All',
    );
    const { body: cleo } = await call('GET', user('cleo'));
    const methods = ['Authentication Administrator', 'Privileged Authentication Administrator', 'Global Administrator'];
    const resetters = [...methods, 'User Administrator', 'Helpdesk Administrator', 'Password Administrator'];
    const base = `/users/${cleo.id}/authentication`;
    const assignment = { principalId: cleo.id, resourceId: cleo.id, appRoleId: cleo.id };
    const rows: readonly RoleRow[] = [
      {
        method: 'POST',
        path: `${base}/methods/${passwordId}/resetPassword`,
        body: { newPassword: strong },
        may: resetters,
        mayNot: ['(no role)', 'Global Reader', 'Reports Reader'],
      },
      {
        method: 'GET',
        path: `${base}/passwordMethods`,
        may: [...methods, 'Global Reader'],
        mayNot: ['(no role)', 'Reports Reader'],
      },
      {
        method: 'PATCH',
        path: `${base}/signInPreferences`,
        body: {},
        may: methods,
        mayNot: ['(no role)', 'Helpdesk Administrator', 'Global Reader'],
      },
      {
        method: 'DELETE',
        path: `/users/${cleo.id}/photo/$value`,
        may: ['User Administrator', 'Global Administrator'],
        mayNot: ['(no role)', 'Helpdesk Administrator', 'Global Reader'],
      },
      {
        method: 'POST',
        path: `/users/${cleo.id}/appRoleAssignments`,
        body: assignment,
        may: ['Cloud Application Administrator', 'Application Administrator'],
        mayNot: ['(no role)', 'User Administrator', 'Global Reader'],
      },
    ];
    for (const row of rows) await gus.check(row);
    const self = await gus.call(
      'Global Administrator',
      'POST',
      `/users/gus@woodgrove.test/authentication/methods/${passwordId}/resetPassword`,
      {},
    );
    assert.ok([403, 404].includes(self.status), 'one does not reset the own password');
    const change = { passwordProfile: { password: strong } };
    const patch = await gus.call('Global Administrator', 'PATCH', '/users/gus@woodgrove.test', change);
    assert.deepEqual([patch.status, patch.body.error?.code], [403, 'Authorization_RequestDenied'], 'nor sets it');
  });
});
