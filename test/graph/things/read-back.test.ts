import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { methodIds } from '#core/access/methods/method-state.ts';
import { operations } from '#graph/resources.ts';
import { testCa } from '../../pki/test-ca.ts';
import { GraphServer } from '../graph-server.ts';
import { type Ground, layGround } from '../walk/collections.ts';
import { locationBody, policyBody, rolloutBody, strengthBody } from '../walk/new-bodies.ts';

const root = testCa('Read back');
const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
const certificate = base64(root.der);
const access = '/identity/conditionalAccess';
const pkis = '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations';
const configurations = '/directory/certificateAuthorities';

/** Bodies that make an object, each at an address below the one before. */
type Steps = readonly (readonly [path: string, body: object])[];
interface World {
  readonly keys: Ground['keys'];
  readonly tenantId: string;
  /** The address of the object of the last step. */
  make(...steps: Steps): Promise<string>;
  change(method: string, path: string): Promise<unknown>;
  read(path: string): Promise<Readonly<Record<string, unknown>>>;
}
interface Row {
  /** Path of the operation that changes the object. */
  readonly route: string;
  readonly method?: 'PUT';
  /** The address of the object. */
  readonly place: (world: World) => string | Promise<string>;
  /** Properties that each body has. */
  readonly always?: readonly string[];
}

const permission = { value: 'read', isEnabled: true, type: 'User', adminConsentDisplayName: 'Read' };
const key = base64(root.issueUserCertificate({ subject: 'CN=App' }).der);
const application = {
  displayName: 'Read back',
  web: { redirectUris: ['https://app.woodgrove.test/'], implicitGrantSettings: { enableIdTokenIssuance: true } },
  api: {
    oauth2PermissionScopes: [{ id: crypto.randomUUID(), ...permission }],
    preAuthorizedApplications: [{ appId: crypto.randomUUID(), delegatedPermissionIds: [crypto.randomUUID()] }],
  },
  optionalClaims: { idToken: [{ name: 'acrs' }] },
  keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }],
};
const location = { displayName: 'Read back', ...locationBody };
const policy = { displayName: 'Read back', ...policyBody };
const provider = {
  '@odata.type': '#microsoft.graph.internalDomainFederation',
  issuerUri: 'http://sts.fed.example/adfs/services/trust',
  passiveSignInUri: 'https://sts.fed.example/adfs/ls',
};
const combination = {
  '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
  allowedPolicyOIDs: ['1.2.3'],
  appliesToCombinations: ['x509CertificateMultiFactor'],
};

