import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SignInRecord } from '#model/sign-in.ts';
import { setPassword } from '../second-factor/conditional-access.ts';
import { claimsOf, RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';

const password = 'Correct horse battery staple';

/** `sessionId` and `uniqueTokenIdentifier` of the sign-in log are `sid` and `uti` of the tokens of that sign-in. */
describe('the entry of a sign-in names its tokens', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    await setPassword(server, 'ben@woodgrove.test', password);
  });
  after(() => server.remove());

  async function finish(sitting: Sitting): Promise<{ readonly entry: SignInRecord; readonly ids: readonly unknown[] }> {
    assert.ok(sitting.isSignedIn, sitting.page?.body);
    const { id, tokens } = await sitting.claims();
    const access = claimsOf(tokens.access_token);
    assert.deepEqual([id.sid, id.uti], [access.sid, access.uti], 'the id_token says the same');
    const entries = await server.entries(sitting.correlationId);
    const [entry, ...more] = entries.filter(({ status }) => status === 'success');
    assert.deepEqual(more, []);
    assert.deepEqual([entry!.sessionId, entry!.uniqueTokenIdentifier], [access.sid, access.uti]);
    for (const { status, uniqueTokenIdentifier } of entries)
      assert.equal(uniqueTokenIdentifier !== undefined, status === 'success', 'a token comes of a success alone');
    return { entry: entry!, ids: [access.sid, access.uti] };
  }
  async function withCard(name: string, more: Readonly<Record<string, string>> = {}, sitting?: Sitting) {
    const person = sitting ?? new Sitting(server, server.card(name));
    await person.open(more);
    if (!person.isSignedIn) await person.withCard(`${name}@woodgrove.test`);
    return person;
  }

  test('of a certificate, interactive', async () => {
    const { entry } = await finish(await withCard('ana'));
    assert.equal(entry.isInteractive, true);
  });

  test('of a password', async () => {
    const ben = new Sitting(server);
    await ben.open();
    await ben.withPassword('ben@woodgrove.test', password);
    await finish(ben);
  });

  test('of a session that continues: the same sid, another uti, not interactive', async () => {
    const ana = await withCard('ana');
    const first = await finish(ana);
    await ana.open();
    const second = await finish(ana);
    assert.equal(second.entry.isInteractive, false);
    assert.equal(second.ids[0], first.ids[0]);
    assert.notEqual(second.ids[1], first.ids[1]);
  });

  test('of a session whose user signs in again: the same sid', async () => {
    const ana = await withCard('ana');
    const first = await finish(ana);
    const second = await finish(await withCard('ana', { prompt: 'login' }, ana));
    assert.equal(second.entry.isInteractive, true);
    assert.equal(second.ids[0], first.ids[0]);
  });

  test('of another user in the same browser: another sid', async () => {
    const browser = new Sitting(server, server.card('ana'));
    const first = await finish(await withCard('ana', {}, browser));
    await browser.open({ prompt: 'login' });
    await browser.goTo(`${browser.base}?change=username`);
    await browser.withPassword('ben@woodgrove.test', password);
    const second = await finish(browser);
    assert.equal(second.entry.userPrincipalName, 'ben@woodgrove.test');
    assert.notEqual(second.ids[0], first.ids[0]);
  });

  test('of a request that ends with a refusal there is a session, and no token', async () => {
    const ana = new Sitting(server, server.card('ben'));
    await ana.open();
    await ana.withCard('ana@woodgrove.test');
    const [refusal] = (await server.entries(ana.correlationId)).filter(({ status }) => status === 'failure');
    assert.equal(refusal?.uniqueTokenIdentifier, undefined);
  });
});
