import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser } from '#cli/client/browser.ts';
import { guessLimits } from '#oidc/device-code/user-code-guesses.ts';
import { claimsOf, RunningServer } from '../e2e/server.ts';
import { signInAt } from './person.ts';
import { type CliOptions, runProgram } from './program.ts';

describe('signing in on another device (RFC 8628)', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  const device = (more: object): Promise<CliOptions> =>
    runProgram(server, 'msal-device', {
      clientId: commandLineApplication.appId,
      tenant: 'woodgrove.test',
      scopes: ['User.Read'],
      username: 'ana@woodgrove.test',
      card: server.card('ana'),
      agrees: true,
      ...more,
    });

  for (const tenant of ['woodgrove.test', 'organizations']) {
    test(`MSAL gets tokens by a device code at /${tenant}, and renews silently`, async () => {
      const { result, silent, lastPage } = (await device({ tenant })) as Record<string, { accessToken: string }>;
      const { upn, amr, oid, sub, scp } = claimsOf(result!.accessToken);
      assert.deepEqual([upn, amr], ['ana@woodgrove.test', ['rsa', 'mfa']]);
      assert.match(String(scp), /^User\.Read /);
      assert.notEqual(sub, oid);
      assert.equal(claimsOf(silent!.accessToken).oid, oid);
      assert.match(String(lastPage), /You have signed in on your device/);
    });
  }

  test('a user who declines gives the device authorization_declined', async () => {
    const { refused, lastPage } = (await device({ agrees: false })) as Record<string, Record<string, string>>;
    assert.equal(refused?.errorMessage, 'authorization_declined', JSON.stringify(refused));
    assert.match(String(lastPage), /was canceled/);
  });

  test('a permission without consent is refused on the page and at the device', async () => {
    const { refused, lastPage } = (await device({ scopes: ['Domain.ReadWrite.All'] })) as Record<
      string,
      Record<string, string>
    >;
    assert.equal(refused?.errorMessage, 'consent_required', JSON.stringify(refused));
    assert.match(String(lastPage), /AADSTS65001/);
  });

  async function post(path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
    const page = await new Browser(undefined, server.trust).post(new URL(path, server.origin), form);
    return JSON.parse(page.body) as Record<string, unknown>;
  }
  const askForCode = (form: Record<string, string> = {}) =>
    post('/woodgrove.test/oauth2/v2.0/devicecode', {
      client_id: commandLineApplication.appId,
      scope: 'openid profile User.Read',
      ...form,
    });

  test('the device has to wait, by both names of the grant and of the code, until a user signs in', async () => {
    const { device_code, user_code, verification_uri, expires_in, interval } = await askForCode();
    assert.match(String(user_code), /^[BCDFGHJKLMNPQRSTVWXZ]{9}$/);
    assert.deepEqual([expires_in, interval], [900, 5]);
    let next = 'authorization_pending';
    const urn = 'urn:ietf:params:oauth:grant-type:device_code';
    for (const form of [{ device_code }, { code: device_code }, { code: device_code, device_code }]) {
      for (const grant_type of [urn, 'device_code']) {
        const request = { client_id: commandLineApplication.appId, grant_type, ...form } as Record<string, string>;
        const { error, error_codes } = await post('/common/oauth2/v2.0/token', request);
        assert.deepEqual([error, error_codes], [next, [70016]]);
        next = 'slow_down'; // RFC 8628 §3.5: the polls that follow come sooner than in 5 seconds
      }
    }
    const person = { username: 'ana@woodgrove.test', card: server.card('ana'), userCode: String(user_code) };
    const end = await signInAt(new URL(String(verification_uri)), person, new Browser(person.card, server.trust));
    assert.match(end.body, /You have signed in/);
    const query = { client_id: commandLineApplication.appId, grant_type: urn, device_code: String(device_code) };
    const tokens = await post('/common/oauth2/v2.0/token', query);
    assert.equal(claimsOf(tokens.id_token).preferred_username, 'ana@woodgrove.test', JSON.stringify(tokens));
    assert.equal((await post('/common/oauth2/v2.0/token', query)).error, 'invalid_grant');
  });

  test('an unknown code is asked for again (AADSTS70018)', async () => {
    const { verification_uri } = await askForCode();
    const browser = new Browser(undefined, server.trust);
    const page = await browser.get(new URL(String(verification_uri)));
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(page.body)![1]!;
    const again = await browser.post(page.url, { xsrf, user_code: 'BBBBBBBBB' });
    assert.match(again.body, /data-code="AADSTS70018"/);
    assert.match(again.body, /id="user_code"/);
  });

  test('the page to confirm names the application, the place of the device and the account', async () => {
    const { verification_uri, user_code } = await askForCode();
    const browser = new Browser(server.card('ana'), server.trust);
    const confirm = async () => {
      const page = await browser.get(new URL(String(verification_uri)));
      const xsrf = /name="xsrf" value="([^"]*)"/.exec(page.body)![1]!;
      return browser.post(page.url, { xsrf, user_code: String(user_code) });
    };
    const first = await confirm();
    assert.match(first.body, new RegExp(commandLineApplication.displayName));
    assert.match(first.body, /127\.0\.0\.1/);
    assert.match(first.body, /id="account-used">You will be asked to sign in/);
    const otherCode = await askForCode();
    const person = { username: 'ana@woodgrove.test', card: server.card('ana'), userCode: String(otherCode.user_code) };
    assert.match((await signInAt(new URL(String(verification_uri)), person, browser)).body, /You have signed in/);
    assert.match((await confirm()).body, /id="account-used">ana@woodgrove\.test/);
  });

  test('a form of another site does not confirm a code', async () => {
    const { verification_uri, user_code } = await askForCode();
    const browser = new Browser(undefined, server.trust);
    const page = await browser.get(new URL(String(verification_uri)));
    const forgery = await browser.post(page.url, { xsrf: 'guessed', user_code: String(user_code), confirm: 'yes' });
    assert.equal(forgery.status, 400);
    assert.doesNotMatch(forgery.body, /name="confirm"/);
  });

  test('an unknown device code is expired_token (AADSTS70020), an unknown application unauthorized_client', async () => {
    const request = { client_id: commandLineApplication.appId, grant_type: 'device_code', device_code: 'unknown' };
    for (const tenant of ['woodgrove.test', 'common']) {
      const { error, error_codes } = await post(`/${tenant}/oauth2/v2.0/token`, request);
      assert.deepEqual([error, error_codes], ['expired_token', [70020]]);
    }
    const { error, error_codes } = await askForCode({ client_id: crypto.randomUUID() });
    assert.deepEqual([error, error_codes], ['unauthorized_client', [700016]]);
  });

  test('where several tenants could be meant, the request has to say which (AADSTS90133)', async () => {
    await server.cardea('tenant', 'add', 'fabrikam.test');
    const form = { client_id: commandLineApplication.appId, scope: 'openid' };
    assert.deepEqual((await post('/organizations/oauth2/v2.0/devicecode', form)).error_codes, [90133]);
  });

  test('guesses of user codes are limited; then a right code is refused, too, and right codes are no guesses', async () => {
    const { verification_uri, user_code } = await askForCode();
    const browser = new Browser(undefined, server.trust);
    const page = await browser.get(new URL(String(verification_uri)));
    const post = async (code: string) => {
      const again = await browser.get(page.url);
      const xsrf = /name="xsrf" value="([^"]*)"/.exec(again.body)![1]!;
      return browser.post(page.url, { xsrf, user_code: code });
    };
    for (let i = 0; i < 5; i++) assert.match((await post(String(user_code))).body, /name="confirm"/);
    let answer = await post('BBBBBBBBB');
    for (let i = 0; i < guessLimits.perSource && answer.status !== 429; i++) answer = await post('BBBBBBBBB');
    assert.equal(answer.status, 429);
    const right = await post(String(user_code));
    assert.equal(right.status, 429);
    assert.doesNotMatch(right.body, /name="confirm"/);
  });
});
