import assert from 'node:assert/strict';
import { join } from 'node:path';
import { claimsOf } from '../../e2e/server.ts';
import { freePort } from '../../free-port.ts';
import {
  api,
  type ClientCase,
  expectToken,
  graphDefault,
  graphRead,
  msal,
  omniAuth,
  springLogin,
  webSignIn,
} from './case-kinds.ts';

const go = { language: 'Go' } as const;
const java = { language: 'Java' } as const;
const python = { language: 'Python' } as const;
const node = { language: 'Node' } as const;

export const cases: readonly ClientCase[] = [
  ...msal('Go', 'github.com/AzureAD/microsoft-authentication-library-for-go', 'MSAL for Go', (kit, request) => [
    'msal',
    { authority: kit.authority, ...request },
  ]),
  {
    ...go,
    client: 'azidentity (Azure SDK for Go)',
    manifestName: 'github.com/Azure/azure-sdk-for-go/sdk/azidentity',
    flow: 'client credentials',
    async run(kit, toolchain, folder) {
      const { appId, secret } = await kit.register('azidentity', '--permission', 'User.Read.All');
      const request = { origin: kit.origin, tenant: kit.tenant, clientId: appId, secret, scopes: [graphDefault] };
      await expectToken(kit.start(toolchain, folder, 'azidentity', request), { idtyp: 'app', appid: appId });
    },
  },
  {
    ...go,
    client: 'hamilton (SDK of the Terraform provider azuread 2)',
    manifestName: 'github.com/manicminer/hamilton',
    flow: 'users, applications and groups by Graph',
    async run(kit, toolchain, folder) {
      const permissions = [
        'User.ReadWrite.All',
        'Group.ReadWrite.All',
        'Application.ReadWrite.All',
        'User.DeleteRestore.All',
      ];
      const words = permissions.flatMap((name) => ['--permission', name]);
      const { appId, secret } = await kit.register('Terraform', ...words);
      const request = { origin: kit.origin, tenant: kit.tenant, clientId: appId, secret };
      const answer = await kit.start(toolchain, folder, 'terraform', request).answer();
      assert.deepEqual(answer, { user: 'ana@woodgrove.test', members: 1, memberships: 1 });
    },
  },
  webSignIn(
    { ...go, client: 'go-oidc with x/oauth2', manifestName: 'github.com/coreos/go-oidc/v3' },
    'oidc',
    () => ({}),
  ),
  {
    ...go,
    client: 'x/oauth2 with crypto/tls',
    manifestName: 'golang.org/x/oauth2',
    flow: 'client certificate and bound token (RFC 8705)',
    async run(kit, toolchain, folder) {
      const { certificateFile: Cert, keyFile: Key, thumbprint } = kit.clientCertificate('mutual TLS');
      const words = ['--certificate', Cert, '--bound-tokens', '--permission', 'Organization.Read.All'];
      const { appId } = await kit.register('mutual TLS', ...words);
      const { port } = new URL(kit.origin);
      const host = `https://certauth.localhost:${port}`;
      const request = {
        ...{ ClientID: appId, TokenURL: `${host}/${kit.tenant}/oauth2/v2.0/token`, Graph: `${host}/v1.0/organization` },
        ...{ Cert, Key, Address: `127.0.0.1:${port}`, Scopes: [graphDefault] },
      };
      const { accessToken, status } = await kit.start(toolchain, folder, 'mtls', request).answer();
      const { cnf } = claimsOf(accessToken);
      assert.deepEqual([cnf, status], [{ 'x5t#S256': thumbprint }, 200]);
    },
  },
  ...msal('Java', 'msal4j', 'MSAL for Java', (kit, request) => {
    const { flow, clientId, secret, redirectUri, scopes } = request as Record<string, string> & { scopes: string[] };
    return [
      'clients.Msal4j',
      flow,
      `${kit.authority}/`,
      clientId,
      secret,
      redirectUri ?? '',
      scopes.join(' '),
    ] as never;
  }),
  api(
    { ...java, client: 'Spring Security resource server', manifestName: 'spring-boot-starter-parent', flow: 'API' },
    (kit, appId) => [
      'clients.api.ResourceServer',
      '--server.port=0',
      '--spring.main.banner-mode=off',
      `--spring.security.oauth2.resourceserver.jwt.issuer-uri=${kit.authority}/v2.0`,
      `--spring.security.oauth2.resourceserver.jwt.audiences=${appId}`,
    ],
  ),
  {
    ...java,
    client: 'Spring Security OAuth 2.0 login',
    manifestName: 'spring-boot-starter-parent',
    flow: 'web sign-in, sign-out, back-channel logout',
    run: springLogin,
  },
  ...msal('Python', 'msal', 'MSAL for Python', (kit, request) => [
    'msal_client.py',
    { authority: kit.authority, ...request },
  ]),
  {
    ...python,
    client: 'ADAL for Python',
    manifestName: 'adal',
    flow: 'client credentials (v1)',
    async run(kit, toolchain, folder) {
      const { appId, secret } = await kit.register('ADAL', '--permission', 'User.Read.All');
      const request = { authority: kit.authority, resource: 'https://graph.microsoft.com', clientId: appId, secret };
      const program = kit.start(toolchain, folder, 'adal_client.py', { flow: 'client credentials', ...request });
      await expectToken(program, { appid: appId, aud: 'https://graph.microsoft.com', ver: '1.0' });
    },
  },
  {
    ...python,
    client: 'ADAL for Python',
    manifestName: 'adal',
    flow: 'device code (v1)',
    async run(kit, toolchain, folder) {
      const { appId } = await kit.register('ADAL device', '--public', '--redirect-uri', 'http://localhost');
      const request = { authority: kit.authority, resource: 'https://graph.microsoft.com', clientId: appId };
      const program = kit.start(toolchain, folder, 'adal_client.py', { flow: 'device code', ...request });
      await kit.enterCode(await program.line('device'));
      await expectToken(program, { unique_name: 'ana@woodgrove.test', ver: '1.0' });
    },
  },
  webSignIn({ ...python, client: 'Authlib with Requests', manifestName: 'authlib' }, 'authlib_client.py', () => ({})),
  {
    ...python,
    client: 'django-auth-adfs',
    manifestName: 'django-auth-adfs',
    flow: 'web sign-in (v1)',
    async run(kit, toolchain, folder) {
      const port = await freePort();
      const redirectUri = `http://localhost:${port}/oauth2/callback`;
      const { appId, secret } = await kit.register('Django', '--redirect-uri', redirectUri, '--token-version', '1');
      const { host } = new URL(kit.origin);
      const database = join(kit.graph.server.folder, 'django.sqlite');
      const more = { host, tenant: kit.tenant, trust: kit.trust, port, database };
      const words = { clientId: appId, secret, audience: [appId, `spn:${appId}`, `api://${appId}`], ...more };
      const program = kit.start(toolchain, folder, 'django_site.py', words);
      try {
        await program.line('listening');
        const { body } = await kit.signInAt(`http://localhost:${port}/`, redirectUri);
        assert.deepEqual(JSON.parse(body), { user: 'ana@woodgrove.test' });
      } finally {
        program.stop();
      }
    },
  },
  webSignIn({ language: 'Rust', client: 'openidconnect', manifestName: 'openidconnect' }, 'clients', () => ({})),
  {
    language: 'Rust',
    client: 'openidconnect',
    manifestName: 'openidconnect',
    flow: 'client credentials',
    async run(kit, toolchain, folder) {
      const { appId, secret } = await kit.register('openidconnect robot', '--permission', 'User.Read.All');
      const more = { redirectUri: 'http://localhost', flow: 'client credentials', scope: graphDefault };
      const request = { issuer: `${kit.authority}/v2.0`, clientId: appId, secret, ...more };
      await expectToken(kit.start(toolchain, folder, 'clients', request), { idtyp: 'app', appid: appId });
    },
  },
  ...(['', '/v2.0'] as const).map((version) =>
    api(
      {
        ...node,
        client: 'passport-azure-ad BearerStrategy',
        manifestName: 'passport-azure-ad',
        flow: version === '' ? 'API (v1)' : 'API',
      },
      (kit, appId) => [
        'bearer.mjs',
        {
          metadata: `${kit.authority}${version}/.well-known/openid-configuration`,
          clientId: appId,
          audience: version === '' ? ['api://passport-azure-ad-bearerstrategy-api-v1-', appId] : appId,
        },
      ],
      version === '' ? 1 : undefined,
    ),
  ),
  {
    ...node,
    client: 'passport-azure-ad OIDCStrategy',
    manifestName: 'passport-azure-ad',
    flow: 'web sign-in, code id_token by form_post',
    async run(kit, toolchain, folder) {
      const port = await freePort();
      const redirectUri = `http://localhost:${port}/signed-in`;
      const { appId, secret } = await kit.register(
        'passport web',
        '--redirect-uri',
        redirectUri,
        '--id-token-issuance',
      );
      const metadata = `${kit.authority}/v2.0/.well-known/openid-configuration`;
      const program = kit.start(toolchain, folder, 'web.mjs', { metadata, clientId: appId, secret, redirectUri, port });
      try {
        await program.line('listening');
        const { body } = await kit.signInAt(`http://localhost:${port}/login`, redirectUri);
        const { user } = JSON.parse(body) as { user: Record<string, unknown> | null };
        assert.deepEqual([user?.iss, user?.upn, user?.tokens], [`${kit.authority}/v2.0`, 'ana@woodgrove.test', 2]);
      } finally {
        program.stop();
      }
    },
  },
  {
    ...node,
    client: 'node-jws',
    manifestName: 'jws',
    flow: 'reads and verifies an access token',
    async run(kit, toolchain, folder) {
      const redirectUri = 'http://localhost:53682/done';
      const { appId } = await kit.register('jws', '--public', '--redirect-uri', redirectUri);
      const { access_token: token } = await kit.tokenFor(appId, redirectUri, graphRead);
      const jwksUri = `${kit.authority}/discovery/v2.0/keys`;
      const { verified, claims } = await kit.start(toolchain, folder, 'jws.mjs', { token, jwksUri }).answer();
      assert.deepEqual([verified, (claims as Record<string, unknown>).tid], [true, kit.tenant]);
    },
  },
  {
    ...node,
    client: 'ADAL for Node',
    manifestName: 'adal-node',
    flow: 'client credentials (v1)',
    async run(kit, toolchain, folder) {
      const { appId, secret } = await kit.register('ADAL Node', '--permission', 'User.Read.All');
      const request = { authority: kit.authority, resource: 'https://graph.microsoft.com', clientId: appId, secret };
      await expectToken(kit.start(toolchain, folder, 'adal.mjs', request), { appid: appId, ver: '1.0' });
    },
  },
  {
    ...node,
    client: 'simple-oauth2',
    manifestName: 'simple-oauth2',
    flow: 'client credentials',
    async run(kit, toolchain, folder) {
      const { appId, secret } = await kit.register('simple-oauth2', '--permission', 'User.Read.All');
      const request = { origin: kit.origin, tenant: kit.tenant, clientId: appId, secret, scope: graphDefault };
      await expectToken(kit.start(toolchain, folder, 'simple-oauth2.mjs', request), { idtyp: 'app', appid: appId });
    },
  },
  omniAuth('OmniAuth openid_connect', 'gitlab-omniauth-openid-connect', 'openid_connect', '/auth/openid_connect'),
  omniAuth(
    'OmniAuth azure_activedirectory_v2',
    'omniauth-azure-activedirectory-v2',
    'azure_activedirectory_v2',
    '/auth/azure_activedirectory_v2',
  ),
];
