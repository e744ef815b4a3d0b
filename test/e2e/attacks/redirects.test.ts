import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Attempt } from '../attempt.ts';
import { RunningServer } from '../server.ts';
import { ask, authorizeUrl, numberIn, verifier } from './ask.ts';

/** Where people and codes are sent, and what a code is worth to whom. */
describe('no browser and no token is sent to an address that is not registered', () => {
  let server: RunningServer;
  let client = { appId: '', secret: '' };
  const registration = 'https://app.example.test/callback';
  before(async () => {
    server = await RunningServer.start();
    const { out, err } = await server.cardea(
      ...[
        'app',
        'add',
        'Victim',
        '--redirect-uri',
        registration,
        '--logout-uri',
        'https://app.example.test/bye',
        '--json',
      ],
    );
    assert.ok(out, err);
    client = JSON.parse(out);
    await server.cardea('tenant', 'add', 'fabrikam.test');
  });
  after(() => server.remove());

  const addresses = [
    'https://evil.test/callback',
    'https://app.example.test.evil.test/callback',
    'https://app.example.test@evil.test/callback',
    'https://app.example.test/callback/../../evil',
    'https://app.example.test/callback?next=https://evil.test',
    'https://app.example.test/callback#https://evil.test',
    'https://APP.example.test/callback',
    'https://app.example.test:444/callback',
    'http://app.example.test/callback',
    '//evil.test/callback',
    '/\\evil.test',
    'javascript:alert(1)',
    'data:text/html,x',
    `${registration}\r\nx-injected: 1`,
    `${registration} https://evil.test`,
  ];
  for (const address of addresses) {
    test(`authorize redirects no browser to ${JSON.stringify(address)} (open redirect)`, async () => {
      const url = authorizeUrl(server, { client_id: client.appId, redirect_uri: address });
      const heard = await ask(server, url, { headers: { accept: 'text/html' } });
      assert.deepEqual(
        [heard.status, heard.headers.location, heard.headers['x-injected']],
        [400, undefined, undefined],
      );
      assert.equal(numberIn(heard), 'AADSTS50011');
    });
    test(`signing out redirects no browser to ${JSON.stringify(address)}`, async () => {
      const url = new URL('/woodgrove.test/oauth2/v2.0/logout', server.origin);
      url.search = String(new URLSearchParams({ client_id: client.appId, post_logout_redirect_uri: address }));
      const heard = await ask(server, url);
      assert.deepEqual([heard.status, heard.headers.location], [200, undefined]);
      assert.doesNotMatch(heard.body, /evil|http-equiv="refresh"/);
    });
  }
  test('two redirect addresses are none', async () => {
    const url = authorizeUrl(server, { client_id: client.appId, redirect_uri: registration });
    url.searchParams.append('redirect_uri', 'https://evil.test/callback');
    const heard = await ask(server, url, { headers: { accept: 'text/html' } });
    assert.deepEqual([heard.status, heard.headers.location], [400, undefined]);
  });

  /** A code of ana's for the command line's application, and where it came with. */
  async function codeOfAna(): Promise<URLSearchParams> {
    const attempt = new Attempt(server, server.card('ana'));
    let page = await attempt.browser.get(await attempt.toHandoff('ana@woodgrove.test'));
    while (page.location && !page.location.startsWith(commandLineApplication.redirectUris[0]!))
      page = await attempt.browser.get(new URL(page.location, page.url));
    return new URL(page.location!).searchParams;
  }
  const redeem = async (form: Record<string, string>, tenant = 'woodgrove.test') => {
    const heard = await ask(server, new URL(`/${tenant}/oauth2/v2.0/token`, server.origin), {
      form: {
        grant_type: 'authorization_code',
        client_id: commandLineApplication.appId,
        redirect_uri: commandLineApplication.redirectUris[0]!,
        code_verifier: verifier,
        ...form,
      },
    });
    return {
      heard,
      answer: JSON.parse(heard.body) as { error?: string; error_codes?: number[]; access_token?: string },
    };
  };

  const misuses: readonly {
    readonly name: string;
    readonly form: () => Record<string, string>;
    readonly number: number;
  }[] = [
    {
      name: 'in another application (code injection)',
      form: () => ({ client_id: client.appId, client_secret: client.secret, redirect_uri: registration }),
      number: 70008,
    },
    { name: 'with another verifier', form: () => ({ code_verifier: 'x'.repeat(43) }), number: 501481 },
    { name: 'without a verifier', form: () => ({ code_verifier: '' }), number: 501481 },
    { name: 'with another redirect address', form: () => ({ redirect_uri: 'http://localhost/other' }), number: 500112 },
  ];
  for (const { name, form, number } of misuses) {
    test(`a code redeemed ${name} is refused with AADSTS${number}`, async () => {
      const code = (await codeOfAna()).get('code')!;
      const { answer } = await redeem({ code, ...form() });
      assert.deepEqual([answer.error_codes, answer.access_token], [[number], undefined], JSON.stringify(answer));
    });
  }

  test('a code redeemed twice gives nothing, and what it gave is over (replay)', async () => {
    const code = (await codeOfAna()).get('code')!;
    assert.ok((await redeem({ code })).answer.access_token);
    assert.deepEqual((await redeem({ code })).answer.error_codes, [54005]);
  });

  test('a code of one tenant is nothing in another (mix-up)', async () => {
    const body = await codeOfAna();
    const { answer } = await redeem({ code: body.get('code')! }, 'fabrikam.test');
    assert.equal(answer.access_token, undefined);
    assert.ok(answer.error);
  });

  test('an answer names its issuer, so that no application takes it for another server’s (RFC 9207)', async () => {
    const body = await codeOfAna();
    assert.match(body.get('iss') ?? '', new RegExp(`^${server.origin}/[0-9a-f-]{36}/v2\\.0$`));
  });

  test('a flow of one tenant is unknown at certauth of another, whose own policy would let it in', async () => {
    const attempt = new Attempt(server, server.card('ana'));
    const certauth = await attempt.toCertauth('ana@woodgrove.test');
    certauth.pathname = certauth.pathname.replace(/^\/[^/]+/, '/fabrikam.test');
    assert.match((await attempt.browser.get(certauth)).body, /AADSTS90100/);
  });
});
