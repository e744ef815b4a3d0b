import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing, openPages } from '../e2e/chromium.ts';
import { apply, policyOf } from '../e2e/second-factor/conditional-access.ts';
import { RunningServer } from '../e2e/server.ts';
import { authorizePath } from './authorize-path.ts';
import { pngOf } from './picture.ts';

const skip = chromiumMissing() ?? false;

describe('with scripts switched off in Chromium, in German', { skip }, () => {
  let server: RunningServer;
  let browser: Awaited<ReturnType<typeof openPages>>;
  let page: Page;
  before(async () => {
    server = await RunningServer.start();
    const card = join(server.folder, 'demo', 'cards', 'ana.p12');
    const settings = { javaScriptEnabled: false, locale: 'de-DE' };
    browser = await openPages(server, card, settings);
    page = await browser.context.newPage();
  });
  after(async () => {
    await browser.close();
    await server.remove();
  });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const follow = (name: string) => page.getByRole('link', { name }).click();
  /** Waits for the page of this heading, all of it. */
  const heading = async (name: string) => {
    await page.getByRole('heading', { name }).waitFor();
    await page.waitForLoadState();
  };
  const cookies = async () => (await browser.context.cookies()).filter(({ domain }) => domain === 'localhost');
  const authorize = (more: Record<string, string> = {}) => page.goto(server.origin + authorizePath(server, more));

  test('a whole sign-in with a card, from the first page to the application', async () => {
    await page.goto(`${server.origin}/myapps`);
    await heading('Anmelden');
    await page.getByLabel('Benutzername').fill('ana@woodgrove.test');
    await press('Weiter');
    await follow('Zertifikat oder Smartcard verwenden');
    await heading('Guten Tag, Ana Ruiz');
    assert.equal(await page.locator('#strength').textContent(), 'Mehrere Faktoren');
  });

  test('the browser’s own language reaches the page of the certauth host; the details are a field to copy manually', async () => {
    await authorize({ prompt: 'login', login_hint: 'ben@woodgrove.test' });
    await follow('Zertifikat oder Smartcard verwenden');
    await heading('Die Anmeldung ist leider nicht gelungen');
    assert.match((await page.getByRole('alert').textContent())!, /^Dieses Zertifikat gehört nicht zu diesem Konto\./);
    await page.getByText('Weitere Einzelheiten').click();
    assert.match((await page.locator('#details').textContent())!, /AADSTS50034/);
    assert.equal(await page.getByRole('button', { name: 'Kopieren' }).count(), 0, 'no button that would do nothing');
  });

  test('the application’s wish for a language goes before the browser’s, on both hosts', async () => {
    await authorize({ prompt: 'login', login_hint: 'ben@woodgrove.test', ui_locales: 'cs' });
    await heading('Zadejte heslo');
    await follow('Použít certifikát nebo čipovou kartu');
    await heading('Přihlášení se nezdařilo');
    assert.match(new URL(page.url()).hostname, /certauth\.localhost$/);
  });

  test('an account is picked, another forgotten, and the one that is signed in continues without being asked again', async () => {
    await page.goto(`${server.origin}/myapps/switch`);
    await heading('Konto auswählen');
    await press('ana@woodgrove.test vergessen');
    await page.getByRole('button', { name: 'ana@woodgrove.test vergessen' }).waitFor({ state: 'detached' });
    await authorize({ prompt: 'select_account' });
    await page.getByRole('button', { name: 'ana@woodgrove.test Angemeldet' }).click();
    await page.waitForURL(/\/sample/);
  });

  test('a user who cancels returns to the application, which receives the error', async () => {
    await authorize({ prompt: 'select_account' });
    await follow('Anderes Konto verwenden');
    await press('Abbrechen');
    await page.waitForURL(/\/sample/);
  });

  test('who stays signed in has a session that outlives the browser; who does not, has none', async () => {
    await server.cardea('tenant', 'brand', '--stay-signed-in', 'ask');
    for (const [answer, outlives] of [
      ['Ja', true],
      ['Nein', false],
    ] as const) {
      await authorize({ prompt: 'login', login_hint: 'ana@woodgrove.test' }); // MRU-1: straight to the certificate
      await heading('Angemeldet bleiben?');
      await press(answer);
      await page.waitForURL(/\/sample/);
      const session = (await cookies()).find(({ name }) => name.startsWith('__Host-cardea-session-'));
      assert.equal((session?.expires ?? 0) > 0, outlives, answer);
    }
  });

  test('where policy says whether a session outlives the browser, the user is not asked', async () => {
    const never = policyOf('Shared devices', {
      grantControls: null,
      sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } },
    });
    await apply(server, { conditionalAccessPolicies: [never] });
    await authorize({ prompt: 'login', login_hint: 'ana@woodgrove.test' });
    await page.waitForURL(/\/sample/);
    const session = (await cookies()).find(({ name }) => name.startsWith('__Host-cardea-session-'));
    assert.ok(session && session.expires <= 0);
    await apply(server, { conditionalAccessPolicies: [] });
  });

  test('MRU-1, MRU-2, SPA-2: habit decides what is asked first, or the system where the tenant wants that', async () => {
    await server.cardea('tenant', 'brand', '--stay-signed-in', 'never');
    const file = join(server.folder, 'password.txt');
    writeFileSync(file, 'Richtig pferd batterie klammer\n');
    await server.cardea('user', 'set', 'ana@woodgrove.test', '--password-file', file);
    const again = () => authorize({ prompt: 'login', login_hint: 'ana@woodgrove.test' });
    await again();
    await page.waitForURL(/\/sample/); // the certificate was the last one, and is asked for at once
    await authorize({ prompt: 'select_account' });
    await follow('Anderes Konto verwenden');
    await page.getByLabel('Benutzername').fill('ana@woodgrove.test');
    await browser.context.route('**/certauth/**', (route) => route.fulfill({ status: 204 }));
    await press('Weiter');
    await follow('Andere Anmeldearten');
    await browser.context.unroute('**/certauth/**');
    await follow('Kennwort verwenden');
    await page.getByLabel('Kennwort').fill('Richtig pferd batterie klammer');
    await press('Anmelden');
    await page.waitForURL(/\/sample/);
    await again();
    await heading('Kennwort eingeben');
    assert.equal((await server.cardea('policy', 'prefer', 'default')).code, 0);
    await again();
    await page.waitForURL(/\/sample/);
    await server.cardea('policy', 'prefer', 'enabled');
  });

  test('signing out of one application signs out of all of them here, and the next page asks who one is', async () => {
    await page.goto(`${server.origin}/sample`);
    await page.getByText('Angemeldet als').waitFor();
    await page.goto(`${server.origin}/myapps`);
    await heading('Guten Tag, Ana Ruiz');
    await follow('Abmelden');
    await heading('Sie sind abgemeldet');
    const left = (await cookies()).map(({ name }) => name);
    assert.deepEqual(
      left.filter((name) => /session|-app-/.test(name)),
      [],
    );
    await page.goto(`${server.origin}/sample`);
    await page.getByLabel('Benutzername').waitFor();
  });

  test('a tenant’s logo is served as a picture and nothing else', async () => {
    const logo = join(server.folder, 'logo.png');
    writeFileSync(logo, pngOf(245, 36));
    assert.equal((await server.cardea('tenant', 'brand', '--logo', logo, '--accent', '#0b5cad')).code, 0);
    await authorize({ prompt: 'login', login_hint: 'ben@woodgrove.test' });
    const source = await page.locator('.brand img').getAttribute('src');
    const colours = await page.locator('link[rel=stylesheet]').last().getAttribute('href');
    for (const [path, type] of [
      [source, 'image/png'],
      [colours, 'text/css; charset=utf-8'],
    ] as const) {
      const answer = (await page.goto(`${server.origin}${path}`))!;
      const headers = await answer.allHeaders();
      assert.deepEqual(
        [
          answer.status(),
          headers['content-type'],
          headers['x-content-type-options'],
          headers['content-security-policy'],
        ],
        [200, type, 'nosniff', "default-src 'none'; sandbox"],
      );
    }
    for (const path of ['/branding/00000000-0000-4000-8000-000000000000/logo', '/branding/..%2f/logo']) {
      assert.equal((await page.goto(`${server.origin}${path}`))?.status(), 404);
    }
  });
});
