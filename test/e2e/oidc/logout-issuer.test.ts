import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OidcServer, openOidcServer, redirectUri, secret } from './oidc-server.ts';

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe('the frame after sign-out has the issuer that the application knows from its ID tokens', () => {
  let server: OidcServer;
  before(async () => {
    server = await openOidcServer();
    const [{ publicApp, confidentialApp, setApplication }] = server.tenants;
    for (const [app, name] of [
      [publicApp, 'public'],
      [confidentialApp, 'confidential'],
    ] as const)
      await setApplication({ ...app, logoutUrl: `https://app.example/${name}?now=1` });
  });
  after(() => server.close());

  type Version = 'oauth2' | 'oauth2/v2.0';

  /** Signs in, and returns the issuer of the ID token. */
  async function signIn(browser: ReturnType<OidcServer['browser']>, appId: string, version: Version): Promise<string> {
    const [tenant] = server.tenants;
    const query = new URLSearchParams({
      client_id: appId,
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      scope: 'openid',
    });
    const { url } = await browser.follow(`/${tenant.id}/${version}/authorize?${query}`);
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: appId,
      code: url.searchParams.get('code') ?? url.href,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...(appId === tenant.confidentialApp.appId ? { client_secret: secret } : {}),
    });
    const answer = await browser.fetch(`/${tenant.id}/${version}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(form),
    });
    const { id_token: token = '' } = (await answer.json()) as { id_token?: string };
    return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iss: string }).iss;
  }

  async function framesAfterSignOut(browser: ReturnType<OidcServer['browser']>): Promise<Record<string, string>> {
    const page = await (await browser.fetch(`/${server.tenants[0].id}/oauth2/v2.0/logout`)).text();
    const addresses = [...page.matchAll(/<iframe src="([^"]*)"/g)].map(
      ([, text]) => new URL(text!.replaceAll('&amp;', '&')),
    );
    for (const { searchParams } of addresses) assert.equal(searchParams.get('now'), '1');
    return Object.fromEntries(addresses.map(({ pathname, searchParams }) => [pathname, searchParams.get('iss') ?? '']));
  }

  for (const [ofPublic, ofConfidential] of [
    ['oauth2', 'oauth2/v2.0'],
    ['oauth2/v2.0', 'oauth2'],
    ['oauth2', 'oauth2'],
  ] as const)
    test(`${ofPublic} of one application and ${ofConfidential} of another in one session`, async () => {
      const [{ publicApp, confidentialApp }] = server.tenants;
      const browser = server.browser();
      const issuers = {
        '/public': await signIn(browser, publicApp.appId, ofPublic),
        '/confidential': await signIn(browser, confidentialApp.appId, ofConfidential),
      };
      assert.equal(issuers['/public'].endsWith('/v2.0'), ofPublic === 'oauth2/v2.0');
      assert.equal(issuers['/confidential'].endsWith('/v2.0'), ofConfidential === 'oauth2/v2.0');
      assert.deepEqual(await framesAfterSignOut(browser), issuers);
    });

  test('the version of the last sign-in counts', async () => {
    const [{ publicApp }] = server.tenants;
    const browser = server.browser();
    await signIn(browser, publicApp.appId, 'oauth2');
    const issuer = await signIn(browser, publicApp.appId, 'oauth2/v2.0');
    assert.deepEqual(await framesAfterSignOut(browser), { '/public': issuer });
  });
});
