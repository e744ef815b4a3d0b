import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser } from '#cli/client/browser.ts';
import { chromiumMissing, openPages } from '../e2e/chromium.ts';
import { RunningServer } from '../e2e/server.ts';
import { authorizePath } from './authorize-path.ts';
import { lookAt } from './look.ts';
import { pngOf } from './picture.ts';

const skip = chromiumMissing() ?? false;

describe('every page, looked at in Chromium in light and dark, on a desk and a phone', { skip }, () => {
  let server: RunningServer;
  let browser: Awaited<ReturnType<typeof openPages>>;
  let page: Page;
  const complaints: string[] = [];
  before(async () => {
    server = await RunningServer.start();
    const card = join(server.folder, 'demo', 'cards', 'ana.p12');
    browser = await openPages(server, card, { permissions: ['clipboard-read', 'clipboard-write'] });
    page = await browser.context.newPage();
    page.on('console', (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()));
    page.on('pageerror', (problem) => complaints.push(String(problem)));
  });
  after(async () => {
    await browser.close();
    await server.remove();
  });
  const at = (path: string) => page.goto(`${server.origin}${path}`);
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
  const follow = (name: string | RegExp) => page.getByRole('link', { name }).click();
  const typeName = async (name: string) => {
    await page.getByLabel('User name').fill(name);
    await press('Next');
  };
  const isFine = async (name: string) => assert.deepEqual(await lookAt(page, name), []);
  const authorize = (more: Record<string, string> = {}) => authorizePath(server, more);

  test('user name', async () => {
    await at('/myapps');
    await isFine('user-name');
    assert.equal(await page.title(), 'Sign in · Woodgrove', 'the only tenant there is');
    const icon = await page.locator('link[rel=icon]').getAttribute('href');
    const width = await page.evaluate(`new Promise((resolve) => {
      const picture = new Image();
      picture.onload = () => resolve(picture.width);
      picture.onerror = () => resolve(0);
      picture.src = ${JSON.stringify(icon)};
    })`);
    assert.ok(Number(width) > 0, `${icon} is a picture`);
  });

  test('user name that belongs nowhere: the problem is read out, titled, and leads to its field', async () => {
    await typeName('ana@nowhere.test');
    await isFine('user-name-wrong');
    assert.match(await page.title(), /^Problem: /);
    await follow('Go to the field “User name”');
    assert.equal(await page.evaluate('document.activeElement.id'), 'username');
    assert.equal(await page.getByLabel('User name').getAttribute('aria-describedby'), 'wrong');
  });

  test('password', async () => {
    await typeName('ana@woodgrove.test');
    await page.getByLabel('Password').waitFor();
    await isFine('password');
  });

  test('wrong password', async () => {
    await page.getByLabel('Password').fill('not this');
    await press('Sign in');
    await page.getByRole('alert').waitFor();
    await isFine('password-wrong');
  });

  test('the guide behind the picker of the browser', async () => {
    await page.route('**/certauth/*', (route) => route.fulfill({ status: 204 }));
    await follow('Use a certificate or smart card');
    await page.getByRole('heading', { name: 'Choose your certificate' }).waitFor();
    await isFine('guide');
    await page.unroute('**/certauth/*');
  });

  test('other ways to sign in', async () => {
    await follow('Other ways to sign in');
    await page.getByRole('heading', { name: 'Choose a way to sign in' }).waitFor();
    await isFine('methods');
  });

  test('a Temporary Access Pass that is wrong, and a passkey', async () => {
    await follow('Use a Temporary Access Pass');
    await page.getByLabel('Temporary Access Pass').fill('not this');
    await press('Verify');
    await page.getByRole('alert').waitFor();
    await isFine('pass-wrong');
    await page.goto(page.url().replace(/\/factor.*/, '/factor/passkey'));
    await page.getByRole('heading', { name: 'Use a passkey' }).waitFor();
    await isFine('passkey');
    await page.goto(page.url().replace(/\/factor.*/, '/methods'));
  });

  test('My Apps', async () => {
    await follow('Use a certificate or smart card');
    await page.locator('#who').waitFor();
    await isFine('my-apps');
    const sizes =
      await page.evaluate(`[...document.querySelectorAll('.bar > nav a, .bar .me > a, .bar summary')].map((element) => {
      const { width, height } = element.getBoundingClientRect();
      return Math.min(width, height);
    })`);
    assert.ok(
      (sizes as number[]).every((size) => size >= 24),
      `WCAG 2.2, 2.5.8, without the exception of spacing: ${sizes}`,
    );
  });

  test('the sample application', async () => {
    await follow(/Sample application/);
    await page.getByText('Signed in as ana@woodgrove.test').waitFor();
    await isFine('sample');
  });

  test('My security info', async () => {
    await at('/security-info');
    await page.getByRole('heading', { name: 'My security info' }).waitFor();
    await isFine('security-info');
    await at('/security-info/requests');
    await isFine('security-info-requests');
    await at('/security-info/passkey');
    await isFine('security-info-passkey');
  });

  test('pick an account: the user who is signed in, one who was here, another account', async () => {
    await at(authorize({ prompt: 'select_account', login_hint: 'ben@woodgrove.test' }));
    await page.getByRole('heading', { name: 'Pick an account' }).waitFor();
    await isFine('accounts');
    await page.getByRole('button', { name: 'ana@woodgrove.test Signed in' }).waitFor();
    await press('Forget ana@woodgrove.test');
    await page.getByRole('button', { name: 'ana@woodgrove.test Signed in' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^Forget/ }).count(), 0);
  });

  test('refused, with More details open; a button copies what a field shows anyway', async () => {
    await press('ben@woodgrove.test');
    await follow('Use a certificate or smart card');
    await page.getByRole('alert').waitFor();
    await page.getByText('More details').click();
    await isFine('refused');
    await press('Copy');
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    assert.match(String(copied), /^Error code: AADSTS50034\nCorrelation ID: [0-9a-f-]{36}\nTimestamp: /);
    assert.equal(await page.locator('#advice').count(), 1, 'Ana, who is signed in here, administers the tenant');
  });

  test('a tenant’s own name, logo, colors and words; stay signed in?', async () => {
    const logo = join(server.folder, 'logo.png');
    writeFileSync(logo, pngOf(245, 36));
    const { code, err } = await server.cardea(
      ...['tenant', 'brand', '--name', 'Woodgrove Bank', '--background', '#0b3d2e', '--accent', '#7a1f5c'],
      ...['--logo', logo, '--text', 'Lost your card? Call 4711.\nDay and night.', '--stay-signed-in', 'ask'],
    );
    assert.equal(code, 0, err);
    await page.route('**/certauth/*', (route) => route.fulfill({ status: 204 }));
    await at(authorize({ prompt: 'login', login_hint: 'ana@woodgrove.test' }));
    await follow('Other ways to sign in');
    await follow('Use your password');
    await page.getByText('Lost your card?').waitFor();
    await page.evaluate("document.querySelector('.brand img').decode()");
    await isFine('branded');
    await page.unroute('**/certauth/*');
    await follow('Use a certificate or smart card');
    await page.getByRole('heading', { name: 'Stay signed in?' }).waitFor();
    await isFine('stay');
    await press('Yes');
    await page.waitForURL(/\/sample/);
  });

  test('the OpenID provider’s own errors', async () => {
    await at(authorize({ client_id: '00000000-0000-0000-0000-00000000dead' }));
    await page.getByText('More details').click();
    await isFine('oidc-error');
    await at('/nowhere.test/oauth2/v2.0/authorize');
    await page.getByRole('alert').waitFor();
    await isFine('tenant-unknown');
  });

  test('an address with nothing behind it, and a sign-in that another browser began', async () => {
    await at('/nothing');
    await isFine('nothing');
    await at('/login/AAAAAAAAAAAAAAAAAAAAA');
    await isFine('foreign');
  });

  test('on the way to another identity provider, and back to an application that takes its answer by post', async () => {
    const away = 'https://idp.localhost/adfs/ls';
    const { code, err } = await server.cardea(
      ...['domain', 'federate', 'woodgrove.local', '--issuer', 'urn:idp', '--sign-in-uri', away],
    );
    assert.equal(code, 0, err);
    for (const address of [`${away}**`, '**/sample/callback**'])
      await page.route(address, (route) => route.fulfill({ status: 204 }));
    await at(authorize({ login_hint: 'ana@woodgrove.local' }));
    await page.getByRole('link', { name: 'Continue' }).waitFor();
    await isFine('elsewhere');
    const post = authorize({ prompt: 'none', response_mode: 'form_post' });
    await page.goto(`${server.origin}${post}`, { waitUntil: 'commit' }); // it posts before it is loaded
    await page.getByRole('button', { name: 'Continue' }).waitFor();
    await isFine('form-post');
    for (const address of [`${away}**`, '**/sample/callback**']) await page.unroute(address);
  });

  test('a code that a device shows, and what it would let in', async () => {
    const form = { client_id: commandLineApplication.appId, scope: 'openid' };
    const request = await new Browser(undefined, server.trust).post(
      new URL('/woodgrove.test/oauth2/v2.0/devicecode', server.origin),
      form,
    );
    const { user_code } = JSON.parse(request.body) as { user_code: string };
    await at('/woodgrove.test/oauth2/deviceauth');
    await page.getByLabel('Code').fill('WRONG');
    await press('Next');
    await page.getByRole('alert').waitFor();
    await isFine('device-code-wrong');
    await page.getByLabel('Code').fill(user_code);
    await press('Next');
    await page.getByRole('heading', { name: /^Sign in to/ }).waitFor();
    await isFine('device-confirm');
  });

  test('signed out, by an application and by itself', async () => {
    await at('/myapps/sign-out');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await isFine('signed-out');
    await at('/woodgrove.test/oauth2/v2.0/logout');
    await isFine('signed-out-provider');
  });

  test('in German and from right to left', async () => {
    await at('/myapps?mkt=de');
    assert.equal(await page.getAttribute('html', 'lang'), 'de');
    await isFine('user-name-german');
    await at('/myapps?mkt=ar');
    assert.equal(await page.getAttribute('html', 'dir'), 'rtl');
    await isFine('user-name-arabic');
  });

  test('no page broke its own Content-Security-Policy, and no script failed', () => assert.deepEqual(complaints, []));
});
