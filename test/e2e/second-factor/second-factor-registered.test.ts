import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
import { apply, passFor, policyOf, setPassword } from './conditional-access.ts';
import { codeOf, fromBase32 } from './one-time-code.ts';

const password = 'Correct horse battery staple';

describe('what people register themselves, over TLS', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    for (const name of ['ben', 'cleo', 'gus']) await setPassword(server, `${name}@woodgrove.test`, password);
  });
  after(() => server.remove());

  /** Signs in on the way to My security info. */
  async function atSecurityInfo(name: string, how: (person: Sitting) => Promise<unknown>): Promise<Sitting> {
    const person = new Sitting(server, server.card(name));
    await person.goTo(`${server.origin}/security-info`);
    await how(person);
    assert.equal(person.heading, 'My security info');
    return person;
  }

  /** Adds an authenticator app and returns the secret it shows. */
  async function addApp(person: Sitting): Promise<{ readonly secret: Buffer; readonly code: string }> {
    await person.press('/security-info/app');
    const view = /id="key"[^>]*><code>([^<]*)</.exec(person.page!.body)![1]!.replaceAll(' ', '');
    assert.match(person.page!.body, /<svg[\s\S]*<path/, 'the QR code is an inline SVG');
    const secret = fromBase32(view);
    await person.fill({ code: '000000', name: 'Telephone' });
    assert.equal(person.page?.status, 400, 'a wrong code registers nothing');
    const code = codeOf(secret);
    await person.fill({ code, name: 'Telephone' });
    assert.equal(person.heading, 'My security info');
    assert.match(person.page!.body, /Telephone/);
    return { secret, code };
  }

  for (const [rule, conditionalAccessPolicies] of [
    ['the rule of the page itself', []],
    ['a policy of the tenant', [policyOf('Everybody')]],
  ] as const)
    test(`MFA-4: who has one factor only is not let in to register another, by ${rule}`, async () => {
      await apply(server, { conditionalAccessPolicies });
      const cleo = new Sitting(server, server.card('cleo'));
      await cleo.goTo(`${server.origin}/security-info`);
      await cleo.withPassword('cleo@woodgrove.test', password);
      assert.equal(cleo.heading, 'Verify your identity');
      await cleo.goTo(`${server.origin}/security-info`);
      assert.notEqual(cleo.heading, 'My security info');
    });

  test('an authenticator app: registered with a code, then password and code sign in, each code once', async () => {
    const ben = await atSecurityInfo('ben', async (person) => {
      await person.withPassword('ben@woodgrove.test', password);
      await person.follow('/certificate');
    });
    const { secret, code } = await addApp(ben);
    const { out } = await server.cardea('audit', 'list', '--activity', 'Register security info', '--json');
    const [row] = JSON.parse(out) as { correlationId: string }[];
    const entries = await server.entries(row!.correlationId);
    assert.equal(
      entries.at(-1)?.userPrincipalName,
      'ben@woodgrove.test',
      'audited with the id of the sign-in (row 45)',
    );
    const elsewhere = new Sitting(server);
    await elsewhere.open();
    await elsewhere.withPassword('ben@woodgrove.test', password);
    await elsewhere.follow('/factor/oneTimeCode');
    assert.equal(elsewhere.heading, 'Enter code');
    await elsewhere.fill({ code });
    assert.equal(elsewhere.number, 'AADSTS500121', 'the code that registered the app is spent');
    const next = codeOf(secret, 1);
    await elsewhere.fill({ code: next });
    assert.ok(elsewhere.isSignedIn);
    assert.deepEqual((await elsewhere.claims()).id.amr, ['pwd', 'otp', 'mfa']);
    assert.deepEqual(await elsewhere.log(), [
      ['interrupted', 'secondFactorNeeded', 'password'],
      ['failure', 'oneTimeCodeWrong', ''],
      ['success', 'accessGranted', 'password softwareOath'],
    ]);
    const replay = new Sitting(server);
    await replay.open();
    await replay.withPassword('ben@woodgrove.test', password);
    await replay.follow('/factor/oneTimeCode');
    await replay.fill({ code: next });
    assert.equal(replay.number, 'AADSTS500121', 'RFC 6238 §5.2: a code is accepted once');
    await ben.goTo(`${server.origin}/security-info`);
    await ben.follow('/security-info/remove');
    assert.match(ben.page!.body, /<h1>Remove <bdi>Telephone<\/bdi>\?<\/h1>/);
    await ben.press('/security-info/remove');
    assert.match(ben.page!.body, /Removed\. You can no longer sign in with it\./);
    assert.doesNotMatch(ben.page!.body, /Telephone/);
  });

  test('brute force of codes ends after ten tries, in every browser the person has not used', async () => {
    const pass = await passFor(server, 'gus@woodgrove.test');
    const gus = await atSecurityInfo('gus', async (person) => {
      await person.fill({ username: 'gus@woodgrove.test' });
      await person.follow('/methods');
      await person.follow('/factor/temporaryAccessPass');
      await person.fill({ pass });
    });
    const { secret } = await addApp(gus);
    const thief = new Sitting(server);
    await thief.open();
    await thief.withPassword('gus@woodgrove.test', password);
    await thief.follow('/factor/oneTimeCode');
    for (let i = 0; i < 10; i++) {
      await thief.fill({ code: String(i).padStart(6, '7') });
      assert.equal(thief.number, 'AADSTS500121');
    }
    await thief.fill({ code: codeOf(secret, 1) });
    assert.equal(thief.number, 'AADSTS50053', 'even the right one');
    // In the browser that knows Gus he is not locked out.
    await gus.open({ prompt: 'login' });
    await gus.withPassword('gus@woodgrove.test', password);
    await gus.follow('/factor/oneTimeCode');
    await gus.fill({ code: codeOf(secret, 1) });
    assert.ok(gus.isSignedIn);
  });

  test('MFA-11: a sign-in is approved in another session by the number it shows, without script', async () => {
    const pass = await passFor(server, 'cleo@woodgrove.test');
    const approver = await atSecurityInfo('cleo', async (person) => {
      await person.fill({ username: 'cleo@woodgrove.test' });
      await person.follow('/methods');
      await person.follow('/factor/temporaryAccessPass');
      await person.fill({ pass });
    });
    const request = async () => {
      const cleo = new Sitting(server, server.card('cleo'));
      await cleo.open();
      await cleo.withCard('cleo@woodgrove.test');
      await cleo.follow('/factor/approval');
      await cleo.press('/factor/approval');
      assert.equal(cleo.heading, 'Approve this sign-in');
      return { cleo, number: /id="number"[^>]*>(\d\d)</.exec(cleo.page!.body)![1]! };
    };
    const { cleo, number } = await request();
    await cleo.goTo(cleo.page!.url);
    assert.equal(cleo.heading, 'Approve this sign-in', 'nothing happens by itself');
    await approver.goTo(`${server.origin}/security-info/requests`);
    await approver.fill({ number, answer: 'approve' });
    assert.match(approver.page!.body, /id="told"/);
    await cleo.goTo(cleo.page!.url);
    assert.ok(cleo.isSignedIn);
    assert.deepEqual((await cleo.claims()).id.amr, ['rsa', 'mfa']);
    assert.deepEqual((await cleo.log()).at(-1), [
      'success',
      'accessGranted',
      'x509CertificateSingleFactor deviceBasedPush',
    ]);
    const wrong = await request();
    await approver.goTo(`${server.origin}/security-info/requests`);
    await approver.fill({ number: wrong.number === '10' ? '11' : '10', answer: 'approve' });
    await wrong.cleo.goTo(wrong.cleo.page!.url);
    assert.equal(wrong.cleo.isSignedIn, false);
    assert.equal(wrong.cleo.number, 'AADSTS500121');
    assert.deepEqual((await wrong.cleo.log()).at(-1)?.slice(0, 2), ['failure', 'approvalRefused']);
  });
});
