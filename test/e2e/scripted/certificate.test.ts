import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { claimsOf, RunningServer } from '../server.ts';
import { configIn, formIn, Program, refusalIn } from './program.ts';

const ana = 'ana@woodgrove.test';
const redirectUri = commandLineApplication.redirectUris[0]!;
/** As a URL is written. */
const redirect = new URL(redirectUri).href;

describe('a program signs in with a certificate and without pages or cookies (windows-sign-in §4.2)', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  test('the authorize answer holds $Config in one line within a CDATA section, and its policy lets no other script run', async () => {
    const program = new Program(server);
    const answer = await program.send(program.authorizePath());
    assert.equal(answer.status, 200);
    assert.match(answer.body, /<script>\/\/<!\[CDATA\[\n\$Config=\{[^\n]*\};\n\/\/\]\]><\/script>/);
    assert.match(
      String(answer.headers['content-security-policy']),
      /default-src 'none'.*script-src 'sha256-[\w+/]+=*'$/,
    );
    const config = configIn(answer);
    for (const name of ['sCtx', 'sFT', 'canary', 'sessionId', 'correlationId'])
      assert.match(String(config[name]), /^[\w-]+$/, name);
    assert.equal(config.pgid, 'ConvergedSignIn');
    assert.equal(config.correlationId, program.correlationId);
    assert.match(String(config.urlPost), new RegExp(`^${server.origin}/[\\w-]{36}/login$`));
    assert.match(String((config.bsso as { nonce: string }).nonce), /^[\w-]{60,}$/);
    assert.ok(!('strMainMessage' in config) && !('sErrorCode' in config));
  });

  test('a browser is sent to the pages as usual', async () => {
    const program = new Program(server);
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const { status, body } = await program.send(program.authorizePath(), { headers });
    assert.equal(status, 200);
    assert.match(body, / id="username"/);
  });

  test('card, certificate token, code: the code comes first, and the anchor of the body has the same address', async () => {
    const program = new Program(server, server.card('ana'));
    const config = await program.begin({ state: 's-1' });
    const { action, fields } = await program.certauth(config, ana);
    assert.deepEqual(Object.keys(fields), ['ctx', 'flowtoken', 'certificatetoken']);
    assert.equal(action, config.urlPost);
    const answer = await program.form(action, fields);
    assert.equal(answer.status, 302);
    const location = String(answer.headers.location);
    assert.ok(location.startsWith(`${redirect}?code=`), location);
    const anchor = /<a href="([^"]*)">/.exec(answer.body)![1]!;
    assert.equal(
      anchor.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
      location,
    );
    const url = new URL(location);
    assert.equal(url.searchParams.get('state'), 's-1');
    const tokens = await program.form('/woodgrove.test/OAUTH2/v2.0/token/', {
      grant_type: 'authorization_code',
      client_id: commandLineApplication.appId,
      code: url.searchParams.get('code')!,
      redirect_uri: redirectUri,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    });
    const claims = claimsOf((JSON.parse(tokens.body) as { id_token: string }).id_token);
    assert.deepEqual([claims.preferred_username, claims.amr], [ana, ['rsa', 'mfa']]);
  });

  test('the log has the entries of the pages', async () => {
    const program = new Program(server, server.card('ana'));
    const { action, fields } = await program.certauth(await program.begin(), ana);
    assert.equal((await program.form(action, fields)).status, 302);
    const entries = await server.entries(program.correlationId);
    assert.deepEqual(
      entries.map(({ status, because, userAgent }) => [status, because.code, userAgent]),
      [
        ['interrupted', 'certificateRequested', ''],
        ['success', 'accessGranted', ''],
      ],
    );
  });

  const modes = [
    { mode: 'query', starts: `${redirect}?code=` },
    { mode: 'fragment', starts: `${redirect}#code=` },
  ];
  for (const { mode, starts } of modes) {
    test(`response_mode ${mode}: the code is the first parameter`, async () => {
      const program = new Program(server, server.card('ana'));
      const { action, fields } = await program.certauth(await program.begin({ response_mode: mode, state: 'x' }), ana);
      const { headers } = await program.form(action, fields);
      assert.ok(String(headers.location).startsWith(starts), String(headers.location));
    });
  }

  test('response_mode form_post: a form to the application', async () => {
    const program = new Program(server, server.card('ana'));
    const { action, fields } = await program.certauth(await program.begin({ response_mode: 'form_post' }), ana);
    const answer = await program.form(action, fields);
    assert.equal(answer.status, 200);
    const form = formIn(answer);
    assert.equal(form.action, redirectUri);
    assert.equal(Object.keys(form.fields)[0], 'code');
  });

  test('paths work in every case, at common, and with a last slash', async () => {
    const program = new Program(server, server.card('ana'));
    program.tenant = 'Common';
    const config = await program.begin();
    const { certauth, flowToken } = await program.credentialType(config, ana);
    const odd = certauth.replace(/\/certauth$/, '/CertAuth/');
    const { fields } = formIn(await program.form(odd, { ctx: String(config.sCtx), flowToken }));
    assert.equal((await program.form('/Common/LOGIN/', fields)).status, 302);
  });

  test('no certificate is 50192, and not a failed handshake', async () => {
    const program = new Program(server);
    const config = await program.begin();
    const { certauth, flowToken } = await program.credentialType(config, ana);
    const answer = await program.form(certauth, { ctx: String(config.sCtx), flowToken });
    assert.equal(answer.status, 200);
    assert.equal(refusalIn(answer), '50192');
    assert.match(String(configIn(answer).strServiceExceptionMessage), /^AADSTS50192: /);
    // With the flow token of the refusal the client may try another card.
    const retry = new Program(server, server.card('ana'));
    const retryForm = { ctx: String(configIn(answer).sCtx), flowToken: String(configIn(answer).sFT) };
    const { action, fields } = formIn(await retry.form(certauth, retryForm));
    assert.equal((await retry.form(action, fields)).status, 302);
  });

  test("another user's name is refused as on the pages", async () => {
    const program = new Program(server, server.card('ana'));
    const config = await program.begin();
    const { certauth, flowToken } = await program.credentialType(config, 'ben@woodgrove.test');
    const answer = await program.form(certauth, { ctx: String(config.sCtx), flowToken });
    const entries = await server.entries(program.correlationId);
    assert.equal(entries.at(-1)?.status, 'failure');
    assert.match(String(refusalIn(answer)), /^\d+$/);
    assert.ok(!answer.body.includes('certificatetoken'));
  });
});
