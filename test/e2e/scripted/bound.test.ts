import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSealing } from '#keys/sealing.ts';
import { openContext, sealContext, sealFlowToken } from '#signin/scripted/flow-secrets.ts';
import { RunningServer } from '../server.ts';
import { formIn, Program, type ProgramAnswer, refusalIn } from './program.ts';

const ana = 'ana@woodgrove.test';

describe('ctx, flowToken and certificatetoken are of one sign-in, and each step is taken once', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  /** A sign-in as far as the form with the certificate token. */
  async function toCertificateToken() {
    const program = new Program(server, server.card('ana'));
    const config = await program.begin();
    const { action, fields } = await program.certauth(config, ana);
    return { program, config, action, fields };
  }
  const isRefused = (answer: ProgramAnswer, code: string) => {
    assert.equal(refusalIn(answer), code, answer.body);
    assert.equal(answer.headers.location, undefined);
  };

  test('a replayed certificatetoken: the sign-in is over', async () => {
    const { program, action, fields } = await toCertificateToken();
    assert.equal((await program.form(action, fields)).status, 302);
    isRefused(await program.form(action, fields), '90100');
  });

  test('a certificatetoken of another sign-in is spent and refused', async () => {
    const [first, second] = [await toCertificateToken(), await toCertificateToken()];
    const mixed = { ...first.fields, certificatetoken: second.fields.certificatetoken! };
    isRefused(await first.program.form(first.action, mixed), '50089');
    isRefused(await second.program.form(second.action, second.fields), '50089');
  });

  test('a certificatetoken that was invented', async () => {
    const { program, action, fields } = await toCertificateToken();
    isRefused(await program.form(action, { ...fields, certificatetoken: 'A'.repeat(43) }), '50089');
  });

  test('ctx of another sign-in, and a swapped flowToken', async () => {
    const [first, second] = [await toCertificateToken(), await toCertificateToken()];
    isRefused(await first.program.form(first.action, { ...first.fields, ctx: second.fields.ctx! }), '90100');
    isRefused(
      await first.program.form(first.action, { ...first.fields, flowtoken: second.fields.flowtoken! }),
      '90100',
    );
    assert.equal(
      (await first.program.form(first.action, first.fields)).status,
      302,
      'a failed guess takes nothing away',
    );
  });

  test('a flowToken works once, at the certauth host too', async () => {
    const program = new Program(server, server.card('ana'));
    const config = await program.begin();
    const { certauth, flowToken } = await program.credentialType(config, ana);
    const fields = { ctx: String(config.sCtx), flowToken };
    formIn(await program.form(certauth, fields));
    isRefused(await program.form(certauth, fields), '90100');
  });

  test('of ten that use one flowToken together, one gets the code', async () => {
    const { program, action, fields } = await toCertificateToken();
    const answers = await Promise.all(Array.from({ length: 10 }, () => program.form(action, fields)));
    assert.equal(answers.filter(({ status }) => status === 302).length, 1);
  });

  test('nothing, texts that are not sealed, and texts that are too long', async () => {
    const program = new Program(server, server.card('ana'));
    const { urlPost } = await program.begin();
    for (const ctx of ['x', 'A'.repeat(400), 'A'.repeat(20_000)])
      isRefused(await program.form(String(urlPost), { ctx, flowToken: ctx, passwd: 'x', login: ana }), '90100');
  });

  test("another tenant's path", async () => {
    const { code } = await server.cardea('tenant', 'add', 'fabrikam.test', '--name', 'Fabrikam');
    assert.equal(code, 0);
    const { program, action, fields } = await toCertificateToken();
    isRefused(await program.form('/fabrikam.test/login', fields), '90100');
    assert.equal((await program.form(action, fields)).status, 302);
  });

  test('an expired ctx, an expired flowToken, and ones sealed with another key', async () => {
    const sealing = openSealing(server.folder, undefined);
    const { program, action, fields } = await toCertificateToken();
    const now = new Date();
    const old = new Date(now.getTime() - 16 * 60_000);
    const context = openContext(fields.ctx, sealing, now)!;
    const foreign = openSealing('/nowhere', Buffer.alloc(32, 7).toString('base64url'));
    const step = { proofs: 0 };
    const cases = [
      { ...fields, ctx: sealContext(context, sealing, old) },
      { ...fields, flowtoken: sealFlowToken(context, step, sealing, old) },
      { ...fields, ctx: sealContext(context, foreign, now) },
      { ...fields, flowtoken: sealFlowToken(context, step, foreign, now) },
      // Cookies that do not belong to the interaction: knowing its address is not enough.
      { ...fields, ctx: sealContext({ ...context, cookies: {} }, sealing, now) },
    ];
    for (const wrong of cases) isRefused(await program.form(action, wrong), '90100');
    assert.equal((await program.form(action, fields)).status, 302);
  });

  test('/kmsi and ProcessAuth end no sign-in that has proven nothing on the login host', async () => {
    for (const path of ['/kmsi', '/common/SAS/ProcessAuth']) {
      const { program, fields } = await toCertificateToken();
      const step = { request: fields.ctx!, flowToken: fields.flowtoken!, LoginOptions: '1' };
      isRefused(await program.form(path, step), '90100');
    }
  });

  test('GetCredentialType gives a token that leads nowhere for a ctx or a flowToken that is not of the sign-in', async () => {
    const [a, b] = [new Program(server, server.card('ana')), new Program(server)];
    const [first, second] = [await a.begin(), await b.begin()];
    const { certauth, flowToken } = await a.credentialType({ ...first, sFT: second.sFT }, ana);
    isRefused(await a.form(certauth, { ctx: String(first.sCtx), flowToken }), '90100');
  });

  test('a form of another site is refused, one that says it is ours is not', async () => {
    const { program, action, fields } = await toCertificateToken();
    for (const origin of ['https://evil.example', 'null', 'https://certauth.localhost.evil.example']) {
      assert.equal((await program.form(action, fields, { origin })).status, 403, origin);
    }
    const certauth = `https://0a1b2c3d4e5f.certauth.localhost:${server.port}`;
    assert.equal((await program.form(action, fields, { origin: certauth })).status, 302);
  });
});