const rows: readonly Row[] = [
  { route: 'users/{id}', place: ({ keys }) => `/users/${keys.users}` },
  { route: 'groups/{id}', place: ({ keys }) => `/groups/${keys.groups}` },
  { route: 'devices/{id}', place: ({ keys }) => `/devices/${keys.devices}` },
  {
    route: 'applications/{id}',
    place: async ({ make }) => {
      const place = await make(['/applications', application]);
      await make([`${place}/addPassword`, { passwordCredential: { displayName: 'Read back' } }]);
      return place;
    },
  },
  {
    route: 'serviceprincipals/{id}',
    place: async ({ make, read }) => {
      const { appId } = await read(await make(['/applications', { displayName: 'Read back' }]));
      return make(['/servicePrincipals', { appId }]);
    },
  },
  {
    route: 'oauth2permissiongrants/{id}',
    always: ['scope'],
    place: async ({ make, read, keys }) => {
      const { appId } = await read(await make(['/applications', { displayName: 'Read grant' }]));
      const { id } = await read(await make(['/servicePrincipals', { appId }]));
      const body = {
        clientId: id,
        consentType: 'AllPrincipals',
        resourceId: keys.serviceprincipals,
        scope: 'User.Read',
      };
      return make(['/oauth2PermissionGrants', body]);
    },
  },
  { route: 'domains/{domain}', place: () => '/domains/woodgrove.test' },
  {
    route: 'domains/{domain}/federationconfiguration/{id}',
    place: async ({ make, change }) => {
      const domain = await make(['/domains', { id: 'fed.example' }]);
      await change('POST', `${domain}/verify?force=true`);
      return make([`${domain}/federationConfiguration`, provider]);
    },
  },
  { route: 'organization/{org}', place: ({ tenantId }) => `/organization/${tenantId}` },
  { route: 'organization/{org}/branding', place: ({ tenantId }) => `/organization/${tenantId}/branding` },
  {
    route: 'organization/{org}/branding/localizations/{locale}',
    place: ({ tenantId, make }) =>
      make([`/organization/${tenantId}/branding/localizations`, { id: 'fr-FR', signInPageText: 'Bonjour' }]),
  },
  {
    route: 'identity/conditionalaccess/namedlocations/{id}',
    place: ({ make }) => make([`${access}/namedLocations`, location]),
  },
  { route: 'identity/conditionalaccess/policies/{id}', place: ({ make }) => make([`${access}/policies`, policy]) },
  {
    route: 'identity/conditionalaccess/authenticationcontextclassreferences/{id}',
    place: ({ make }) =>
      make([`${access}/authenticationContextClassReferences`, { id: 'c9', displayName: 'Read back' }]),
  },
  {
    route: 'policies/authenticationstrengthpolicies/{id}',
    place: ({ make }) =>
      make(['/policies/authenticationStrengthPolicies', { displayName: 'Read back', ...strengthBody }]),
  },
  {
    route: 'policies/authenticationstrengthpolicies/{id}/combinationconfigurations/{cid}',
    place: ({ make }) =>
      make(
        ['/policies/authenticationStrengthPolicies', { displayName: 'Read configuration', ...strengthBody }],
        ['/combinationConfigurations', combination],
      ),
  },
  {
    route: 'policies/featurerolloutpolicies/{id}',
    place: ({ make }) => make(['/policies/featureRolloutPolicies', { displayName: 'Read back', ...rolloutBody }]),
  },
  { route: 'policies/authenticationmethodspolicy', place: () => '/policies/authenticationMethodsPolicy' },
  ...['X509Certificate', ...methodIds].map(
    (method): Row => ({
      route: 'policies/authenticationmethodspolicy/authenticationmethodconfigurations/{method}',
      place: () => `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/${method}`,
    }),
  ),
  {
    route: 'policies/deviceregistrationpolicy',
    method: 'PUT',
    always: ['userDeviceQuota', 'multiFactorAuthConfiguration', 'azureADJoin', 'azureADRegistration'],
    place: () => '/policies/deviceRegistrationPolicy',
  },
  {
    route: 'users/{id}/authentication/signinpreferences',
    place: ({ keys }) => `/users/${keys.users}/authentication/signInPreferences`,
  },
  { route: `${pkis.toLowerCase().slice(1)}/{pki}`, place: ({ make }) => make([pkis, { displayName: 'Read back' }]) },
  {
    route: `${pkis.toLowerCase().slice(1)}/{pki}/certificateauthorities/{ca}`,
    place: ({ make }) =>
      make(
        [pkis, { displayName: 'Read CA' }],
        ['/certificateAuthorities', { displayName: 'CA', certificate, certificateAuthorityType: 'root' }],
      ),
  },
  ...(
    [
      ['mutualTlsOauthConfigurations', 'certificateAuthorities', { tlsClientAuthParameter: 'tls_client_auth_san_uri' }],
      ['certificateBasedApplicationConfigurations', 'trustedCertificateAuthorities', {}],
    ] as const
  ).flatMap(([kind, list, more]): readonly Row[] => {
    const route = `directory/certificateauthorities/${kind.toLowerCase()}/{id}`;
    const authorities = [{ certificate, isRootAuthority: true }];
    const body = { displayName: 'Read back', ...more, [list]: authorities };
    const made = ({ make }: World) => make([`${configurations}/${kind}`, body]);
    return [
      { route, place: made },
      {
        route: `${route}/${list.toLowerCase()}/{ca}`,
        place: async (world) => {
          const place = `${await made(world)}/${list}`;
          const [item] = (await world.read(place)).value as { id: string }[];
          return `${place}/${item!.id}`;
        },
      },
    ];
  }),
];
/** Pictures and orders to download; second addresses of a resource; policies that are built in. */
const exempt = [
  /\/(?:photo\/\$value|logo|favicon|backgroundimage|bannerlogo|squarelogo|upload)$/,
  /^(?:me\/authentication|identity\/conditionalaccess\/authenticationstrength|directory\/featurerolloutpolicies)\//,
  /^policies\/(?:crosstenantaccess|adminconsentrequest|authorization|identitysecuritydefaultsenforcement)policy/,
];

