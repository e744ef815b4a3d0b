import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
import { apply, passFor, policyOf, setPassword } from './conditional-access.ts';

const password = 'Correct horse battery staple';

describe('second factors over TLS, where policy requires MFA of all users', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    for (const name of ['ben', 'gus']) await setPassword(server, `${name}@woodgrove.test`, password);
    await apply(server, { conditionalAccessPolicies: [policyOf('Everybody')] });
  });
  after(() => server.remove());

  test('MFA-1: a multifactor certificate is enough', async () => {
    const ana = new Sitting(server, server.card('ana'));
    await ana.open();
    await ana.withCard('ana@woodgrove.test');
    assert.ok(ana.isSignedIn);
    assert.deepEqual((await ana.claims()).id.amr, ['rsa', 'mfa']);
  });

  test('MFA-4: a single-factor certificate and nothing else is refused with AADSTS53004, never granted', async () => {
    const cleo = new Sitting(server, server.card('cleo'));
    await cleo.open();
    await cleo.withCard('cleo@woodgrove.test');
    assert.equal(cleo.number, 'AADSTS53004');
    assert.deepEqual(await cleo.log(), [
      ['interrupted', 'certificateRequested', ''],
      ['failure', 'secondFactorUnavailable', ''],
    ]);
  });

  test('MFA-5: a password, then a single-factor certificate; the log tells every step', async () => {
    const ben = new Sitting(server, server.card('ben'));
    await ben.open();
    await ben.withPassword('ben@woodgrove.test', password);
    assert.equal(ben.heading, 'Verify your identity');
    await ben.follow('/certificate');
    assert.ok(ben.isSignedIn);
    assert.deepEqual((await ben.claims()).id.amr, ['pwd', 'rsa', 'mfa']);
    assert.deepEqual(await ben.log(), [
      ['interrupted', 'secondFactorNeeded', 'password'],
      ['interrupted', 'certificateRequested', ''],
      ['success', 'accessGranted', 'password x509CertificateSingleFactor'],
    ]);
  });

  test('MFA-5: a single-factor certificate, then a password; a wrong one is reported and can be corrected', async () => {
    const ben = new Sitting(server, server.card('ben'));
    await ben.open();
    await ben.withCard('ben@woodgrove.test');
    assert.equal(ben.heading, 'Enter password');
    await ben.fill({ password: 'wrong' });
    assert.equal(ben.page?.status, 400);
    assert.equal(ben.number, 'AADSTS50126');
    await ben.fill({ password });
    assert.ok(ben.isSignedIn);
    assert.deepEqual((await ben.claims()).id.amr, ['pwd', 'rsa', 'mfa']);
    assert.deepEqual(await ben.log(), [
      ['interrupted', 'certificateRequested', ''],
      ['interrupted', 'secondFactorNeeded', 'x509CertificateSingleFactor'],
      ['failure', 'passwordWrong', ''],
      ['success', 'accessGranted', 'x509CertificateSingleFactor password'],
    ]);
  });

  for (const place of ['that --url names', 'of the data folder'])
    test(`cardea sign-in at the server ${place} names the second factor that is asked for`, async () => {
      const card = join(server.folder, 'demo', 'cards', 'ben.p12');
      const url = place === 'of the data folder' ? [] : ['--url', server.origin];
      const { code, out, err } = await server.cardea('sign-in', '--user', 'ben@woodgrove.test', '--card', card, ...url);
      assert.equal(code, 3, err);
      assert.match(`${out}${err}`, /A second factor is required\. The page asks: Enter password/);
    });

  test('a card of another user does not complete a password', async () => {
    const thief = new Sitting(server, server.card('cleo'));
    await thief.open();
    await thief.withPassword('ben@woodgrove.test', password);
    await thief.follow('/certificate');
    assert.equal(thief.isSignedIn, false);
    assert.equal(thief.number, 'AADSTS50034');
  });

  test('who was asked for a second factor cannot have the password page, or another name, take them further', async () => {
    const ben = new Sitting(server);
    await ben.open();
    const { base } = ben;
    await ben.withPassword('ben@woodgrove.test', password);
    await ben.goTo(base);
    assert.equal(ben.heading, 'Verify your identity');
    await ben.goTo(`${base}?change=username`);
    await ben.fill({ username: 'gus@woodgrove.test' });
    assert.equal(ben.heading, 'Enter password', 'nothing is proven of another name');
    await ben.goTo(`${base}/factor`);
    assert.equal(ben.heading, 'Enter password');
  });

  test('MFA-4: a Temporary Access Pass is a way out, once where it is for one use', async () => {
    const pass = await passFor(server, 'cleo@woodgrove.test', '--once');
    const cleo = new Sitting(server, server.card('cleo'));
    await cleo.open();
    await cleo.withCard('cleo@woodgrove.test');
    assert.equal(cleo.heading, 'Enter Temporary Access Pass');
    await cleo.fill({ pass: pass.toLowerCase() });
    assert.ok(cleo.isSignedIn);
    assert.deepEqual((await cleo.claims()).id.amr, ['rsa', 'otp', 'mfa']);
    const again = new Sitting(server);
    await again.open();
    await again.fill({ username: 'cleo@woodgrove.test' });
    await again.follow('/methods');
    await again.follow('/factor/temporaryAccessPass');
    await again.fill({ pass });
    assert.equal(again.number, 'AADSTS130503');
  });

  test('a reusable pass signs in as the first factor, and counts as multifactor', async () => {
    const pass = await passFor(server, 'cleo@woodgrove.test');
    for (const typedText of [pass, `${pass.slice(0, 6)} ${pass.slice(6)}`]) {
      const cleo = new Sitting(server);
      await cleo.open();
      await cleo.fill({ username: 'cleo@woodgrove.test' });
      await cleo.follow('/methods');
      await cleo.follow('/factor/temporaryAccessPass');
      await cleo.fill({ pass: typedText });
      assert.ok(cleo.isSignedIn);
      assert.deepEqual((await cleo.claims()).id.amr, ['otp', 'mfa']);
      assert.deepEqual(await cleo.log(), [['success', 'accessGranted', 'temporaryAccessPassMultiUse']]);
    }
  });

  test('a pass that has not begun is refused like a wrong one', async () => {
    const pass = await passFor(server, 'cleo@woodgrove.test', '--start', '2099-01-01T00:00:00Z');
    const cleo = new Sitting(server);
    await cleo.open();
    await cleo.fill({ username: 'cleo@woodgrove.test' });
    await cleo.follow('/methods');
    await cleo.follow('/factor/temporaryAccessPass');
    await cleo.fill({ pass });
    assert.equal(cleo.number, 'AADSTS130503');
    assert.deepEqual(await cleo.log(), [['failure', 'temporaryAccessPassWrong', '']]);
  });

  test('CAP-5: a live session continues from what it has proven when another application asks for more', async () => {
    await apply(server, { conditionalAccessPolicies: [] });
    const ben = new Sitting(server, server.card('ben'));
    await ben.open();
    await ben.withCard('ben@woodgrove.test');
    assert.ok(ben.isSignedIn);
    await apply(server, { conditionalAccessPolicies: [policyOf('Everybody')] });
    await ben.open();
    assert.equal(ben.heading, 'Enter password', 'no name is asked again, no certificate either');
    await ben.fill({ password });
    assert.ok(ben.isSignedIn);
    assert.deepEqual((await ben.claims()).id.amr, ['pwd', 'rsa', 'mfa']);
    await ben.open();
    assert.ok(ben.isSignedIn, 'and is not asked twice');
  });

  test('cardea sign-in finds the server of a data folder with several tenants', async () => {
    assert.equal((await server.cardea('tenant', 'add', 'second.test')).code, 0);
    const card = join(server.folder, 'demo', 'cards', 'ben.p12');
    for (const tenant of [[], ['--tenant', 'organizations'], ['--tenant', 'woodgrove.test']]) {
      const words = ['sign-in', '--user', 'ben@woodgrove.test', '--card', card, ...tenant];
      const { code, out, err } = await server.cardea(...words);
      assert.equal(code, 3, err);
      assert.match(`${out}${err}`, /A second factor is required/);
    }
  });
});
