import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { routes } from '#graph/resources.ts';
import { testCa } from '../../pki/test-ca.ts';
import { GraphServer } from '../graph-server.ts';

/** An object that can be changed, and a change of it that may be made again and again. */
interface Row {
  readonly name: string;
  /** Makes the object, and answers its address. */
  readonly path: () => Promise<string> | string;
  readonly method?: 'PATCH' | 'PUT' | 'POST';
  /** Where the change is sent, if not to the address of the object. */
  readonly to?: (path: string) => string;
  /** The n-th change. */
  readonly change: (n: number) => unknown;
  /** Whether the object is listed at the address above it. */
  readonly isListed?: boolean;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const root = testCa('C=US,O=Fjord,CN=Fjord Root');
const second = testCa('C=US,O=Fjord,CN=Fjord Second');

describe('ETag and If-Match on everything that can be changed', () => {
  let server: GraphServer;
  let token = '';
  const graph = async (method: string, path: string, body?: unknown, status?: number, etag?: string) => {
    const headers: Record<string, string> = etag === undefined ? {} : { 'if-match': etag };
    const answer = await server.call(token, method, path, body, headers);
    if (status !== undefined) assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const create = async (path: string, body: unknown) => `${path}/${(await graph('POST', path, body, 201)).body.id}`;
  before(async () => {
    server = await GraphServer.start();
    token = await server.personToken('ana', ...permissions);
  });
  after(() => server?.end());

  const pkis = '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations';
  const methods = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations';
  const strengths = '/policies/authenticationStrengthPolicies';
  const classic = () => `/organization/${server.tenantId}/certificateBasedAuthConfiguration`;
  const pki = () => create(pkis, { displayName: 'PKI' });
  const group = () =>
    create('/groups', { displayName: 'G', mailEnabled: false, mailNickname: 'g', securityEnabled: true });
  const strength = () =>
    create(strengths, {
      displayName: `S ${crypto.randomUUID().slice(0, 8)}`,
      allowedCombinations: ['x509CertificateMultiFactor'],
    });
  const domain = async (name: string) => {
    await graph('POST', '/domains', { id: name }, 201);
    await graph('POST', `/domains/${name}/verify?force=true`, undefined, 200);
    return `/domains/${name}`;
  };
  const provider = {
    issuerUri: 'https://adfs.example/trust',
    passiveSignInUri: 'https://adfs.example/ls',
    signingCertificate: base64(root.der),
  };

  const rows: readonly Row[] = [
    {
      name: 'user',
      path: async () => `/users/${(await graph('GET', '/users/ben@woodgrove.test', undefined, 200)).body.id}`,
      change: (n) => ({ jobTitle: `Clerk ${n}` }),
      isListed: true,
    },
    { name: 'group', path: group, change: (n) => ({ description: `${n}` }), isListed: true },
    {
      name: 'application',
      path: () => create('/applications', { displayName: 'App' }),
      change: (n) => ({ displayName: `App ${n}` }),
      isListed: true,
    },
    {
      name: 'servicePrincipal',
      path: async () => {
        const { appId } = (await graph('POST', '/applications', { displayName: 'App' }, 201)).body;
        return create('/servicePrincipals', { appId });
      },
      change: (n) => ({ notes: `${n}` }),
      isListed: true,
    },
    {
      name: 'oAuth2PermissionGrant',
      path: async () => {
        const { appId } = (await graph('POST', '/applications', { displayName: 'App' }, 201)).body;
        await graph('POST', '/servicePrincipals', { appId }, 201);
        const resourceId = '00000003-0000-0000-c000-000000000000';
        return create('/oauth2PermissionGrants', {
          clientId: appId,
          consentType: 'AllPrincipals',
          resourceId,
          scope: '',
        });
      },
      change: (n) => ({ scope: n % 2 ? 'User.Read' : 'User.Read.All' }),
      isListed: true,
    },
    {
      name: 'conditionalAccessPolicy',
      path: () =>
        create('/identity/conditionalAccess/policies', {
          displayName: 'P',
          state: 'disabled',
          conditions: {
            users: { includeUsers: ['All'] },
            applications: { includeApplications: ['All'] },
            clientAppTypes: ['all'],
          },
          grantControls: { operator: 'OR', builtInControls: ['mfa'] },
        }),
      change: (n) => ({ displayName: `P ${n}` }),
      isListed: true,
    },
    {
      name: 'namedLocation',
      path: () =>
        create('/identity/conditionalAccess/namedLocations', {
          '@odata.type': '#microsoft.graph.ipNamedLocation',
          displayName: 'L',
          ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' }],
        }),
      change: (n) => ({ '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: `L ${n}` }),
      isListed: true,
    },
    { name: 'authenticationStrength', path: strength, change: (n) => ({ description: `${n}` }), isListed: true },
    {
      name: 'combinationConfiguration',
      path: async () =>
        create(`${await strength()}/combinationConfigurations`, {
          '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
          appliesToCombinations: ['x509CertificateMultiFactor'],
          allowedPolicyOIDs: ['1.2.3'],
        }),
      change: (n) => ({
        '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
        allowedPolicyOIDs: [`1.2.${n}`],
      }),
      isListed: true,
    },
    {
      name: 'featureRolloutPolicy',
      path: () =>
        create('/policies/featureRolloutPolicies', {
          displayName: 'R',
          feature: 'certificateBasedAuthentication',
          isEnabled: false,
        }),
      change: (n) => ({ displayName: `R ${n}` }),
      isListed: true,
    },
    { name: 'certificateBasedAuthPki', path: pki, change: (n) => ({ displayName: `PKI ${n}` }), isListed: true },
    {
      name: 'certificateAuthorityDetail',
      path: async () => create(`${await pki()}/certificateAuthorities`, { certificate: base64(root.der) }),
      change: (n) => ({ displayName: `CA ${n}` }),
      isListed: true,
    },
    {
      name: 'certificateBasedAuthConfiguration',
      path: async () => `${classic()}/${(await graph('POST', classic(), classicList(root), 201)).body.id}`,
      method: 'POST',
      to: classic,
      change: (n) => (n % 2 ? classicList(root, second) : classicList(root)),
      isListed: true,
    },
    {
      name: 'x509Certificate',
      path: () => `${methods}/X509Certificate`,
      change: (n) => ({
        '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
        issuerHintsConfiguration: { state: n % 2 ? 'enabled' : 'disabled' },
      }),
      isListed: true,
    },
    {
      name: 'another method',
      path: () => `${methods}/Fido2`,
      change: (n) => ({ state: n % 2 ? 'disabled' : 'enabled' }),
      isListed: true,
    },
    {
      name: 'authenticationMethodsPolicy',
      path: () => '/policies/authenticationMethodsPolicy',
      change: (n) => ({ description: `${n}` }),
    },
    {
      name: 'deviceRegistrationPolicy',
      path: () => '/policies/deviceRegistrationPolicy',
      method: 'PUT',
      change: (n) => ({ userDeviceQuota: 20 + n }),
    },
    {
      name: 'device',
      path: () =>
        create('/devices', {
          displayName: 'D',
          accountEnabled: true,
          deviceId: crypto.randomUUID(),
          operatingSystem: 'Windows',
          operatingSystemVersion: '10',
          alternativeSecurityIds: [{ type: 2, key: 'base64Y3YxN2E1MWFlYw==' }],
        }),
      change: (n) => ({ displayName: `D ${n}` }),
      isListed: true,
    },
    {
      name: 'domain',
      path: async () => {
        await domain('one.example');
        return domain('two.example');
      },
      method: 'PATCH',
      change: () => ({ isDefault: true }),
      isListed: true,
    },
    {
      name: 'internalDomainFederation',
      path: async () => {
        const path = `${await domain('three.example')}/federationConfiguration`;
        return `${path}/${(await graph('POST', path, provider, 201)).body.id}`;
      },
      change: (n) => ({ displayName: `Provider ${n}` }),
      isListed: true,
    },
  ];

  for (const { name, path: make, method = 'PATCH', to = (path: string) => path, change, isListed } of rows) {
    test(`${name}: a change is made of the state that was read, or refused with who changed it meanwhile`, async () => {
      const path = await make();
      const read = await graph('GET', path, undefined, 200);
      const etag = String(read.headers.etag);
      assert.match(etag, /^W\/"[\w-]+"$/);
      assert.equal(read.body['@odata.etag'], etag);
      assert.equal((await graph('GET', `/beta${path}`, undefined, 200)).headers.etag, etag, 'in beta');
      assert.equal((await graph('GET', `${path}?$select=id`, undefined, 200)).headers.etag, etag, 'with $select');
      if (isListed) {
        const { body } = await graph('GET', path.slice(0, path.lastIndexOf('/')), undefined, 200);
        const items = body.value as Record<string, unknown>[];
        assert.equal(items.find(({ id }) => id === read.body.id)?.['@odata.etag'], etag, 'in the list');
      }
      const began = new Date();
      await graph(method, to(path), change(1), undefined, etag).then(assertSuccess);
      const stale = await graph(method, to(path), change(2), 412, etag);
      const { code, innerError } = stale.body.error;
      assert.equal(code, 'resourceModified');
      assert.equal(innerError.changedBy, 'ana@woodgrove.test');
      assert.ok(new Date(innerError.changedDateTime).getTime() >= began.getTime(), innerError.changedDateTime);
      const nextTag = (await graph('GET', path, undefined, 200)).body['@odata.etag'];
      assert.notEqual(nextTag, etag);
      await graph(method, to(path), change(2), 412, '"never"');
      await graph(method, to(path), change(2), undefined, '*').then(assertSuccess);
      await graph(method, to(path), change(3)).then(assertSuccess);
    });
  }

  test('a condition holds for a deletion, a part of a batch and a reference, too', async () => {
    const path = await group();
    const old = String((await graph('GET', path)).headers.etag);
    await graph('PATCH', path, { description: 'other' }, 204);
    const member = { '@odata.id': `https://x/v1.0/directoryObjects/${(await graph('GET', '/me')).body.id}` };
    await graph('POST', `${path}/members/$ref`, member, 412, old);
    await graph('DELETE', path, undefined, 412, old);
    const part = { id: '1', method: 'DELETE', url: path, headers: { 'If-Match': old } };
    const { responses } = (await graph('POST', '/$batch', { requests: [part] }, 200)).body;
    assert.deepEqual([responses[0].status, responses[0].body.error.code], [412, 'resourceModified']);
    const current = String((await graph('GET', path)).headers.etag);
    const read = { id: '1', method: 'GET', url: path };
    const batch = (await graph('POST', '/$batch', { requests: [read] }, 200)).body.responses;
    assert.equal(batch[0].headers.Etag, current);
    await graph('DELETE', path, undefined, 204, current);
    await graph('DELETE', path, undefined, 404, current);
  });

  test('of ten changes that were made of the same state, one is made', async () => {
    const path = await group();
    const etag = String((await graph('GET', path)).headers.etag);
    const statuses = await Promise.all(
      Array.from(
        { length: 10 },
        async (_, i) => (await graph('PATCH', path, { description: `${i}` }, undefined, etag)).status,
      ),
    );
    assert.deepEqual(statuses.toSorted(), [204, ...Array.from({ length: 9 }, () => 412)]);
  });

  test('the version of a dry run is a condition: nothing of the policies was changed since', async () => {
    const path = `${methods}/X509Certificate`;
    const body = {
      '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
      state: 'enabled',
    };
    const { version } = (await graph('POST', `/beta${path}/dryRun`, body, 200)).body;
    await graph('POST', `/beta${path}/dryRun`, body, 200, version);
    await graph('PATCH', path, body, 204, version);
    const { version: next } = (await graph('POST', `/beta${path}/dryRun`, body, 200)).body;
    await strength();
    await graph('PATCH', path, body, 412, next);
  });

  test('If-None-Match: * makes what is not there, and replaces nothing', async () => {
    await graph('DELETE', `${classic()}/29728ade-6ae4-4ee9-9103-412912537da5`);
    const post = () => server.call(token, 'POST', classic(), classicList(root), { 'if-none-match': '*' });
    assert.equal((await post()).status, 201);
    assert.equal((await post()).status, 412);
    await graph('POST', classic(), classicList(root), 201, '*');
  });

  test('clients that want no metadata get the header alone', async () => {
    const { body, headers } = await server.call(token, 'GET', '/me', undefined, {
      accept: 'application/json;odata.metadata=none',
    });
    assert.match(String(headers.etag), /^W\//);
    assert.equal(body['@odata.etag'], undefined);
  });
});

test('whatever is changed or deleted can be read at its address, or the object above can', () => {
  const changes = routes.all.filter(({ method }) => method === 'PATCH' || method === 'PUT' || method === 'DELETE');
  assert.deepEqual(
    changes.filter((route) => routes.readerOf(route) === undefined).map(({ path }) => path),
    [],
  );
});

const classicList = (...authorities: { der: Uint8Array }[]) => ({
  certificateAuthorities: authorities.map(({ der }) => ({ isRootAuthority: true, certificate: base64(der) })),
});
const assertSuccess = ({ status, body }: { status: number; body: unknown }) =>
  assert.ok(status >= 200 && status < 300, `${status} ${JSON.stringify(body)}`);
const permissions = [
  'User.ReadWrite.All',
  'Group.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'Directory.Read.All',
  'Application.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Policy.Read.All',
  'Policy.ReadWrite.AuthenticationMethod',
  'Policy.ReadWrite.ConditionalAccess',
  'Policy.ReadWrite.HybridAuthentication',
  'Policy.Read.HybridAuthentication',
  'Policy.ReadWrite.DeviceConfiguration',
  'PublicKeyInfrastructure.ReadWrite.All',
  'PublicKeyInfrastructure.Read.All',
  'Organization.ReadWrite.All',
  'Domain.ReadWrite.All',
  'Domain.Read.All',
  'Directory.AccessAsUser.All',
];
