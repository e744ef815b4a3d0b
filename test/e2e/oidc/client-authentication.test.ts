import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OidcServer, openOidcServer, secret } from './oidc-server.ts';

type Form = Readonly<Record<string, string>>;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const basic = (text: string): Form => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('an application that authenticates in a wrong way', () => {
  let server: OidcServer;
  let appId = '';
  let publicId = '';
  before(async () => {
    server = await openOidcServer();
    appId = server.tenants[0].confidentialApp.appId;
    publicId = server.tenants[0].publicApp.appId;
  });
  after(() => server.close());

  async function post(form: Form, headers: Form = {}) {
    const response = await server.browser().fetch(`/${server.tenants[0].id}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: String(
        new URLSearchParams({
          grant_type: 'client_credentials',
          scope: 'https://graph.microsoft.com/.default',
          ...form,
        }),
      ),
    });
    const body = (await response.json()) as { error?: string; error_codes?: number[]; error_description?: string };
    return { status: response.status, error: body.error, number: body.error_codes?.[0], words: body.error_description };
  }

  test('a right secret in the header is accepted, with its characters encoded', async () => {
    assert.equal((await post({}, basic(`${appId}:${encodeURIComponent(secret)}`))).status, 200);
    assert.equal((await post({}, basic(`${appId}:${encodeURIComponent(secret).replaceAll('%20', '+')}`))).status, 200);
  });

  test('a refusal names the application of the Authorization header', async () => {
    for (const [name, number] of [
      [appId, 7000215],
      ['8a0a0c5e-0000-4000-8000-00000000feed', 700016],
    ] as const) {
      const answer = await post({}, basic(`${name}:wrong`));
      assert.equal(answer.number, number);
      assert.match(answer.words ?? '', new RegExp(`"${name}"`));
    }
  });

  test('a header without a name and a secret is malformed, and no fault', async () => {
    const headers = ['', 'Basic', 'Basic ', 'Basic !!!', 'Bearer x', 'Negotiate', `Basic ${'A'.repeat(8000)}`].map(
      (authorization) => ({ authorization }),
    );
    const texts = [appId, `${appId}:`, '%zz:%zz', '\u0000:\u0000', 'é:ü', '\ud800:x'];
    for (const header of [...headers, ...texts.map(basic)]) {
      const { status, error, number } = await post({}, header);
      assert.deepEqual([status, error, number], [400, 'invalid_request', 90013], JSON.stringify(header).slice(0, 80));
    }
  });

  test('two methods in one request are refused, also where one of them alone would be accepted', async () => {
    const header = basic(`${appId}:${encodeURIComponent(secret)}`);
    const assertion = { client_id: appId, client_assertion: assertionOf(appId), client_assertion_type: assertionType };
    for (const [form, headers, number] of [
      [{ client_id: appId, client_secret: secret }, header, 90013],
      [{ client_id: publicId }, header, 90013],
      [{ ...assertion, client_secret: secret }, {}, 700027],
      [assertion, header, 700027],
    ] as const) {
      const answer = await post(form, headers);
      assert.ok(answer.status === 400 || answer.status === 401, `${answer.status}`);
      assert.equal(answer.number, number, answer.words);
    }
    const { words } = await post({ ...assertion, client_secret: secret });
    assert.match(words ?? '', /has a client secret too/);
  });

  async function postText(endpoint: string, body: string) {
    const response = await server.browser().fetch(`/${server.tenants[0].id}/oauth2/v2.0/${endpoint}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    const { error, error_description: words = '' } = (await response.json()) as Record<string, string>;
    return { refusal: [response.status, error], words };
  }

  test('a parameter that is sent twice is refused, and so is one that is longer than anything it can mean', async () => {
    const request = { grant_type: 'client_credentials', client_id: appId, client_secret: secret };
    const token = String(new URLSearchParams({ ...request, scope: 'https://graph.microsoft.com/.default', mine: '' }));
    const code = String(new URLSearchParams({ client_id: publicId, scope: 'openid', mine: '' }));
    for (const [endpoint, body, names] of [
      ['token', token, ['grant_type', 'client_id', 'client_secret', 'scope', 'mine']],
      ['devicecode', code, ['client_id', 'scope', 'mine']],
    ] as const) {
      for (const name of names) {
        const { refusal, words } = await postText(endpoint, `${body}&${name}=x`);
        assert.deepEqual(refusal, [400, 'invalid_request'], `${endpoint} ${name}`);
        assert.ok(words.includes(`${name}: it is sent twice`), words);
      }
      const { refusal, words } = await postText(endpoint, `${body}&domain_hint=${'x'.repeat(5_000)}`);
      assert.deepEqual(refusal, [400, 'invalid_request'], endpoint);
      assert.match(words, /domain_hint: it is longer than 4096 characters/);
    }
  });

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const assertionOf = (id: string) => `${part({ alg: 'PS256', x5t: 'AA' })}.${part({ iss: id, sub: id })}.AAAA`;
});
