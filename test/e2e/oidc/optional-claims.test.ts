import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readLoginHint } from '#core/token/login-hint.ts';
import { GraphServer } from '../../graph/graph-server.ts';
import { claimsOf } from '../server.ts';

const redirectUri = 'http://localhost:53682/done';
const roleId = '7d1c2f1e-1111-4222-8333-444455556666';
const groupRoleId = '7d1c2f1e-2222-4222-8333-444455556666';
const entriesFor = (...names: string[]) => names.map((name) => ({ name }));

interface Tokens {
  readonly idToken: Record<string, unknown>;
  readonly accessToken: Record<string, unknown>;
}

let graph: GraphServer;
let token: string;
let client: { id: string; appId: string };
let api: { id: string; appId: string };
let ana: { id: string };
let group: { id: string };

async function ok(method: string, path: string, body?: unknown) {
  const answer = await graph.call(token, method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Tokens of a sign-in of Ana to the client, for the API, while the applications are as given. */
async function tokensWhile(ofClient: object, ofApi: object = {}): Promise<Tokens> {
  await ok('PATCH', `/applications/${client.id}`, ofClient);
  await ok('PATCH', `/applications/${api.id}`, ofApi);
  const end = await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'), {
    clientId: client.appId,
    redirectUri,
    scope: 'openid profile api://claims/read',
  });
  assert.equal(end.kind, 'signedIn', JSON.stringify(end));
  const tokens = end.kind === 'signedIn' ? end.tokens : {};
  return { idToken: claimsOf(tokens.id_token), accessToken: claimsOf(tokens.access_token) };
}

