import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import { png } from '../../graph/things/pictures.ts';
import { AdminCenter, skip } from './harness.ts';

describe('applications, properties and company branding in the admin center', { skip }, () => {
  let admin: AdminCenter;
  let folder: string;
  before(async () => {
    admin = await AdminCenter.open('ana');
    folder = mkdtempSync(join(tmpdir(), 'cardea-pages-'));
    await admin.signIn('ana@woodgrove.test', '/app-registrations');
    await admin.heading('App registrations');
  });
  after(async () => {
    await admin?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const dialog = () => admin.page.getByRole('dialog');
  const tab = (name: string) => admin.page.getByRole('tab', { name, exact: true }).click();

  test('an application is registered, gets a secret that is shown once, an owner and a redirect URI', async () => {
    const { page } = admin;
    assert.deepEqual(await admin.look('app-registrations'), []);
    await admin.press('New registration');
    await dialog().getByLabel('Name').fill('Payroll');
    await dialog().getByLabel('Redirect URIs').fill('https://payroll.woodgrove.test/callback');
    await dialog().getByRole('button', { name: 'Register' }).click();
    await admin.heading('Payroll');
    await tab('Certificates & secrets');
    await admin.press('New client secret');
    await dialog().getByLabel('Description').fill('Server');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('It is not shown again.').waitFor();
    await page.getByRole('row', { name: /Server/ }).waitFor();
    assert.deepEqual(await admin.look('app-secrets'), []);
    await tab('Authentication');
    await page.getByLabel('Web redirect URIs').fill('https://payroll.woodgrove.test/in');
    await admin.press('Save');
    await page.getByText('Saved the redirect URIs').waitFor();
    await tab('Owners');
    await admin.press('Add owners');
    await dialog().getByRole('searchbox').fill('ben');
    await dialog()
      .getByRole('button', { name: /^Add Ben/ })
      .click();
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('link', { name: /^Ben/ }).waitFor();
    assert.deepEqual(await admin.look('app-owners'), []);
  });

  test('an application exposes a scope, asks for one of its own, and gets optional claims', async () => {
    const { page } = admin;
    await tab('Expose an API');
    await admin.press('Add a scope');
    await dialog().getByLabel('Scope name').fill('Salaries.Read');
    await dialog().getByLabel('Admin consent display name').fill('Read salaries');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Salaries\.Read/ }).waitFor();
    assert.deepEqual(await admin.look('app-scopes'), []);
    await tab('API permissions');
    await admin.press('Add a permission');
    const choose = async (label: string, name: string) => {
      await dialog().getByRole('button', { name: label }).click();
      await page.getByRole('option', { name }).click();
    };
    await dialog().getByRole('searchbox', { name: 'Search applications' }).fill('Payroll');
    await dialog()
      .getByRole('button', { name: /^Add Payroll/ })
      .click();
    await choose('Permission', 'Salaries.Read');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('row', { name: /Payroll Salaries\.Read Delegated/ }).waitFor();
    assert.deepEqual(await admin.look('app-permissions'), []);
    await tab('Token configuration');
    const idToken = page.getByRole('group', { name: 'ID token' });
    await admin.tick(idToken.getByLabel('cardea_certificate'));
    await admin.press('Save');
    await page.getByText('Saved the optional claims').waitFor();
    assert.deepEqual(await admin.look('app-claims'), []);
    await page.reload();
    assert.ok(await idToken.getByLabel('cardea_certificate').isChecked());
  });

  test('an enterprise application is assigned to a user', async () => {
    const { page } = admin;
    await admin.go('/enterprise-applications?search=Payroll', 'Enterprise applications');
    await page.getByRole('link', { name: 'Payroll' }).click();
    await admin.heading('Payroll');
    await tab('Users and groups');
    await admin.press('Add user/group');
    const users = dialog().getByRole('group', { name: 'Users' });
    await users.getByRole('searchbox').fill('cleo');
    await users.getByRole('button', { name: /^Add Cleo/ }).click();
    await dialog().getByRole('button', { name: 'Assign' }).click();
    await page.getByRole('row', { name: /Cleo/ }).waitFor();
    assert.deepEqual(await admin.look('app-assignments'), []);
    await tab('Permissions');
    await page.getByText('No application permission was granted').waitFor();
    await admin.go('/users?search=cleo', 'Users');
    await page.getByRole('link', { name: 'Cleo Martin' }).click();
    await tab('Applications');
    await page
      .getByRole('row')
      .filter({ hasText: /Payroll.*Directly/ })
      .waitFor();
    assert.deepEqual(await admin.look('user-applications'), []);
  });

  test('the branding is seen before it is saved, by language, with pictures', async () => {
    const { page } = admin;
    await admin.go('/branding', 'Company branding');
    await page.getByLabel('Sign-in page text').fill('Call 555 for help.');
    await page.locator('.preview').getByText('Call 555 for help.').waitFor();
    await admin.press('Save');
    await page.getByText('Saved the branding').waitFor();
    const logo = join(folder, 'logo.png');
    writeFileSync(logo, png(200, 40));
    const chooser = page.waitForEvent('filechooser');
    await page
      .getByRole('group', { name: /Banner logo/ })
      .or(page.locator('.branding-picture').first())
      .first()
      .getByRole('button', { name: 'Browse' })
      .click();
    await (await chooser).setFiles(logo);
    await page.getByAltText('Current picture: Banner logo').waitFor();
    assert.deepEqual(await admin.look('branding'), []);
    await admin.press('Add browser language');
    await dialog().getByLabel('Language tag').fill('fr-FR');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Remove language' }).waitFor();
  });

  test('the properties of the tenant are saved', async () => {
    const { page } = admin;
    await admin.go('/tenant', 'Properties');
    await page.getByLabel('Technical contact').fill('it@woodgrove.test');
    await admin.press('Save');
    await page.getByText('Saved the properties of the tenant').waitFor();
    assert.deepEqual(await admin.look('properties'), []);
  });

  const forms = [
    { name: 'the properties of the tenant', path: '/tenant', fields: ['Technical contact', 'Global privacy contact'] },
    { name: 'company branding', path: '/branding', fields: ['Name on the pages', 'Username hint text'] },
    {
      name: 'an app registration',
      path: '/app-registrations?search=Payroll',
      row: 'Payroll',
      tab: 'Branding & properties',
      fields: ['Name', 'Home page URL'],
      values: ['Payroll of Woodgrove', 'https://payroll.woodgrove.test/'],
    },
    {
      name: 'a group',
      path: '/groups?search=Card pilot',
      row: 'Card pilot',
      fields: ['Group name', 'Group description'],
      values: ['Card pilot', 'Users who try cards'],
      first: 'Card pilots',
    },
  ];
  for (const {
    name,
    path,
    row,
    tab: tabName,
    fields,
    values = ['a@woodgrove.test', 'b@woodgrove.test'],
    first,
  } of forms)
    test(`an edit of ${name} stays when it is made while the state that was saved is read again`, async () => {
      const { page } = admin;
      await page.goto(`${admin.server.origin}/admin${path}`);
      if (row) await page.getByRole('link', { name: row, exact: true }).click();
      if (tabName) await tab(tabName);
      const [one, two] = fields.map((label) => page.getByRole('main').getByLabel(label, { exact: true }));
      await one!.fill(first ?? values[0]!);
      const read = heldReads(page);
      await read.hold(async () => {
        const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
        await admin.press('Save');
        assert.equal((await saved).ok(), true);
        await read.begun;
        await two!.fill(values[1]!);
      });
      const second = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
      await admin.press('Save');
      assert.equal((await second).ok(), true);
      await page.getByRole('button', { name: 'Save', exact: true }).and(page.locator(':disabled')).waitFor();
      await page.reload();
      if (tabName) await tab(tabName);
      await page
        .getByRole('main')
        .locator(`[value="${first ?? values[0]}"]`)
        .waitFor();
      assert.equal(await two!.inputValue(), values[1]);
    });

  test('an edit stays when the state that is shown cannot be read again, and the page says so', async () => {
    const { page } = admin;
    await admin.go('/tenant', 'Properties');
    await page.getByLabel('Privacy statement URL').fill('https://woodgrove.test/privacy');
    await page.route('**/v1.0/organization/*', (route) =>
      route.request().method() === 'GET'
        ? route.fulfill({ status: 400, json: { error: { code: 'badRequest', message: 'Not now.' } } })
        : route.continue(),
    );
    await admin.press('Save');
    const alert = page.getByRole('main').getByRole('alert');
    await alert.getByText('This may be out of date.').waitFor();
    assert.equal(await page.getByLabel('Privacy statement URL').inputValue(), 'https://woodgrove.test/privacy');
    await page.unrouteAll({ behavior: 'wait' });
    await admin.press('Read it again');
    await alert.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Privacy statement URL').inputValue(), 'https://woodgrove.test/privacy');
    assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled(), true);
  });

  test('nothing is blocked by the content security policy, and no script fails', () => {
    assert.deepEqual(admin.complaints, []);
  });
});

/** Holds every read of Graph that begins while `work` runs until it has ended. */
function heldReads(page: Page) {
  const begun = Promise.withResolvers<void>();
  const hold = async (work: () => Promise<void>) => {
    const gate = Promise.withResolvers<void>();
    const answer = async (route: Route) => {
      if (route.request().method() === 'GET') {
        begun.resolve();
        await gate.promise;
      }
      // The page has given up some of them.
      await route.continue().catch(() => undefined);
    };
    await page.route('**/v1.0/**', answer);
    await work();
    gate.resolve();
    await page.unroute('**/v1.0/**', answer);
  };
  return { begun: begun.promise, hold };
}
