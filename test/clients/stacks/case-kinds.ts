import assert from 'node:assert/strict';
import { claimsOf } from '../../e2e/server.ts';
import { freePort } from '../../free-port.ts';
import type { Kit } from './kit.ts';
import type { ClientProgram } from './run-client.ts';
import type { Toolchain } from './toolchains.ts';

/** One client and one flow of it. */
export interface ClientCase {
  readonly language: string;
  /** The client as people call it. */
  readonly client: string;
  /** Its name in the manifest of the language. */
  readonly manifestName: string;
  readonly flow: string;
  run(kit: Kit, toolchain: Toolchain, folder: string): Promise<void>;
}

export const graphDefault = 'https://graph.microsoft.com/.default';
export const graphRead = 'https://graph.microsoft.com/User.Read';

type Start = (kit: Kit, request: object) => Parameters<Kit['start']> extends [unknown, unknown, ...infer R] ? R : never;

/** The three flows that every MSAL has in its quick starts. */
export function msal(language: string, manifestName: string, client: string, start: Start): readonly ClientCase[] {
  const begin = (kit: Kit, toolchain: Toolchain, folder: string, request: object): ClientProgram =>
    kit.start(toolchain, folder, ...(start(kit, request) as [string, ...string[]]));
  const common = { language, manifestName, client };
  return [
    {
      ...common,
      flow: 'client credentials',
      async run(kit, toolchain, folder) {
        const { appId, secret } = await kit.register(client, '--permission', 'User.Read.All');
        const request = { flow: 'client credentials', clientId: appId, secret, scopes: [graphDefault] };
        await expectToken(begin(kit, toolchain, folder, request), { idtyp: 'app', appid: appId });
      },
    },
    {
      ...common,
      flow: 'interactive, then silent',
      async run(kit, toolchain, folder) {
        const { appId } = await kit.register(`${client} native`, '--public', '--redirect-uri', 'http://localhost');
        const port = await freePort();
        const redirectUri = `http://localhost:${port}`;
        const request = { flow: 'interactive', clientId: appId, secret: '', redirectUri, port, scopes: [graphRead] };
        const program = begin(kit, toolchain, folder, request);
        await kit.signIn(await program.line('open'), redirectUri);
        await expectToken(program, { idtyp: 'user', upn: 'ana@woodgrove.test' });
      },
    },
    {
      ...common,
      flow: 'device code',
      async run(kit, toolchain, folder) {
        const { appId } = await kit.register(`${client} device`, '--public', '--redirect-uri', 'http://localhost');
        const request = { flow: 'device code', clientId: appId, secret: '', redirectUri: '', scopes: [graphRead] };
        const program = begin(kit, toolchain, folder, request);
        await kit.enterCode(await program.line('device'));
        await expectToken(program, { idtyp: 'user', upn: 'ana@woodgrove.test' });
      },
    },
  ];
}

export async function expectToken(
  program: ClientProgram,
  claimsWanted: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { accessToken } = await program.answer();
  const claims = claimsOf(accessToken);
  assert.deepEqual(Object.fromEntries(Object.keys(claimsWanted).map((name) => [name, claims[name]])), claimsWanted);
}

/** A web application that prints its authorization address and ends with the claims it verified. */
export function webSignIn(
  common: Omit<ClientCase, 'run' | 'flow'>,
  program: string,
  more: (kit: Kit) => object,
): ClientCase {
  return {
    ...common,
    flow: 'web sign-in and userinfo',
    async run(kit, toolchain, folder) {
      const { appId, secret, port, redirectUri } = await kit.registerWeb(common.client, '/callback');
      const words = { issuer: `${kit.authority}/v2.0`, clientId: appId, secret, redirectUri, port, ...more(kit) };
      const client = kit.start(toolchain, folder, program, { ...words, listen: `127.0.0.1:${port}` });
      await kit.signIn(await client.line('open'), redirectUri);
      const { claims, userinfo } = await client.answer();
      const { sub, aud } = claims as Record<string, unknown>;
      assert.deepEqual([userinfo, [aud].flat()], [sub, [appId]]);
    },
  };
}