before(async () => {
  graph = await GraphServer.start();
  token = await graph.appToken(
    'Application.ReadWrite.All',
    'User.ReadWrite.All',
    'Group.ReadWrite.All',
    'GroupMember.ReadWrite.All',
    'Organization.ReadWrite.All',
    'AppRoleAssignment.ReadWrite.All',
  );
  client = await ok('POST', '/applications', { displayName: 'Client', publicClient: { redirectUris: [redirectUri] } });
  api = await ok('POST', '/applications', { displayName: 'API', identifierUris: ['api://claims'] });
  for (const { appId } of [client, api]) await ok('POST', '/servicePrincipals', { appId });
  ana = await ok('GET', '/users/ana@woodgrove.test');
  await ok('PATCH', `/users/${ana.id}`, {
    mail: 'ana@woodgrove.test',
    givenName: 'Ana',
    surname: 'Silva',
    country: 'pt',
    preferredLanguage: 'pt-PT',
    otherMails: ['ana@elsewhere.test', 'a.silva@woodgrove.test'],
  });
  await ok('PATCH', `/organization/${graph.tenantId}`, { countryLetterCode: 'pt', preferredLanguage: 'pt' });
  const body = { displayName: 'Payroll', mailEnabled: false, mailNickname: 'payroll', securityEnabled: true };
  group = await ok('POST', '/groups', body);
  const member = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${ana.id}` };
  await ok('POST', `/groups/${group.id}/members/$ref`, member);
});
after(() => graph.server.remove());

describe('claims that an application asks for with optionalClaims', () => {
  const names = [
    'acct',
    'auth_time',
    'ctry',
    'email',
    'family_name',
    'given_name',
    'ipaddr',
    'login_hint',
    'pwd_url',
    'tenant_ctry',
    'tenant_region_scope',
    'verified_primary_email',
    'verified_secondary_email',
    'xms_edov',
    'xms_pl',
    'xms_tpl',
  ];

  test('the client decides for the ID token, the resource for the access token; nothing is there unasked', async () => {
    const bare = await tokensWhile({ optionalClaims: null }, { optionalClaims: null });
    for (const name of names.filter((item) => item !== 'auth_time'))
      assert.deepEqual([bare.idToken[name], bare.accessToken[name]], [undefined, undefined], name);
    const entries = entriesFor(...names, 'xms_unknown');
    const { idToken, accessToken } = await tokensWhile(
      { optionalClaims: { idToken: entries } },
      { optionalClaims: { accessToken: entries } },
    );
    const values = {
      acct: 0,
      ctry: 'PT',
      email: 'ana@woodgrove.test',
      family_name: 'Silva',
      given_name: 'Ana',
      ipaddr: '127.0.0.1',
      pwd_url: `${graph.server.origin}/security-info`,
      tenant_ctry: 'PT',
      tenant_region_scope: 'WW',
      verified_primary_email: ['ana@woodgrove.test'],
      verified_secondary_email: ['a.silva@woodgrove.test'],
      xms_edov: true,
      xms_pl: 'pt-PT',
      xms_tpl: 'pt',
    };
    for (const claims of [idToken, accessToken]) {
      const actualValues = Object.fromEntries(Object.keys(values).map((name) => [name, claims[name]]));
      assert.deepEqual(actualValues, values);
      assert.equal(typeof claims.auth_time, 'number');
      assert.deepEqual(readLoginHint(String(claims.login_hint)), { userId: ana.id, tenantId: graph.tenantId });
      assert.equal(claims.xms_unknown, undefined);
    }
    assert.equal(accessToken.auth_time, idToken.auth_time);
  });

  test('a mail address of another domain is not verified by this tenant', async () => {
    await ok('PATCH', `/users/${ana.id}`, { mail: 'ana@elsewhere.test' });
    const request = { optionalClaims: { idToken: entriesFor('xms_edov', 'verified_primary_email') } };
    const { idToken } = await tokensWhile(request);
    assert.deepEqual([idToken.xms_edov, idToken.verified_primary_email], [false, undefined]);
    await ok('PATCH', `/users/${ana.id}`, { mail: 'ana@woodgrove.test' });
  });

  test('login_hint is taken at the authorize endpoint, at common as well', async () => {
    const { idToken } = await tokensWhile({ optionalClaims: { idToken: entriesFor('login_hint') } });
    const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
    for (const tenant of ['common', graph.tenantId]) {
      const query = new URLSearchParams({
        client_id: client.appId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid',
        login_hint: String(idToken.login_hint),
        ...challenge,
      });
      const { Browser } = await import('#cli/client/browser.ts');
      const browser = new Browser(undefined, graph.server.trust);
      let page = await browser.get(new URL(`/${tenant}/oauth2/v2.0/authorize?${query}`, graph.server.origin));
      while (page.location !== undefined) page = await browser.get(new URL(page.location, page.url));
      assert.match(page.body, /ana@woodgrove\.test/, tenant);
    }
  });
});

describe('roles and groups', () => {
  test('app roles of the user, and of a group the user is in, are in the token of the application that has them', async () => {
    const role = (id: string, value: string, isEnabled = true) => ({
      id,
      value,
      displayName: value,
      description: value,
      isEnabled,
      allowedMemberTypes: ['User'],
    });
    const roles = { appRoles: [role(roleId, 'Payroll.Read'), role(groupRoleId, 'Payroll.Write')] };
    await tokensWhile({ optionalClaims: null, ...roles }, { optionalClaims: null, ...roles });
    for (const { appId } of [client, api]) {
      const principal = await ok('GET', `/servicePrincipals(appId='${appId}')`);
      for (const [principalId, appRoleId] of [
        [ana.id, roleId],
        [group.id, groupRoleId],
      ])
        await ok('POST', `/servicePrincipals/${principal.id}/appRoleAssignments`, {
          principalId,
          appRoleId,
          resourceId: principal.id,
        });
    }
    const tokens = await tokensWhile(
      {},
      { appRoles: [role(roleId, 'Payroll.Read'), role(groupRoleId, 'Payroll.Write', false)] },
    );
    assert.deepEqual(tokens.idToken.roles, ['Payroll.Read', 'Payroll.Write']);
    assert.deepEqual(tokens.accessToken.roles, ['Payroll.Read'], 'a role that is switched off is in no token');
  });

  test('groupMembershipClaims gives groups by id; by name or as roles where additionalProperties say so', async () => {
    const security = { groupMembershipClaims: 'SecurityGroup' };
    const byId = await tokensWhile({ ...security, appRoles: [] }, { groupMembershipClaims: null, appRoles: [] });
    assert.ok((byId.idToken.groups as string[]).includes(group.id));
    assert.equal(byId.accessToken.groups, undefined);
    const properties = (...additionalProperties: string[]) => ({
      optionalClaims: { idToken: [{ name: 'groups', additionalProperties }] },
    });
    const byName = await tokensWhile(properties('cloud_displayname'), security);
    assert.ok((byName.idToken.groups as string[]).includes('Payroll'));
    assert.ok((byName.accessToken.groups as string[]).includes(group.id));
    const asRoles = await tokensWhile(properties('cloud_displayname', 'emit_as_roles'));
    assert.equal(asRoles.idToken.groups, undefined);
    assert.ok((asRoles.idToken.roles as string[]).includes('Payroll'));
    const ofAssignment = await tokensWhile({ groupMembershipClaims: 'ApplicationGroup', optionalClaims: null });
    assert.deepEqual(ofAssignment.idToken.groups, [group.id], 'the group that is assigned to the application');
  });
});

describe('directory extensions (Graph: extensionProperties)', () => {
  const extensions = () => `/applications/${api.id}/extensionProperties`;
  const nameOf = (name: string) => `extension_${api.appId.replaceAll('-', '')}_${name}`;
  const definition = (name: string, dataType = 'String', more = {}) => ({
    name,
    dataType,
    targetObjects: ['User'],
    ...more,
  });

  test('an attribute is defined by an application, has a value of a user, and is the claim extn.NAME of tokens that name it', async () => {
    const extension = await ok('POST', extensions(), definition('skypeId'));
    assert.deepEqual(
      [
        extension.name,
        extension.dataType,
        extension.isMultiValued,
        extension.isSyncedFromOnPremises,
        extension.targetObjects,
      ],
      [nameOf('skypeId'), 'String', false, false, ['User']],
    );
    await ok('POST', extensions(), definition('sites', 'Integer', { isMultiValued: true }));
    const { value } = await ok('GET', extensions());
    assert.deepEqual(value.map((item: { name: string }) => item.name).sort(), [nameOf('sites'), nameOf('skypeId')]);
    await ok('PATCH', `/users/${ana.id}`, {
      [nameOf('skypeId')]: 'ana.skype',
      [nameOf('sites')]: [7, 9],
      city: 'Porto',
    });
    const user = await ok('GET', `/users/${ana.id}?$select=city,${nameOf('skypeId')},${nameOf('sites')}`);
    assert.deepEqual([user.city, user[nameOf('skypeId')], user[nameOf('sites')]], ['Porto', 'ana.skype', [7, 9]]);
    assert.equal((await ok('GET', `/users/${ana.id}`))[nameOf('skypeId')], undefined, 'by $select alone');

    const entries = [nameOf('skypeId'), nameOf('sites'), nameOf('unknown')].map((name) => ({ name, source: 'user' }));
    const { idToken, accessToken } = await tokensWhile(
      { optionalClaims: { idToken: entries } },
      { optionalClaims: { accessToken: entries } },
    );
    for (const claims of [idToken, accessToken]) {
      assert.deepEqual([claims['extn.skypeId'], claims['extn.sites']], ['ana.skype', [7, 9]]);
      assert.ok(!('extn.unknown' in claims));
    }
    const bare = await tokensWhile({ optionalClaims: null }, { optionalClaims: null });
    assert.deepEqual([bare.idToken['extn.skypeId'], bare.accessToken['extn.skypeId']], [undefined, undefined]);

    assert.equal((await graph.call(token, 'DELETE', `${extensions()}/${extension.id}`)).status, 204);
    const after = await tokensWhile({ optionalClaims: { idToken: entries } });
    assert.deepEqual([after.idToken['extn.skypeId'], after.idToken['extn.sites']], [undefined, [7, 9]]);
  });

  const refusals: readonly (readonly [name: string, method: string, path: () => string, body: () => object])[] = [
    ['a definition of a name with a space', 'POST', extensions, () => definition('a b')],
    ['a definition of another type', 'POST', extensions, () => definition('colour', 'Colour')],
    ['a definition for groups', 'POST', extensions, () => definition('cost', 'String', { targetObjects: ['Group'] })],
    ['a second definition of the same name', 'POST', extensions, () => definition('SITES', 'Integer')],
    [
      'a value for an attribute that is not defined',
      'PATCH',
      () => `/users/${ana.id}`,
      () => ({ [nameOf('none')]: 'x' }),
    ],
    ['a value of another type', 'PATCH', () => `/users/${ana.id}`, () => ({ [nameOf('sites')]: ['x'] })],
    ['a single value for a list', 'PATCH', () => `/users/${ana.id}`, () => ({ [nameOf('sites')]: 7 })],
  ];
  for (const [name, method, path, body] of refusals)
    test(`${name} is refused`, async () => {
      const answer = await graph.call(token, method, path(), body());
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
    });

  test('users do not write their own, and who may not write users writes none', async () => {
    const userToken = await graph.personToken('ben', 'User.ReadWrite.All');
    const change = { [nameOf('sites')]: [1] };
    const ben = await ok('GET', '/users/ben@woodgrove.test');
    assert.equal((await graph.call(userToken, 'PATCH', `/users/${ben.id}`, change)).status, 403);
    const reader = await graph.appToken('User.Read.All');
    assert.equal((await graph.call(reader, 'PATCH', `/users/${ana.id}`, change)).status, 403);
  });
});
