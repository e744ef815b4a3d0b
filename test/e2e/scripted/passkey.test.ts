import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apply, policyOf, setPassword } from '../second-factor/conditional-access.ts';
import { passkeyOf, type SoftwarePasskey } from '../second-factor/software-passkey.ts';
import { RunningServer } from '../server.ts';
import { configIn, Program, type ProgramAnswer, refusalIn } from './program.ts';

const password = 'Correct-horse-battery-staple';
const ben = 'ben@woodgrove.test';
const strong = {
  grantControls: { operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } },
} as const;

type Config = Readonly<Record<string, unknown>>;

describe('a passkey of a program without pages', () => {
  let server: RunningServer;
  let passkey: SoftwarePasskey;
  before(async () => {
    server = await RunningServer.start();
    await setPassword(server, ben, password);
    passkey = await passkeyOf(server, ben);
    await apply(server, { conditionalAccessPolicies: [policyOf('All users')] });
  });
  after(() => server.remove());

  const step = (config: Config, more: Readonly<Record<string, string>>) => ({
    ctx: String(config.sCtx),
    flowToken: String(config.sFT),
    canary: String(config.canary),
    ...more,
  });

  async function afterPassword(program: Program): Promise<Config> {
    const config = await program.begin();
    return configIn(await program.form(String(config.urlPost), step(config, { login: ben, passwd: password })));
  }

  /** The form of libhimmelblau: the flow token as canary and challenge, and addresses of the page before. */
  async function challengeOf(program: Program, config: Config): Promise<Config> {
    const flowToken = String(config.sFT);
    const [first = ''] = (config.arrFidoAllowList ?? []) as readonly string[];
    const fields = {
      flow: 'mfa',
      allowedIdentities: String(config.iAllowedIdentities),
      canary: flowToken,
      serverChallenge: flowToken,
      postBackUrl: String(config.urlPost),
      cancelUrl: String(config.urlResume),
      resumeUrl: String(config.urlResume),
      credentialsJson: encodeURIComponent(first),
      ctx: String(config.sCtx),
      loginCanary: String(config.canary),
    };
    return configIn(await program.form(String(config.urlFidoLogin), fields));
  }

  const textOf = (challenge: Config): string => Buffer.from(String(challenge.sFidoChallenge)).toString('base64url');

  /** @param at `$Config` whose flow token and address the form has */
  function present(program: Program, at: Config, assertion: object, more = {}): Promise<ProgramAnswer> {
    const form = { type: '23', ps: '23', assertion: JSON.stringify(assertion), lmcCanary: 'x', ...more };
    return program.form(String(at.urlPost), step(at, form));
  }

  test('after a password: FidoKey in arrUserProofs, a challenge at urlFidoLogin, the answer at urlPost with the first flow token', async () => {
    const program = new Program(server);
    const second = await afterPassword(program);
    assert.equal(second.pgid, 'ConvergedTFA');
    assert.deepEqual(second.arrFidoAllowList, [Buffer.from(passkey.id, 'base64url').toString('base64')]);
    const methods = (second.arrUserProofs as { authMethodId: string }[]).map(({ authMethodId }) => authMethodId);
    assert.equal(methods.at(-1), 'FidoKey', 'it stands last');
    const challenge = await challengeOf(program, second);
    for (const name of ['sFidoChallenge', 'sCrossDomainCanary', 'sessionId', 'canary', 'sCtx', 'sFT'])
      assert.equal(typeof challenge[name], 'string', name);
    assert.match(String(challenge.sFidoChallenge), /^[\w-]{32}$/);
    const answer = await present(program, second, passkey.get(textOf(challenge)));
    assert.equal(answer.status, 302, answer.body);
    const entries = await server.entries(program.correlationId);
    assert.deepEqual(
      entries.map(({ status, because, proofs }) => [status, because.code, proofs.map(({ method }) => method)]),
      [
        ['interrupted', 'secondFactorNeeded', ['password']],
        ['success', 'accessGranted', ['password', 'fido2']],
      ],
    );
  });

  test('the answer is taken at /login as well, with the flow token of the challenge, in the shape of browsers and in padded base64', async () => {
    const program = new Program(server);
    const challenge = await challengeOf(program, await afterPassword(program));
    const { id, ...response } = passkey.get(textOf(challenge));
    const padded = { ...response, signature: Buffer.from(response.signature, 'base64url').toString('base64') };
    assert.match(String(challenge.urlPost), /\/login$/);
    const text = encodeURIComponent(JSON.stringify({ id, response: padded }));
    const answer = await program.form(String(challenge.urlPost), step(challenge, { assertion: text }));
    assert.equal(answer.status, 302, answer.body);
  });

  const wrongAnswers: readonly (readonly [string, (challenge: string) => object])[] = [
    ['without user verification', (challenge) => passkey.get(challenge, { isVerified: false })],
    ['for another origin', (challenge) => passkey.get(challenge, { origin: 'https://login.example.org' })],
    ['to another challenge', () => passkey.get(Buffer.alloc(32, 7).toString('base64url'))],
    [
      'with a counter that goes back',
      (challenge) => {
        passkey.counter = 0;
        return passkey.get(challenge);
      },
    ],
    ['of a signature that is not its own', (challenge) => ({ ...passkey.get(challenge), signature: 'MAYCAQECAQE' })],
    ['whose JSON is not an object', () => []],
  ];
  for (const [name, make] of wrongAnswers)
    test(`an answer ${name} is refused with 500121, and the sign-in may continue with another challenge`, async () => {
      const counter = passkey.counter;
      const program = new Program(server);
      const second = await afterPassword(program);
      const failure = await present(program, second, make(textOf(await challengeOf(program, second))));
      passkey.counter = Math.max(counter, passkey.counter);
      assert.equal(refusalIn(failure), '500121', failure.body);
      const again = await challengeOf(program, configIn(failure));
      const answer = await present(program, again, passkey.get(textOf(again)));
      assert.equal(answer.status, 302, answer.body);
    });

  test('an answer works once, and not in another sign-in of the same user', async () => {
    const [first, secondProgram] = [new Program(server), new Program(server)];
    const [second, foreign] = [await afterPassword(first), await afterPassword(secondProgram)];
    const assertion = passkey.get(textOf(await challengeOf(first, second)));
    assert.equal(refusalIn(await present(secondProgram, foreign, assertion)), '500121');
    assert.equal(refusalIn(await present(first, second, assertion)), '500121', 'another sign-in has used it up');
  });

  test('a challenge needs the flow token of its sign-in, and asking for one does not use it up', async () => {
    const program = new Program(server);
    const second = await afterPassword(program);
    await challengeOf(program, second);
    await challengeOf(program, second);
    assert.equal(refusalIn(await program.form(String(second.urlFidoLogin), { ctx: String(second.sCtx) })), '90100');
    const foreign = await afterPassword(new Program(server));
    assert.equal(
      refusalIn(
        await program.form(String(second.urlFidoLogin), { ctx: String(second.sCtx), canary: String(foreign.sFT) }),
      ),
      '90100',
    );
  });

  test('capitals, doubled slashes and a last slash in the addresses do not count', async () => {
    const program = new Program(server);
    const second = await afterPassword(program);
    const spelling = (address: unknown) => {
      const { origin, pathname, search } = new URL(String(address));
      return `${origin}${pathname.replace('/fido/', '//FIDO//').replace('/SAS/', '//sas/')}/${search}`;
    };
    const challenge = await challengeOf(program, { ...second, urlFidoLogin: spelling(second.urlFidoLogin) });
    const answer = await present(
      program,
      { ...second, urlPost: spelling(second.urlPost) },
      passkey.get(textOf(challenge)),
    );
    assert.equal(answer.status, 302, answer.body);
  });

  test('a form of another site gets no challenge', async () => {
    const program = new Program(server);
    const { sCtx, sFT, urlFidoLogin } = await afterPassword(program);
    const fields = { ctx: String(sCtx), canary: String(sFT) };
    const answer = await program.form(String(urlFidoLogin), fields, { origin: 'https://attacker.example' });
    assert.equal(answer.status, 403);
  });

  test("another user's passkey is refused, and no passkey is named before a user is proven", async () => {
    const program = new Program(server);
    const config = await program.begin();
    const challenge = await challengeOf(program, config);
    assert.deepEqual(challenge.arrFidoAllowList, []);
    const login = 'cleo@woodgrove.test';
    const answer = await present(program, challenge, passkey.get(textOf(challenge)), { login });
    assert.equal(refusalIn(answer), '500121', answer.body);
  });

  test('alone, where policy wants what cannot be phished: the passkey names its user', async () => {
    await apply(server, { conditionalAccessPolicies: [policyOf('Phishing-resistant', strong)] });
    const program = new Program(server);
    const challenge = await challengeOf(program, await program.begin());
    const answer = await present(program, challenge, passkey.get(textOf(challenge)));
    await apply(server, { conditionalAccessPolicies: [policyOf('All users')] });
    assert.equal(answer.status, 302, answer.body);
    const [entry] = await server.entries(program.correlationId);
    assert.deepEqual([entry?.status, entry?.userPrincipalName], ['success', ben]);
  });

  test('beside a live session of one factor, the passkey alone is added', async () => {
    await apply(server, { conditionalAccessPolicies: [] });
    const program = new Program(server);
    const config = await program.begin();
    const { headers } = await program.form(String(config.urlPost), step(config, { login: ben, passwd: password }));
    const cookie = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]);
    await apply(server, { conditionalAccessPolicies: [policyOf('All users')] });
    const address = program.authorizePath().replace('prompt=login&', '');
    const second = configIn(await program.send(address, { headers: { cookie: cookie.join('; ') } }));
    assert.equal(second.pgid, 'ConvergedTFA');
    const challenge = await challengeOf(program, second);
    const answer = await present(program, second, passkey.get(textOf(challenge)));
    assert.equal(answer.status, 302, answer.body);
  });
});
