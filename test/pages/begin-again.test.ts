import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing, openPages } from '../e2e/chromium.ts';
import { RunningServer } from '../e2e/server.ts';
import { authorizePath } from './authorize-path.ts';

const skip = chromiumMissing() ?? false;

/** The first page of a sign-in is at the address of the application's request, as with Entra. */
describe('the page at the authorization endpoint, in Chromium', { skip }, () => {
  let server: RunningServer;
  let browser: Awaited<ReturnType<typeof openPages>>;
  before(async () => {
    server = await RunningServer.start();
    browser = await openPages(server, join(server.folder, 'demo', 'cards', 'ana.p12'), { locale: 'en-US' });
  });
  after(async () => {
    await browser.close();
    await server.remove();
  });

  const endpoint = /\/woodgrove\.test\/oauth2\/v2\.0\/authorize\?/;
  const authorize = async (more: Record<string, string> = {}): Promise<Page> => {
    const page = await browser.context.newPage();
    await page.goto(server.origin + authorizePath(server, { prompt: 'login', ...more }));
    return page;
  };
  const heading = async (page: Page, name: string) => {
    await page.getByRole('heading', { name }).waitFor();
    await page.waitForLoadState();
  };
  const typeName = async (page: Page) => {
    await page.getByLabel('User name').fill('ana@woodgrove.test');
    await page.getByRole('button', { name: 'Next' }).click();
  };
  /** From the user name to the application. Habit may ask for the certificate at once (MRU-1). */
  const signIn = async (page: Page) => {
    await typeName(page);
    const link = page.getByRole('link', { name: 'Use a certificate or smart card' });
    const isThere = page.waitForURL(/\/sample/).then(() => true);
    if (!(await Promise.race([isThere, link.waitFor().then(() => false)]))) await link.click();
    await isThere;
  };

  test('loaded again, and gone back to, begins a sign-in that ends at the application', async () => {
    const page = await authorize();
    await heading(page, 'Sign in');
    assert.match(page.url(), endpoint);
    await page.reload();
    await heading(page, 'Sign in');
    await typeName(page);
    await heading(page, 'Enter password');
    assert.match(new URL(page.url()).pathname, /^\/login\/[\w-]+$/);
    await page.reload();
    await heading(page, 'Enter password');
    await page.goBack();
    await heading(page, 'Sign in');
    assert.match(page.url(), endpoint);
    await page.goForward();
    await heading(page, 'Enter password');
    await page.goBack();
    await heading(page, 'Sign in');
    await signIn(page);
    await page.close();
  });

  test('in two tabs is two sign-ins, and each ends at the application', async () => {
    const tabs = [await authorize(), await authorize()];
    for (const page of tabs) await heading(page, 'Sign in');
    for (const page of tabs) await signIn(page);
    for (const page of tabs) await page.close();
  });

  test('with a user name in the request is the page after it, or the answer of the application', async () => {
    const page = await authorize({ login_hint: 'ben@woodgrove.test' });
    await heading(page, 'Enter password');
    assert.match(page.url(), endpoint);
    await page.close();
    const ana = await authorize({ login_hint: 'ana@woodgrove.test' });
    await ana.waitForURL(/\/sample/);
    await ana.close();
  });
});