/** An API: the access token for it is accepted; an ID token, and an access token for another API, are refused. */
export function api(
  common: Omit<ClientCase, 'run'>,
  start: (kit: Kit, appId: string) => readonly [string, ...(string | object)[]],
  readVersion?: 1,
): ClientCase {
  return {
    ...common,
    async run(kit, toolchain, folder) {
      const redirectUri = 'http://localhost:53682/done';
      const identifier = `api://${`${common.client} ${common.flow}`.toLowerCase().replace(/\W+/g, '-')}`;
      const words = ['--identifier-uri', identifier, ...(readVersion === 1 ? ['--token-version', '1'] : [])];
      const { appId } = await kit.register(common.client, ...words);
      const caller = await kit.register(`${common.client} caller`, '--public', '--redirect-uri', redirectUri);
      const tokens = await kit.tokenFor(caller.appId, redirectUri, `openid ${identifier}/access`);
      const graphTokens = await kit.tokenFor(caller.appId, redirectUri, `openid ${graphRead}`);
      const program = kit.start(toolchain, folder, ...start(kit, appId));
      try {
        const port = await program.line('listening');
        const ask = async (token: unknown) =>
          (await fetch(`http://127.0.0.1:${port}/me`, { headers: { authorization: `Bearer ${token}` } })).status;
        assert.equal(await ask(tokens.access_token), 200, 'the access token');
        assert.equal(await ask(tokens.id_token), 401, 'an ID token');
        assert.equal(await ask(graphTokens.access_token), 401, 'an access token for another API');
      } finally {
        program.stop();
      }
    },
  };
}

/** A site of OmniAuth with one strategy: who signed in, as the site knows them. */
export function omniAuth(client: string, manifestName: string, strategy: string, path: string): ClientCase {
  return {
    ...{ language: 'Ruby', client, manifestName, flow: 'web sign-in' },
    async run(kit, toolchain, folder) {
      const { appId, secret, port, redirectUri } = await kit.registerWeb(client, `${path}/callback`);
      const { origin, tenant, authority } = kit;
      const words = {
        strategy,
        origin,
        tenant,
        issuer: `${authority}/v2.0`,
        clientId: appId,
        secret,
        redirectUri,
        port,
      };
      const program = kit.start(toolchain, folder, 'omniauth_site.rb', words);
      try {
        await program.line('listening');
        const { body } = await kit.signInAt(`http://localhost:${port}${path}`, redirectUri);
        const { uid, name } = JSON.parse(body) as Record<string, unknown>;
        assert.deepEqual([typeof uid, name], ['string', 'Ana Ruiz'], body);
      } finally {
        program.stop();
      }
    },
  };
}

/** Signed in by the server, out by the server, and out again by its back channel. */
export async function springLogin(kit: Kit, toolchain: Toolchain, folder: string): Promise<void> {
  const port = await freePort();
  const site = `https://localhost:${port}`;
  const redirectUri = `${site}/login/oauth2/code/cardea`;
  const uris = ['--redirect-uri', redirectUri, '--logout-uri', `${site}/bye`];
  const backChannel = ['--back-channel-logout', `${site}/logout/connect/back-channel/cardea`];
  const { appId, secret } = await kit.register('Spring', ...uris, ...backChannel);
  const registration = '--spring.security.oauth2.client.registration.cardea';
  const program = kit.start(
    toolchain,
    folder,
    'clients.web.WebApplication',
    `--server.port=${port}`,
    `--server.ssl.certificate=${kit.siteCertificate}`,
    `--server.ssl.certificate-private-key=${kit.siteKey}`,
    '--spring.main.banner-mode=off',
    `${registration}.client-id=${appId}`,
    `${registration}.client-secret=${secret}`,
    `${registration}.scope=openid,profile,email`,
    `--spring.security.oauth2.client.provider.cardea.issuer-uri=${kit.authority}/v2.0`,
  );
  try {
    await program.line('listening');
    const browser = kit.browser();
    const home = await kit.signInAt(`${site}/`, redirectUri, browser);
    assert.equal((JSON.parse(home.body) as Record<string, unknown>).preferred_username, 'ana@woodgrove.test');
    await browser.get(new URL(`${kit.authority}/oauth2/v2.0/logout`));
    await untilSignedOut(async () => (await browser.get(new URL(`${site}/`))).status === 302);
  } finally {
    program.stop();
  }
}

async function untilSignedOut(isOut: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isOut()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail('the back-channel notice did not end the session of the site');
}
