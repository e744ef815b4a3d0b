import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from '#cli/client/browser.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
import { passFor, setPassword } from './conditional-access.ts';

const password = 'Correct horse battery staple';

/** Names of the same length, so that nothing but who has them can differ. */
const knownUser = 'ben@woodgrove.test';
const strangers = ['bob@woodgrove.test', 'zoe@woodgrove.test'];

/** A page without what differs between any two sign-ins: ids, tickets, times, challenges, and the name itself. */
function faceOf({ status, body, location, url }: Page, username: string): string {
  const text = `${status} ${url.pathname} ${location ?? ''}\n${body}`;
  return text
    .replaceAll(username, 'NAME')
    .replaceAll(/\/login\/[\w-]+/g, '/login/UID')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'GUID')
    .replaceAll(/challenge&quot;:&quot;[\w-]{43}/g, 'CHALLENGE')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
}

describe('a stranger cannot tell who has an account', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    await setPassword(server, knownUser, password);
    await passFor(server, knownUser);
    // Ben's habit is a certificate: in his own browser it comes back by itself.
    const ben = new Sitting(server, server.card('ben'));
    await ben.open();
    await ben.withCard(knownUser);
    assert.ok(ben.isSignedIn);
  });
  after(() => server.remove());

  /** What a stranger's browser is shown for a name, page by page. */
  async function pagesFor(username: string, steps: (stranger: Sitting) => Promise<unknown>): Promise<string> {
    const stranger = new Sitting(server);
    await stranger.open();
    await stranger.fill({ username });
    const first = faceOf(stranger.page!, username);
    await steps(stranger);
    return `${first}\n\n${faceOf(stranger.page!, username)}`;
  }

  const ways: readonly (readonly [name: string, steps: (stranger: Sitting) => Promise<unknown>])[] = [
    ['the page after the name', async () => undefined],
    ['the other ways to sign in', (stranger) => stranger.follow('/methods')],
    ['a wrong password', (stranger) => stranger.fill({ password: 'wrong' })],
    [
      'the page of a passkey',
      async (stranger) => {
        await stranger.follow('/methods');
        await stranger.follow('/factor/passkey');
      },
    ],
    [
      'a passkey of no user',
      async (stranger) => {
        await stranger.follow('/methods');
        await stranger.follow('/factor/passkey');
        await stranger.fill({ credential: '{"id":"x","response":{}}' });
      },
    ],
    [
      'a wrong Temporary Access Pass',
      async (stranger) => {
        await stranger.follow('/methods');
        await stranger.follow('/factor/temporaryAccessPass');
        await stranger.fill({ pass: 'WRONGWRONGWR' });
      },
    ],
    ['a second factor that was not requested', (stranger) => stranger.goTo(`${stranger.base}/factor/oneTimeCode`)],
  ];
  for (const [name, steps] of ways) {
    test(`${name} is the same, byte for byte, for a name that has an account and one that has none`, async () => {
      const expect = await pagesFor(knownUser, steps);
      for (const stranger of strangers) assert.equal(await pagesFor(stranger, steps), expect);
    });
  }

  test('the lock after ten wrong passwords is the same, too, and comes at the same try', async () => {
    const faces = async (username: string) => {
      const stranger = new Sitting(server);
      await stranger.open();
      await stranger.fill({ username });
      const view: string[] = [];
      for (let i = 0; i < 12; i++) {
        await stranger.fill({ password: `wrong ${i}` });
        view.push(`${stranger.number} ${faceOf(stranger.page!, username)}`);
      }
      return view;
    };
    const expect = await faces('gus@woodgrove.test');
    assert.deepEqual(await faces('guy@woodgrove.test'), expect);
    const numbers = expect.map((face) => face.split(' ')[0]);
    assert.deepEqual(numbers, [...Array(10).fill('AADSTS50126'), 'AADSTS50053', 'AADSTS50053']);
  });

  test('smart lock-out: strangers lock out strangers, and not the browser that knows the person', async () => {
    const sitting = new Sitting(server);
    await sitting.open();
    await sitting.withPassword(knownUser, password);
    assert.ok(sitting.isSignedIn);
    const stranger = new Sitting(server);
    await stranger.open();
    await stranger.fill({ username: knownUser });
    for (let i = 0; i < 11; i++) await stranger.fill({ password: `guess ${i}` });
    await stranger.fill({ password });
    assert.equal(stranger.number, 'AADSTS50053', 'not even the right one');
    await sitting.open({ prompt: 'login' });
    await sitting.withPassword(knownUser, password);
    assert.ok(sitting.isSignedIn);
  });

  test('one wrong password again and again does not lock the account', async () => {
    await setPassword(server, 'cleo@woodgrove.test', password);
    const cleo = new Sitting(server);
    await cleo.open();
    await cleo.fill({ username: 'cleo@woodgrove.test' });
    for (let i = 0; i < 15; i++) {
      await cleo.fill({ password: 'last year’s' });
      assert.equal(cleo.number, 'AADSTS50126');
    }
    await cleo.fill({ password });
    assert.ok(cleo.isSignedIn);
  });
});
