import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BrowserSignIn } from '#test/signin/browser-sign-in.ts';
import { callback, type LoginHost, openLoginHost } from '#test/signin/login-host.ts';

const [ana, ben, carl] = ['ana@woodgrove.test', 'ben@woodgrove.test', 'carl@woodgrove.test'] as const;
const choose = { prompt: 'select_account' };

describe('an account to choose', () => {
  let host: LoginHost;
  before(async () => {
    host = await openLoginHost();
    for (const name of [ana, ben, carl]) await host.addUser(name, 'right');
  });
  after(() => host.end());
  /** A browser in which these users signed in, one after the other; the last one still is. */
  async function browserOf(...names: readonly string[]) {
    const browser = host.browser();
    for (const name of names) {
      const page = await (await host.begin({ prompt: 'login' }, browser)).withPassword(name, 'right');
      assert.ok(page.location?.startsWith(callback));
    }
    return browser;
  }
  /** The accounts of a page, with a mark for the one that is signed in and one for those that can be forgotten. */
  const accountsIn = (text: string): readonly string[] =>
    text
      .split('<li>')
      .slice(1)
      .map((item) => {
        const name = /<button class="account" name="username" value="([^"]*)"/.exec(item)?.[1];
        return `${name}${item.includes('<small>') ? ' signed in' : ''}${item.includes('class="forget"') ? ' x' : ''}`;
      });
  const first = ({ first: { text, heading } }: BrowserSignIn) => ({ heading, accounts: accountsIn(text) });

  test('the user who is signed in comes first, then the hint, then those whom the browser remembers', async () => {
    const signIn = await host.begin({ ...choose, login_hint: carl }, await browserOf(ana, ben));
    assert.deepEqual(first(signIn), {
      heading: 'Pick an account',
      accounts: [`${ben} signed in x`, carl, `${ana} x`],
    });
  });

  test('a hint that is the user who is signed in is listed once, however it is written', async () => {
    const signIn = await host.begin({ ...choose, login_hint: ana.toUpperCase() }, await browserOf(ana));
    assert.deepEqual(first(signIn).accounts, [`${ana} signed in x`]);
  });

  test('a browser that knows no account is asked for a name, and so is a user who wants another one', async () => {
    assert.equal((await host.begin(choose)).first.heading, 'Sign in');
    const signIn = await host.begin(choose, await browserOf(ana));
    assert.ok(signIn.first.text.includes(`href="${signIn.base}?change=username"`));
    assert.equal((await signIn.get('?change=username')).heading, 'Sign in');
  });

  test('who chooses the account that is signed in continues with its session', async () => {
    const signIn = await host.begin(choose, await browserOf(ana));
    assert.ok((await signIn.post('/account', { username: ana })).location?.startsWith(callback));
  });

  test('who chooses another one is asked to prove who it is, and nothing that was proven before counts', async () => {
    const signIn = await host.begin(choose, await browserOf(ben, ana));
    assert.equal((await signIn.post('/account', { username: ben })).location, '');
    const flow = await signIn.flow();
    assert.deepEqual([flow?.username, flow?.userId, flow?.proofs], [ben, undefined, undefined]);
    assert.equal((await signIn.get()).heading, 'Enter password');
    assert.ok((await signIn.post('/password', { password: 'right' })).location?.startsWith(callback));
  });

  test('a name of another tenant is not taken: the page asks for one of this tenant', async () => {
    await host.addTenant('contoso.test');
    const signIn = await host.begin(choose, await browserOf(ana));
    const page = await signIn.post('/account', { username: 'x@contoso.test' });
    assert.deepEqual([page.status, page.heading], [400, 'Sign in']);
    assert.ok(page.text.includes('value="x@contoso.test"'));
  });

  test('an account that is forgotten is gone from the list of the browser, and no longer of this sign-in', async () => {
    const signIn = await host.begin(choose, await browserOf(ana, ben));
    assert.equal((await signIn.post('/forget', { username: ana })).location, '');
    assert.deepEqual(accountsIn((await signIn.get()).text), [`${ben} signed in x`]);
    await signIn.post('/forget', { username: ben });
    assert.deepEqual(accountsIn((await signIn.get()).text), [`${ben} signed in`], 'the user who is signed in stays');
  });
});
