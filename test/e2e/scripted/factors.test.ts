import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { apply, passFor, policyOf, setPassword } from '../second-factor/conditional-access.ts';
import { codeOf, fromBase32 } from '../second-factor/one-time-code.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
import { configIn, Program, refusalIn } from './program.ts';

const password = 'Correct horse battery staple';
const ben = 'ben@woodgrove.test';

describe('secrets and further factors of a program without pages', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    for (const name of ['ben', 'gus'])
      await setPassword(server, `${name}@woodgrove.test`, password.replaceAll(' ', '-'));
  });
  after(() => server.remove());
  const secretWord = password.replaceAll(' ', '-');

  const step = (config: Readonly<Record<string, unknown>>, more: Readonly<Record<string, string>>) => ({
    ctx: String(config.sCtx),
    flowToken: String(config.sFT),
    canary: String(config.canary),
    ...more,
  });

  /** Registers an authenticator app on the pages, and returns its secret. */
  async function registerApp(username: string, secretWord: string): Promise<Buffer> {
    const person = new Sitting(server, server.card('ben'));
    await person.goTo(`${server.origin}/security-info`);
    await person.withPassword(username, secretWord);
    await person.follow('/certificate');
    await person.press('/security-info/app');
    const text = /id="key"[^>]*><code>([^<]*)</.exec(person.page!.body)![1]!.replaceAll(' ', '');
    const secret = fromBase32(text);
    await person.fill({ code: codeOf(secret), name: 'Telephone' });
    return secret;
  }

  test('a password, as libhimmelblau posts it', async () => {
    const program = new Program(server);
    const config = await program.begin();
    const answer = await program.form(String(config.urlPost), step(config, { login: ben, passwd: secretWord }));
    assert.equal(answer.status, 302, answer.body);
  });

  test('a wrong password is 50126 with the means to try again; a name of no user has the same answer', async () => {
    for (const login of [ben, 'nobody@woodgrove.test']) {
      const program = new Program(server);
      const config = await program.begin();
      const failure = await program.form(String(config.urlPost), step(config, { login, passwd: 'wrong' }));
      assert.equal(failure.status, 200);
      assert.equal(refusalIn(failure), '50126');
      const next = configIn(failure);
      assert.equal(next.pgid, 'ConvergedSignIn');
      if (login === ben) {
        const success = await program.form(String(next.urlPost), step(next, { login, passwd: secretWord }));
        assert.equal(success.status, 302, success.body);
      }
    }
  });

  test('a Temporary Access Pass', async () => {
    const pass = await passFor(server, 'gus@woodgrove.test');
    const program = new Program(server);
    const config = await program.begin();
    const login = 'gus@woodgrove.test';
    const answer = await program.form(String(config.urlPost), step(config, { login, accesspass: pass }));
    assert.equal(answer.status, 302, answer.body);
  });

  test('wrong passwords lock out, on this path and on the pages alike', async () => {
    const program = new Program(server);
    let config = await program.begin();
    const codes: unknown[] = [];
    for (let i = 0; i < 11; i++) {
      const login = 'hana@woodgrove.test';
      const answer = await program.form(String(config.urlPost), step(config, { login, passwd: `wrong-${i}` }));
      codes.push(refusalIn(answer));
      config = configIn(answer);
    }
    assert.deepEqual([codes[0], codes.at(-1)], ['50126', '50053']);
  });

  test('the password grant is not offered: at common and at the tenant, in both versions, it is 70003 and not another fault', async () => {
    const program = new Program(server);
    const form = {
      grant_type: 'password',
      client_id: brokerAppId,
      username: ben,
      password: secretWord,
      resource: 'https://graph.microsoft.com',
    };
    for (const path of [
      'common/oauth2',
      'woodgrove.test/oauth2',
      'organizations/oauth2/v2.0',
      'woodgrove.test/oauth2/v2.0',
    ]) {
      const answer = await program.form(`/${path}/token`, form);
      const body = JSON.parse(answer.body) as { error: string; error_codes: number[] };
      assert.deepEqual([answer.status, body.error, body.error_codes], [400, 'unsupported_grant_type', [70003]], path);
    }
  });

  test('neither a secret nor a certificate token is 900144', async () => {
    const program = new Program(server);
    const config = await program.begin();
    assert.equal(refusalIn(await program.form(String(config.urlPost), step(config, {}))), '900144');
  });

  describe('where policy requires MFA of all users', () => {
    before(() => apply(server, { conditionalAccessPolicies: [policyOf('Everybody')] }));
    after(() => apply(server, { conditionalAccessPolicies: [] }));

    test('a password, then a single-factor certificate by arrUserProofs', async () => {
      const program = new Program(server, server.card('ben'));
      const config = await program.begin();
      const second = configIn(
        await program.form(String(config.urlPost), step(config, { login: ben, passwd: secretWord })),
      );
      assert.equal(second.pgid, 'ConvergedTFA');
      assert.deepEqual(second.arrUserProofs, [{ authMethodId: 'Certificate', isDefault: true, display: '' }]);
      assert.match(String(second.urlPost), /\/SAS\/ProcessAuth$/);
      const { action, fields } = await program.certauth(second, ben);
      const answer = await program.form(action, fields);
      assert.equal(answer.status, 302, answer.body);
      const entries = await server.entries(program.correlationId);
      assert.deepEqual(
        entries.map(({ status, because }) => [status, because.code]),
        [
          ['interrupted', 'secondFactorNeeded'],
          ['interrupted', 'certificateRequested'],
          ['success', 'accessGranted'],
        ],
      );
    });

    test('tokens from before the password do not continue after it, and ProcessAuth proves nothing by itself', async () => {
      const program = new Program(server, server.card('ben'));
      const config = await program.begin();
      const spare = await program.credentialType(config, ben);
      const second = configIn(
        await program.form(String(config.urlPost), step(config, { login: ben, passwd: secretWord })),
      );
      const early = { ctx: String(config.sCtx), flowToken: spare.flowToken };
      assert.equal(refusalIn(await program.form(spare.certauth, early)), '90100');
      const again = configIn(
        await program.form(String(second.urlPost), step(second, { mfaAuthMethod: 'PhoneAppOTP' })),
      );
      assert.equal(again.pgid, 'ConvergedTFA');
    });

    test('a single-factor certificate, then a password', async () => {
      const program = new Program(server, server.card('ben'));
      const { action, fields } = await program.certauth(await program.begin(), ben);
      const refusal = configIn(await program.form(action, fields));
      // No other client knows a name for a password as the second factor: it is posted as the first one is.
      const answer = await program.form(action, step(refusal, { passwd: secretWord }));
      assert.equal(answer.status, 302, answer.body);
    });

    test('a password, then a one-time code by BeginAuth, EndAuth and ProcessAuth; a wrong code may be corrected, each works once', async () => {
      const secret = await registerApp(ben, secretWord);
      const program = new Program(server);
      const config = await program.begin();
      const second = configIn(
        await program.form(String(config.urlPost), step(config, { login: ben, passwd: secretWord })),
      );
      const AuthMethodId = 'PhoneAppOTP';
      const proofs = second.arrUserProofs as { authMethodId: string; isDefault: boolean }[];
      assert.ok(proofs.some(({ authMethodId }) => authMethodId === AuthMethodId));
      assert.equal(proofs.filter(({ isDefault }) => isDefault).length, 1);
      const first = await program.json(String(second.urlBeginAuth), {
        AuthMethodId,
        Method: 'BeginAuth',
        ctx: second.sCtx,
        flowToken: second.sFT,
      });
      assert.deepEqual([first.Success, first.ErrCode, first.Retry, first.Entropy], [true, 0, false, 0]);
      const endAuth = (before: Readonly<Record<string, unknown>>, code: string) =>
        program.json(String(second.urlEndAuth), {
          AdditionalAuthData: code,
          AuthMethodId,
          SessionId: before.SessionId,
          FlowToken: before.FlowToken,
          Ctx: before.Ctx,
          Method: 'EndAuth',
        });
      const failure = await endAuth(first, '000000');
      assert.deepEqual([failure.Success, failure.ErrCode], [false, 500121]);
      assert.equal((await endAuth(first, codeOf(secret, 1))).ErrCode, 90100, 'a flow token works once');
      const success = await endAuth(failure, codeOf(secret, 1));
      assert.equal(success.Success, true);
      const fields = { request: String(success.Ctx), flowToken: String(success.FlowToken), login: ben };
      const answer = await program.form(String(second.urlPost), { ...fields, mfaAuthMethod: AuthMethodId });
      assert.equal(answer.status, 302, answer.body);
      const entries = await server.entries(program.correlationId);
      assert.deepEqual(
        entries.map(({ status, because }) => [status, because.code]),
        [
          ['interrupted', 'secondFactorNeeded'],
          ['failure', 'oneTimeCodeWrong'],
          ['success', 'accessGranted'],
        ],
      );
    });

    test('another method is refused by BeginAuth with its number', async () => {
      const program = new Program(server);
      const config = await program.begin();
      const second = configIn(
        await program.form(String(config.urlPost), step(config, { login: ben, passwd: secretWord })),
      );
      const body = {
        AuthMethodId: 'OneWaySMS',
        Method: 'BeginAuth',
        ctx: second.sCtx,
        flowToken: second.sFT,
      };
      const { Success, ErrCode, Entropy } = await program.json(String(second.urlBeginAuth), body);
      assert.deepEqual([Success, typeof ErrCode, Entropy], [false, 'number', 0]);
    });

    test('a certificate that policy does not accept is refused with 53004', async () => {
      const cleo = 'cleo@woodgrove.test';
      const program = new Program(server, server.card('cleo'));
      const config = await program.begin();
      const { certauth, flowToken } = await program.credentialType(config, cleo);
      assert.equal(refusalIn(await program.form(certauth, { ctx: String(config.sCtx), flowToken })), '53004');
    });
  });

  /** What a program with a live session of one factor is asked for where policy wants two (CAP-5). */
  async function resumedSession(program: Program, login = ben): Promise<Readonly<Record<string, unknown>>> {
    const config = await program.begin();
    const { headers } = await program.form(String(config.urlPost), step(config, { login, passwd: secretWord }));
    const cookie = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]);
    await apply(server, { conditionalAccessPolicies: [policyOf('Everybody')] });
    const address = program.authorizePath().replace('prompt=login&', '');
    return configIn(await program.send(address, { headers: { cookie: cookie.join('; ') } }));
  }

  test('a live session of one factor is asked for the second one alone, and continues with it', async () => {
    const program = new Program(server, server.card('ben'));
    const second = await resumedSession(program);
    assert.equal(second.pgid, 'ConvergedTFA');
    assert.ok(
      (second.arrUserProofs as { authMethodId: string }[]).some(({ authMethodId }) => authMethodId === 'Certificate'),
    );
    const { action, fields } = await program.certauth(second, ben);
    const answer = await program.form(action, fields);
    await apply(server, { conditionalAccessPolicies: [] });
    assert.equal(answer.status, 302, answer.body);
  });

  describe('approval in another session (MFA-11)', () => {
    const AuthMethodId = 'PhoneAppNotification';
    let approver: Sitting;
    before(async () => {
      const pass = await passFor(server, 'gus@woodgrove.test');
      await apply(server, { conditionalAccessPolicies: [policyOf('Everybody')] });
      approver = new Sitting(server);
      await approver.goTo(`${server.origin}/security-info`);
      await approver.fill({ username: 'gus@woodgrove.test' });
      await approver.follow('/methods');
      await approver.follow('/factor/temporaryAccessPass');
      await approver.fill({ pass });
    });
    after(() => apply(server, { conditionalAccessPolicies: [] }));

    async function begin(program: Program) {
      const config = await program.begin();
      const login = 'gus@woodgrove.test';
      const second = configIn(await program.form(String(config.urlPost), step(config, { login, passwd: secretWord })));
      const method = { AuthMethodId, Method: 'BeginAuth', ctx: second.sCtx, flowToken: second.sFT };
      return { second, first: await program.json(String(second.urlBeginAuth), method) };
    }
    const poll = (
      program: Program,
      second: Readonly<Record<string, unknown>>,
      { Ctx, FlowToken }: Readonly<Record<string, unknown>>,
    ) => program.json(String(second.urlEndAuth), { AuthMethodId, Method: 'EndAuth', Ctx, FlowToken });

    test('the number of BeginAuth is typed there; EndAuth waits with one flow token, and ProcessAuth continues', async () => {
      const program = new Program(server);
      const { second, first } = await begin(program);
      assert.ok(
        (second.arrUserProofs as { authMethodId: string }[]).some(({ authMethodId }) => authMethodId === AuthMethodId),
      );
      assert.equal(first.Success, true, JSON.stringify(first));
      for (let i = 0; i < 2; i++) {
        const { Success, ResultValue, Retry, ErrCode } = await poll(program, second, first);
        assert.deepEqual([Success, ResultValue, Retry, ErrCode], [false, 'AuthenticationPending', true, 0]);
      }
      await approver.goTo(`${server.origin}/security-info/requests`);
      await approver.fill({ number: String(first.Entropy), answer: 'approve' });
      const success = await poll(program, second, first);
      assert.equal(success.Success, true, JSON.stringify(success));
      const fields = {
        request: String(success.Ctx),
        flowToken: String(success.FlowToken),
        mfaAuthMethod: AuthMethodId,
      };
      const answer = await program.form(String(second.urlPost), fields);
      assert.equal(answer.status, 302, answer.body);
    });

    test('a wrong number refuses (500121), and the answer counts once', async () => {
      const program = new Program(server);
      const { second, first } = await begin(program);
      await approver.goTo(`${server.origin}/security-info/requests`);
      await approver.fill({ number: first.Entropy === 10 ? '11' : '10', answer: 'approve' });
      const refusal = await poll(program, second, first);
      assert.deepEqual([refusal.Success, refusal.ErrCode], [false, 500121]);
      const again = await poll(program, second, first);
      assert.equal(again.Success, false);
      const entries = await server.entries(program.correlationId);
      assert.equal(entries.filter(({ because }) => because.code === 'approvalRefused').length, 1);
    });
  });

  test('a live session alone ends no sign-in by ProcessAuth', async () => {
    const program = new Program(server);
    const config = await resumedSession(program);
    await apply(server, { conditionalAccessPolicies: [] });
    const answer = await program.form('/woodgrove.test/SAS/ProcessAuth', step(config, {}));
    assert.equal(refusalIn(answer), '90100', answer.body);
  });

  test('KMSI where the tenant asks: 1 stays signed in, and the answer is the code', async () => {
    assert.equal((await server.cardea('tenant', 'brand', '--stay-signed-in', 'ask')).code, 0);
    const program = new Program(server, server.card('ana'));
    const { action, fields } = await program.certauth(await program.begin(), 'ana@woodgrove.test');
    const question = configIn(await program.form(action, fields));
    assert.deepEqual([question.pgid, question.sPOST_Username], ['KmsiInterrupt', 'ana@woodgrove.test']);
    assert.equal(question.urlPost, `${server.origin}/kmsi`);
    const answer = await program.form('/KMSI', step(question, { LoginOptions: '1', type: '28', i19: '1' }));
    assert.equal(answer.status, 302, answer.body);
    assert.match(String(answer.headers['set-cookie']), /__Host-cardea-session-[^;]*;[^,]*expires=/i);
  });
});