describe('an object is taken back as it is read', () => {
  let graph: GraphServer;
  let ground: Ground;
  before(async () => {
    graph = await GraphServer.start();
    ground = await layGround(graph);
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown) => graph.call(ground.token, method, path, body);
  const read = async (path: string) => (await call('GET', path)).body as Readonly<Record<string, unknown>>;
  const make = async (...steps: Steps): Promise<string> => {
    let place = '';
    for (const [path, body] of steps) {
      const { status, body: item } = await call('POST', place + path, body);
      assert.ok(status <= 201, `${place}${path}: ${JSON.stringify(item)}`);
      place = `${place}${path}/${item.id}`;
    }
    return place;
  };
  const world = (): World => ({ keys: ground.keys, tenantId: graph.tenantId, make, read, change: call });
  /** Times of the last change and what follows from them are those of the test. */
  const lasting = (item: object) =>
    Object.entries(item).filter(([name]) => !/^@odata\.etag$|odifiedDateTime$/.test(name));

  test('every operation that changes an object is in the table', () => {
    const routes = operations.filter(
      ({ method, path }) => /^P(?:ATCH|UT)$/.test(method) && !exempt.some((item) => item.test(path)),
    );
    const covered = new Set(rows.map(({ route }) => route));
    assert.deepEqual(
      routes.map(({ path }) => path).filter((path) => !covered.has(path)),
      [],
    );
  });

  for (const [i, { route, place, method = 'PATCH', always = [] }] of rows.entries())
    test(`${method} ${route} (${i})`, async () => {
      const address = await place(world());
      for (const version of ['/v1.0', '/beta']) {
        const item = await read(version + address);
        const whole = await call(method, version + address, item);
        assert.ok(whole.status < 300, `${version}: ${JSON.stringify(whole.body)}`);
        assert.deepEqual(lasting(await read(version + address)), lasting(item));
        const parts = Object.fromEntries(
          ['@odata.type', ...always].flatMap((name) => (name in item ? [[name, item[name]]] : [])),
        );
        // The properties of both versions are those of beta.
        for (const [name, value] of version === '/beta' ? lasting(item) : []) {
          if (name.startsWith('@odata')) continue;
          const { status, body } = await call(method, version + address, { ...parts, [name]: value });
          assert.ok(status < 300, `${version} ${name}: ${JSON.stringify(body)}`);
        }
        assert.deepEqual(lasting(await read(version + address)), lasting(item));
      }
    });

  for (const name of ['constructor', 'toString', '__proto__', 'unheard'])
    test(`a property ${name} is one that a user does not have`, async () => {
      const { status, body } = await call('PATCH', `/users/${ground.keys.users}`, `{"${name}": null}`);
      assert.equal(status, 400);
      assert.ok(body.error.message.includes(`${name}: there is no property of this name`), body.error.message);
    });

  for (const [route, name] of [
    ['users/{id}', 'id'],
    ['groups/{id}', 'createdDateTime'],
    ['devices/{id}', 'deviceId'],
    ['organization/{org}', 'tenantType'],
    ['policies/authenticationstrengthpolicies/{id}', 'policyType'],
  ] as const)
    test(`${route}: another value of the read-only property ${name} is refused`, async () => {
      const address = await rows.find((row) => row.route === route)!.place(world());
      const { status, body } = await call('PATCH', address, { [name]: 'x' });
      assert.deepEqual(
        [status, body.error.message.includes(`${name}: it is read-only`)],
        [400, true],
        body.error.message,
      );
    });
});
