import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing, openPages } from '../e2e/chromium.ts';
import { RunningServer } from '../e2e/server.ts';
import { Sitting } from '../e2e/sitting.ts';
import { lookAt } from './look.ts';

const skip = chromiumMissing() ?? false;
const password = 'Correct horse battery 1';
const nextPassword = 'Another horse battery 2';

describe('My security info and My Apps, used in Chromium', { skip }, () => {
  let server: RunningServer;
  let browser: Awaited<ReturnType<typeof openPages>>;
  let page: Page;
  const complaints: string[] = [];
  before(async () => {
    server = await RunningServer.start();
    const file = join(server.folder, 'password.txt');
    writeFileSync(file, `${password}\n`);
    for (const name of ['ana', 'ben'])
      assert.equal((await server.cardea('user', 'set', `${name}@woodgrove.test`, '--password-file', file)).code, 0);
    const card = join(server.folder, 'demo', 'cards', 'ana.p12');
    browser = await openPages(server, card);
    page = await browser.context.newPage();
    page.on('console', (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()));
    page.on('pageerror', (problem) => complaints.push(String(problem)));
    const devtools = await browser.context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    await signIn();
  });
  after(async () => {
    await browser.close();
    await server.remove();
  });

  const signIn = async () => {
    await page.goto(`${server.origin}/security-info`);
    await page.getByLabel('User name').fill('ana@woodgrove.test');
    await page.getByRole('button', { name: 'Next' }).click();
    const link = page.getByRole('link', { name: 'Use a certificate or smart card' });
    await link.or(page.getByRole('heading', { name: 'My security info' })).waitFor();
    if (await link.isVisible()) await link.click();
    await heading('My security info');
  };
  /** Waits for the page of this heading, all of it. */
  const heading = async (name: string) => {
    await page.getByRole('heading', { name, exact: true }).waitFor();
    await page.waitForLoadState();
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const follow = (name: string | RegExp) => page.getByRole('link', { name }).first().click();
  const news = () => page.locator('#news').textContent();
  const isFine = async (name: string) => assert.deepEqual(await lookAt(page, name), []);

  test('the certificate that one signed in with: issuer, expiry, binding and last use', async () => {
    const certificate = page.locator('#certificates li');
    assert.equal(await certificate.count(), 1);
    const text = (await certificate.textContent())!;
    for (const part of [
      /Ana Ruiz/,
      /Issued by Woodgrove Issuing CA 1/,
      /Valid until /,
      /Recognized by /,
      /Last used on /,
    ])
      assert.match(text, part);
  });

  test('a passkey: adding tells, removing asks, canceling keeps it, removing tells', async () => {
    await follow('Add a passkey');
    await page.getByLabel('Name').fill('Blue key');
    await press('Add');
    await heading('My security info');
    assert.equal(await news(), 'Added. You can sign in with it from now on.');
    await isFine('account-overview');
    await follow('Remove Blue key');
    await heading('Remove Blue key?');
    await isFine('account-remove');
    await follow('Cancel');
    await page.getByText('Blue key').waitFor();
    await follow('Remove Blue key');
    await press('Remove');
    await heading('My security info');
    assert.equal(await news(), 'Removed. You can no longer sign in with it.');
    assert.equal(await page.getByText('Blue key').count(), 0);
  });

  const wrong: readonly (readonly [name: string, texts: readonly [string, string, string], problem: RegExp])[] = [
    ['a wrong current one', ['not this', nextPassword, nextPassword], /current password is incorrect/],
    ['two that differ', [password, nextPassword, 'Third horse 3'], /not the same/],
    ['a weak one', [password, 'weak', 'weak'], /too weak/],
    ['the current one again', [password, password, password], /same as the current one/],
  ];
  const typePasswords = async ([current, next, again]: readonly [string, string, string]) => {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('Confirm new password').fill(again);
    await press('Change password');
  };
  test('the password: each wrong change is refused on its page, and a right one tells', async () => {
    await page.goto(`${server.origin}/security-info`);
    await page.locator('#change-password').click();
    await isFine('account-password');
    for (const [name, texts, problem] of wrong) {
      await typePasswords(texts);
      assert.match((await page.getByRole('alert').textContent())!, problem, name);
    }
    await isFine('account-password-wrong');
    await typePasswords([password, nextPassword, nextPassword]);
    await heading('My security info');
    assert.equal(await news(), 'Your password has been changed.');
  });

  test('a session elsewhere is listed, and ends where one says so; this browser stays signed in', async () => {
    const elsewhere = new Sitting(server);
    await elsewhere.open();
    await elsewhere.withPassword('ana@woodgrove.test', nextPassword);
    assert.ok(elsewhere.isSignedIn);
    await page.goto(`${server.origin}/security-info`);
    const sessions = page.locator('#sessions li');
    assert.equal(await sessions.count(), 2);
    await sessions.getByRole('button', { name: /^Sign out of/ }).click();
    await heading('My security info');
    assert.equal(await news(), 'Signed out of that session.');
    assert.equal(await sessions.count(), 1);
    await elsewhere.open();
    assert.ok(!elsewhere.isSignedIn, 'the other browser is asked to sign in');
  });

  test('sign-ins, methods and sessions of other users cannot be reached by their ids', async () => {
    const ben = new Sitting(server);
    await ben.open();
    await ben.withPassword('ben@woodgrove.test', password);
    const [entry] = await server.entries(ben.correlationId);
    await page.goto(`${server.origin}/security-info/sign-ins/report?id=${entry!.id}`);
    assert.equal(new URL(page.url()).pathname, '/security-info', 'the question is not asked');
    await page.goto(`${server.origin}/security-info/remove?id=${crypto.randomUUID()}`);
    assert.equal(new URL(page.url()).pathname, '/security-info');
  });

  test('all sign-ins of thirty days; one that was not mine signs out everywhere and is in the audit log', async () => {
    await page.goto(`${server.origin}/security-info`);
    await follow('All sign-ins of the last 30 days');
    await heading('All sign-ins of the last 30 days');
    await isFine('account-sign-ins');
    await follow('This wasn’t me');
    await heading('This wasn’t me');
    await isFine('account-report');
    await press('Report and sign out everywhere');
    await heading('You are signed out everywhere');
    await isFine('account-reported');
    await page.goto(`${server.origin}/security-info`);
    assert.match(page.url(), /\/oauth2\/v2\.0\/authorize\?/, 'this browser, too');
    await heading('Sign in');
    const { out } = await server.cardea('audit', 'list', '--json');
    assert.match(out, /User reported suspicious sign-in/);
  });

  test('signing out everywhere asks first', async () => {
    await signIn();
    await follow('Sign out everywhere');
    await heading('Sign out everywhere');
    await isFine('account-end-all');
    await press('Sign out everywhere');
    await heading('You are signed out everywhere');
  });

  test('My Apps: what is typed narrows the list, with and without script; each page leads to the other and out', async () => {
    const { code, err } = await server.cardea('app', 'add', 'Payroll', '--homepage', 'https://payroll.woodgrove.test/');
    assert.equal(code, 0, err);
    await signIn();
    await follow('My Apps');
    await heading('Hello, Ana Ruiz');
    const names = () => page.locator('.tile:visible bdi').allTextContents();
    assert.ok((await names()).includes('Payroll'));
    assert.ok((await names()).includes('Sample application'), 'this is the demo tenant');
    await isFine('account-my-apps');
    await page.getByLabel('Search your applications').fill('PAY');
    assert.deepEqual(await names(), ['Payroll']);
    await page.getByLabel('Search your applications').fill('nothing of the kind');
    await page.getByText('No application matches.').waitFor();
    await page.goto(`${server.origin}/myapps?q=payroll.woodgrove`);
    assert.deepEqual(await names(), ['Payroll']);
    await follow('My security info');
    await heading('My security info');
    await follow('Sign out');
    await heading('You are signed out');
  });

  const myAppsOf = async (username: string, secret = password): Promise<string> => {
    const sitting = new Sitting(server);
    await sitting.goTo('/myapps');
    await sitting.withPassword(username, secret);
    return sitting.page!.body;
  };
  test('samples are on My Apps in the demo tenant alone, and the admin center for those who hold a role', async () => {
    assert.match(await myAppsOf('ana@woodgrove.test', nextPassword), /Admin center/i);
    const ben = await myAppsOf('ben@woodgrove.test');
    assert.match(ben, /Hello, Ben[\s\S]*Sample application/);
    assert.doesNotMatch(ben, /Admin center/i);
    const file = join(server.folder, 'password.txt');
    for (const words of [
      ['tenant', 'add', 'fabrikam.test', '--name', 'Fabrikam'],
      ['user', 'add', 'eve@fabrikam.test', '--tenant', 'fabrikam.test', '--name', 'Eve', '--password-file', file],
    ])
      assert.equal((await server.cardea(...words)).code, 0);
    const eve = await myAppsOf('eve@fabrikam.test');
    assert.match(eve, /<bdi>Fabrikam<\/bdi>[\s\S]*Hello, Eve/);
    assert.doesNotMatch(eve, /Sample application|Single-page application/);
  });

  test('where there are several tenants, the first page is of none of them', async () => {
    const body = (await new Sitting(server).goTo('/myapps')).body;
    assert.match(body, /<title>Sign in · Cardea<\/title>/);
    assert.doesNotMatch(body, /Woodgrove|Fabrikam/);
  });

  test('no page broke its own Content-Security-Policy, and no script failed', () => assert.deepEqual(complaints, []));
});
