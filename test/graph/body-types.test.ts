import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { testCa } from '../pki/test-ca.ts';
import { type GraphAnswer, GraphServer } from './graph-server.ts';

const permissions = [
  ...['Application', 'Group', 'User', 'Domain', 'Organization', 'Device', 'PublicKeyInfrastructure'].map(
    (name) => `${name}.ReadWrite.All`,
  ),
  ...[
    'OrganizationalBranding.ReadWrite.All',
    'RoleManagement.ReadWrite.Directory',
    'UserAuthenticationMethod.ReadWrite.All',
  ],
  ...[
    'Policy.ReadWrite.ConditionalAccess',
    'Policy.Read.All',
    'Policy.ReadWrite.AuthenticationMethod',
    'Policy.ReadWrite.DeviceConfiguration',
    'MutualTlsOauthConfiguration.ReadWrite.All',
  ],
];
const myApps = '2793995e-0a7d-40d7-bd35-6968ba142197';

interface Row {
  readonly path: string;
  readonly method?: string;
  /** The type that Graph has for the object. */
  readonly type: string;
  readonly body: object;
  /** Where a name that the type does not have is put into the body. */
  readonly misspelled?: (stranger: object) => object;
}

describe('the objects of a body', () => {
  let graph: GraphServer;
  let token: string;
  let ana: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(...permissions);
    ana = (await call('GET', '/users/ana@woodgrove.test')).body.id;
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown): Promise<GraphAnswer> =>
    graph.call(token, method, path, body);
  const send = ({ method = 'PATCH', path }: Row, body: object) => call(method, path.replace('ANA', ana), body);
  const isRefused = ({ status, body }: GraphAnswer, target: string) => {
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(JSON.stringify(body), new RegExp(target.replace(/[.$]/g, '\\$&')));
  };

  const certificate = Buffer.from(testCa('Types').der).toString('base64');
  const name = () => `Types ${randomUUID()}`;
  const whatIf = (more: object = {}, context: object = {}, identity: object = {}) => ({
    signInIdentity: { userId: 'ana@woodgrove.test', ...identity },
    signInContext: { includeApplications: [myApps], ...context },
    signInConditions: { ...more },
  });
  const claim = { idToken: [{ name: 'acr' }] };
  const rows: readonly Row[] = [
    { path: '/users/ANA', type: 'user', body: { jobTitle: 'Clerk' } },
    {
      path: '/users/ANA',
      type: 'user',
      body: { authorizationInfo: { certificateUserIds: [] } },
      misspelled: (stranger) => ({ authorizationInfo: { certificateUserIds: [], ...stranger } }),
    },
    {
      path: '/groups',
      method: 'POST',
      type: 'group',
      body: { displayName: 'Types', mailEnabled: false, mailNickname: 'types', securityEnabled: true },
    },
    {
      path: '/applications',
      method: 'POST',
      type: 'application',
      body: { displayName: 'Types', optionalClaims: claim },
      misspelled: (stranger) => ({ displayName: 'Types', optionalClaims: { ...claim, ...stranger } }),
    },
    ...['appRoles', 'keyCredentials'].map(
      (member): Row => ({
        path: '/applications',
        method: 'POST',
        type: 'application',
        body: { displayName: 'Types', [member]: [] },
        misspelled: (stranger) => ({
          displayName: 'Types',
          [member]: [{ [member === 'appRoles' ? 'id' : 'keyId']: randomUUID(), ...stranger }],
        }),
      }),
    ),
    ...['oauth2PermissionScopes', 'preAuthorizedApplications'].map(
      (member): Row => ({
        path: '/applications',
        method: 'POST',
        type: 'application',
        body: { displayName: 'Types', api: { [member]: [] } },
        misspelled: (stranger) => ({
          displayName: 'Types',
          api: { [member]: [{ [member.startsWith('pre') ? 'appId' : 'id']: randomUUID(), ...stranger }] },
        }),
      }),
    ),
    { path: '/domains', method: 'POST', type: 'domain', body: { id: 'types.example.test' } },
    { path: '/organization/TENANT', type: 'organization', body: { technicalNotificationMails: [] } },
    {
      path: '/identity/conditionalAccess/authenticationContextClassReferences',
      method: 'POST',
      type: 'authenticationContextClassReference',
      body: { id: 'c17', displayName: 'Types' },
    },
    { path: '/policies/authenticationMethodsPolicy', type: 'authenticationMethodsPolicy', body: { description: 'x' } },
    {
      path: '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations',
      method: 'POST',
      type: 'certificateBasedAuthPki',
      body: { displayName: 'Types' },
    },
    {
      path: '/roleManagement/directory/roleAssignments',
      method: 'POST',
      type: 'unifiedRoleAssignment',
      body: { roleDefinitionId: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', principalId: 'ANA' },
    },
    {
      path: '/directory/certificateAuthorities/mutualTlsOauthConfigurations',
      method: 'POST',
      type: 'mutualTlsOauthConfiguration',
      body: {
        displayName: 'Types',
        certificateAuthorities: [{ certificate }],
        tlsClientAuthParameter: 'tls_client_auth_subject_dn',
      },
    },
  ];
  for (const row of rows) {
    const { type, path, method = 'PATCH' } = row;
    const body = () => JSON.parse(JSON.stringify(row.body).replace('"ANA"', JSON.stringify(ana))) as object;
    const at = (item: Row): Row => ({ ...item, path: item.path.replace('TENANT', graph.tenantId) });
    const title = `${method} ${path} ${Object.keys(row.body).at(-1)}`;

    test(`${title}: another type than ${type} is refused`, async () =>
      isRefused(await send(at(row), { '@odata.type': '#microsoft.graph.device1', ...body() }), '@odata.type'));

    test(`${title}: a name that the type does not have is refused`, async () => {
      const stranger = { displayNmae: name() };
      isRefused(await send(at(row), row.misspelled?.(stranger) ?? { ...body(), ...stranger }), 'displayNmae');
    });

    test(`${title}: the type ${type} is taken`, async () => {
      const { status, body: answer } = await send(at(row), { '@odata.type': `#microsoft.graph.${type}`, ...body() });
      assert.ok(status < 300, `${status} ${JSON.stringify(answer)}`);
    });
  }

  const questions: readonly (readonly [place: string, body: object])[] = [
    ['signInIdentity', whatIf({}, {}, { '@odata.type': '#microsoft.graph.servicePrincipalSignIn' })],
    ['signInContext', whatIf({}, { '@odata.type': '#microsoft.graph.userSignIn' })],
    ['signInConditions', whatIf({ '@odata.type': '#microsoft.graph.deviceInfo' })],
    ['deviceInfo', whatIf({ deviceInfo: { isCompliantt: true } })],
    ['authenticationFlow', whatIf({ authenticationFlow: { transfer: 'deviceCodeFlow' } })],
  ];
  for (const [place, body] of questions)
    test(`What If refuses what it does not evaluate in ${place}`, async () =>
      isRefused(await call('POST', '/identity/conditionalAccess/evaluate', body), place));

  test('a list of CAs that was read can be sent back whole', async () => {
    const base = '/directory/certificateAuthorities/mutualTlsOauthConfigurations';
    const body = { displayName: 'Read', tlsClientAuthParameter: 'tls_client_auth_san_uri' };
    const made = await call('POST', base, { ...body, certificateAuthorities: [{ certificate }] });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const place = `${base}/${made.body.id}`;
    const { body: item } = await call('GET', `${place}?$expand=certificateAuthorities`);
    assert.equal(item.certificateAuthorities.length, 1);
    const answer = await call('PATCH', place, { certificateAuthorities: item.certificateAuthorities });
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
  });

  test('a configuration of CAs without a CA is refused with the name of its own property', async () => {
    const body = { displayName: 'None', certificateAuthorities: [], tlsClientAuthParameter: 'tls_client_auth_san_dns' };
    const answer = await call('POST', '/directory/certificateAuthorities/mutualTlsOauthConfigurations', body);
    isRefused(answer, '"certificateAuthorities"');
  });

  test('a membership of the device registration policy with a misspelled list is refused, and not read as an empty list', async () => {
    const { body: policy } = await call('GET', '/beta/policies/deviceRegistrationPolicy');
    const allowedToJoin = { '@odata.type': '#microsoft.graph.enumeratedDeviceRegistrationMembership', user: [ana] };
    const answer = await call('PUT', '/beta/policies/deviceRegistrationPolicy', {
      ...policy,
      azureADJoin: { ...policy.azureADJoin, allowedToJoin },
    });
    isRefused(answer, 'allowedToJoin');
  });
});
