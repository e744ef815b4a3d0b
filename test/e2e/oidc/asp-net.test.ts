import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Browser } from './browser.ts';
import { type OidcServer, openOidcServer, secret } from './oidc-server.ts';

/**
 * Requests and checks of Microsoft.AspNetCore.Authentication.OpenIdConnect, as its documentation and source describe them:
 * sign-in by form_post, sign-out with a hint and a state, and the remote sign-out path, which ends the session of the application
 * where `iss` and `sid` are those of the ID token.
 */
const origin = 'https://app.example';
const signInPath = `${origin}/signin-oidc`;
const remoteSignOutPath = `${origin}/signout-oidc`;
const signedOutPath = `${origin}/signout-callback-oidc`;
const client = { 'x-client-SKU': 'ID_NET8_0', 'x-client-ver': '8.0.1.0' };
const protectedText = () => `CfDJ8${randomBytes(90).toString('base64url')}`;
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

type Claims = Readonly<Record<string, unknown>>;
const claimsIn = (jwt: unknown): Claims =>
  JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Claims;
const plain = (text: string): string => text.replaceAll('&amp;', '&');

describe('the OpenID Connect handler of ASP.NET Core, by the shape of its requests', () => {
  let server: OidcServer;
  let appId: string;
  before(async () => {
    server = await openOidcServer();
    const [{ confidentialApp, setApplication }] = server.tenants;
    appId = confidentialApp.appId;
    await setApplication({
      ...confidentialApp,
      redirectUris: [signInPath],
      postLogoutRedirectUris: [signedOutPath],
      logoutUrl: remoteSignOutPath,
      profile: { web: { implicitGrantSettings: { enableIdTokenIssuance: true } } },
    });
  });
  after(() => server.close());

  async function discovered(version: string): Promise<Readonly<Record<string, string>>> {
    const path = `/${server.tenants[0].id}${version}/.well-known/openid-configuration`;
    return (await (await server.browser().fetch(path)).json()) as Record<string, string>;
  }

  /** Challenges, takes the form that the browser posts, and returns the ID token of the session. */
  async function signIn(
    browser: Browser,
    metadata: Readonly<Record<string, string>>,
    responseType: string,
  ): Promise<string> {
    const nonce = `${Date.now()}.${randomBytes(32).toString('base64')}`;
    const state = protectedText();
    const query = new URLSearchParams({
      client_id: appId,
      redirect_uri: signInPath,
      response_type: responseType,
      scope: 'openid profile',
      ...(responseType === 'id_token' ? {} : challenge),
      response_mode: 'form_post',
      nonce,
      client_info: '1',
      state,
      ...client,
    });
    const { response } = await browser.follow(`${metadata.authorization_endpoint}?${query}`);
    const page = await response!.text();
    assert.match(page, new RegExp(`<form method="post" action="${signInPath}"`));
    const fields = Object.fromEntries(
      [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
        name!,
        value!,
      ]),
    );
    assert.equal(fields.state, state);
    const idToken = fields.id_token ?? (await redeem(browser, metadata, String(fields.code)));
    const claims = claimsIn(idToken);
    assert.deepEqual([claims.nonce, claims.aud, claims.iss], [nonce, appId, metadata.issuer]);
    return idToken;
  }

  async function redeem(browser: Browser, metadata: Readonly<Record<string, string>>, code: string): Promise<string> {
    const form = new URLSearchParams({
      client_id: appId,
      client_secret: secret,
      code,
      grant_type: 'authorization_code',
      redirect_uri: signInPath,
      code_verifier: verifier,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...client };
    const answer = await browser.fetch(metadata.token_endpoint!, { method: 'POST', headers, body: String(form) });
    return ((await answer.json()) as { id_token: string }).id_token;
  }

  /** What the handler does at its remote sign-out path: the session ends where both are those of its ID token. */
  const endsSession = ({ searchParams }: URL, { iss, sid }: Claims): boolean =>
    (sid === undefined || searchParams.get('sid') === sid) && searchParams.get('iss') === iss;

  for (const version of ['', '/v2.0'])
    for (const responseType of ['code', 'id_token', 'code id_token'])
      test(`${responseType} at ${version === '' ? 'version 1' : 'version 2'}: signed in, signed out, and its session ended`, async () => {
        const metadata = await discovered(version);
        const browser = server.browser();
        const idToken = await signIn(browser, metadata, responseType);
        const state = protectedText();
        const query = new URLSearchParams({
          post_logout_redirect_uri: signedOutPath,
          id_token_hint: idToken,
          state,
          ...client,
        });
        const answer = await browser.fetch(`${metadata.end_session_endpoint}?${query}`);
        const page = await answer.text();
        const frame = /<iframe src="([^"]*)"/.exec(page)?.[1];
        assert.ok(frame, page);
        const address = new URL(plain(frame));
        assert.equal(`${address.origin}${address.pathname}`, remoteSignOutPath);
        assert.ok(endsSession(address, claimsIn(idToken)), `${address} for ${JSON.stringify(claimsIn(idToken))}`);
        assert.ok(claimsIn(idToken).sid, 'the session is named');
        assert.ok(plain(page).includes(`${signedOutPath}?state=${state}`), 'the browser continues to the application');
        const again = await browser.fetch(
          `${metadata.authorization_endpoint}?${new URLSearchParams({ client_id: appId, redirect_uri: signInPath, response_type: 'code', scope: 'openid', prompt: 'none', ...challenge })}`,
        );
        assert.match(again.headers.get('location') ?? '', /error=login_required/);
      });
});
