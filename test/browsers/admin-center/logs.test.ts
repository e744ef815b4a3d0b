import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AdminCenter, skip } from './harness.ts';

describe('logs and reports of the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    const { server } = admin;
    await server.signIn('ben@woodgrove.test', server.card('ben'));
    await server.signIn('ben@woodgrove.test', server.card('ana'));
    await server.signIn('unknown@woodgrove.test', server.card('ana'));
    await admin.signIn('ana@woodgrove.test', '/sign-in-logs');
  });
  after(() => admin?.close());

  const row = (text: string | RegExp) => admin.page.getByRole('row').filter({ hasText: text }).first();
  const choose = async (label: string, option: string) => {
    await admin.page.getByRole('button', { name: label }).click();
    await admin.page.getByRole('option', { name: option, exact: true }).click();
  };

  test('the sign-in log lists entries with a chart, in both themes and on a phone', async () => {
    await admin.heading('Sign-in logs');
    await row(/Ben/).waitFor();
    await admin.page.getByRole('toolbar', { name: 'Sign-ins over time' }).waitFor();
    assert.deepEqual(await admin.look('sign-in-logs'), []);
  });

  test('search, status and kind narrow the list, and the address keeps them', async () => {
    const { page } = admin;
    await page.getByRole('searchbox', { name: 'Search sign-ins' }).fill('unknown@');
    await page.waitForURL(/search=unknown/);
    await row(/unknown@woodgrove/).waitFor();
    await page.getByRole('row').nth(4).waitFor({ state: 'detached' });
    await admin.open('/sign-in-logs?status=success', 'Sign-in logs');
    await row(/Success/).waitFor();
    assert.equal(await page.getByRole('row').filter({ hasText: 'Failure' }).count(), 0);
    await choose('Status', 'Failure');
    await row(/50034/).waitFor();
    assert.match(page.url(), /status=failure/);
    await page.getByRole('tab', { name: 'Service principal sign-ins' }).click();
    await page.getByText('No sign-in matches').waitFor();
  });

  test('an entry has Entra’s tabs; its trace is a timeline, and it is tried again', async () => {
    const { page } = admin;
    await admin.go('/sign-in-logs?search=ben%40woodgrove.test&status=failure', 'Sign-in logs');
    await row(/50034/).getByRole('button').first().click();
    const panel = page.getByRole('dialog', { name: 'Activity details: sign-ins' });
    await panel.getByText('Basic info').waitFor();
    assert.match(page.url(), /entry=/);
    await panel.getByRole('tab', { name: 'Troubleshooting' }).click();
    await panel.getByRole('heading', { name: 'Username binding: Refused' }).waitFor();
    const advice = panel.getByText('Choose the certificate of this user, or add a value of this certificate');
    assert.equal(await advice.locator('code').textContent(), 'cardea user bind');
    await panel.getByRole('heading', { name: 'Conditional Access: Not reached' }).waitFor();
    assert.deepEqual(await admin.look('sign-in-trace'), []);
    await panel.getByRole('button', { name: 'Try again now' }).click();
    await panel.getByText('The result would be the same.').waitFor();
    for (const [tab, text] of [
      ['Location', 'IP address'],
      ['Device info', 'User agent'],
      ['Authentication details', 'X.509 Certificate'],
      ['Additional details', 'User certificate subject name'],
    ] as const) {
      await panel.getByRole('tab', { name: tab }).click();
      await panel.getByText(text).first().waitFor();
    }
  });

  test('columns are chosen, and the browser remembers them', async () => {
    const { page } = admin;
    await admin.go('/sign-in-logs', 'Sign-in logs');
    const title = page.getByRole('columnheader', { name: 'Correlation ID' });
    await row(/Ben/).waitFor();
    assert.equal(await title.count(), 0);
    await admin.press('Columns');
    await admin.tick(page.getByRole('checkbox', { name: 'Correlation ID' }));
    await page.keyboard.press('Escape');
    await title.waitFor();
    await page.reload();
    await title.waitFor();
  });

  test('entries are downloaded as CSV and JSON, and a cell is never a formula', async () => {
    const { page } = admin;
    await admin.server.signIn('=cmd@woodgrove.test', admin.server.card('ana'));
    await admin.go('/sign-in-logs?search=%3Dcmd', 'Sign-in logs');
    await row(/=cmd/).waitFor();
    for (const format of ['CSV', 'JSON']) {
      const waiting = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download' }).click();
      await page.getByRole('menuitem', { name: `Download ${format}` }).click();
      const download = await waiting;
      assert.match(download.suggestedFilename(), new RegExp(`^sign-ins-.*\\.${format.toLowerCase()}$`));
      const text = await readFile(await download.path(), 'utf8');
      if (format === 'CSV') assert.match(text, /,'=cmd@woodgrove\.test,/);
      else assert.equal(JSON.parse(text)[0].userPrincipalName, '=cmd@woodgrove.test');
    }
  });

  test('a time interval is entered, and the address keeps it', async () => {
    const { page } = admin;
    await admin.go('/sign-in-logs', 'Sign-in logs');
    await row(/Ben/).waitFor();
    await choose('Date', 'Custom time interval');
    await page.getByLabel('Start').fill('2001-02-03T04:05');
    await page.getByLabel('End').fill('2001-02-05T04:05');
    await page.getByText('No sign-in matches').waitFor();
    assert.match(page.url(), /range=custom.*from=2001-02.*to=2001-02/);
    const day = 86_400_000;
    const [from, to] = [-1, 1].map((days) => new Date(Date.now() + days * day).toISOString());
    await admin.open(`/sign-in-logs?range=custom&from=${from}&to=${to}`, 'Sign-in logs');
    await row(/Ben/).waitFor();
    await page.getByRole('toolbar', { name: 'Sign-ins over time' }).waitFor();
  });

  test('a new sign-in appears by itself while the list is live', async () => {
    const { page, server } = admin;
    await admin.go('/sign-in-logs?user=eve%40woodgrove.test', 'Sign-in logs');
    await page.getByText('No sign-in matches').waitFor();
    await page.locator('.switch', { hasText: 'Live' }).click();
    await server.signIn('eve@woodgrove.test', server.card('ben'));
    await row(/Eve/).waitFor();
  });

  test('the audit log has changes with their old and new values', async () => {
    const { page, server } = admin;
    assert.equal((await server.cardea('role', 'add', 'Reports Reader', 'ben@woodgrove.test')).err, '');
    await admin.go('/audit-logs', 'Audit logs');
    await row(/Add member to role/).waitFor();
    assert.deepEqual(await admin.look('audit-logs'), []);
    await row(/Add member to role/)
      .getByRole('button')
      .first()
      .click();
    const panel = page.getByRole('dialog', { name: 'Audit log details' });
    await panel.getByText('RoleManagement').waitFor();
    await panel.getByRole('link', { name: /^[0-9a-f-]{36}$/ }).click();
    await page.getByText('1 shown').waitFor();
    await row(/Add member to role/)
      .getByRole('button')
      .first()
      .click();
    await panel.getByRole('tab', { name: 'Modified properties' }).click();
    await panel.getByRole('columnheader', { name: 'New value' }).or(panel.getByText('No property is listed')).waitFor();
    await page.keyboard.press('Escape');
    await choose('Status', 'Failure');
    await page
      .getByText('No activity matches')
      .or(row(/Failure/))
      .first()
      .waitFor();
  });

  test('a Reports Reader sees entries and steps, and neither tries again nor approves', async (t) => {
    const reader = await AdminCenter.open('ben', admin.server);
    t.after(() => reader.close());
    await reader.signIn('ben@woodgrove.test', '/sign-in-logs');
    const { page } = reader;
    await page.getByRole('row').filter({ hasText: 'Ben' }).first().getByRole('button').first().click();
    await page.getByRole('tab', { name: 'Troubleshooting' }).click();
    await page
      .getByRole('heading', { name: /Certificate: / })
      .first()
      .waitFor();
    assert.equal(await page.getByRole('button', { name: 'Try again now' }).count(), 0);
    await reader.go('/assurance?tab=bindings', 'Assurance report');
    await page.getByText('Read-only.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0);
  });

  test('the assurance report counts sign-ins by strength, CA and binding', async () => {
    await admin.go('/assurance', 'Assurance report');
    await admin.page.getByRole('rowheader', { name: 'Multifactor' }).waitFor();
    assert.deepEqual(await admin.look('assurance'), []);
    await choose('Group by', 'Username binding');
    await admin.page.getByRole('rowheader', { name: 'PrincipalName' }).waitFor();
  });

  test('low-affinity bindings are upgraded together, singly, and taken back', async () => {
    const { page, server } = admin;
    await server.signIn('cleo@woodgrove.test', server.card('cleo'));
    await admin.go('/assurance?tab=bindings', 'Assurance report');
    await row(/Ben/).waitFor();
    await row(/Cleo/).waitFor();
    assert.deepEqual(await admin.look('low-affinity'), []);
    await admin.press('Select all');
    await admin.press('Approve 3');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('3 users were changed').waitFor();
    await page.getByText('No user is bound by low affinity').waitFor();
    await admin.press('Undo');
    await row(/Cleo/).waitFor();
    await row(/Ben/).locator('.checkbox').click();
    await admin.press('Approve 1');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('1 user was changed').waitFor();
    await row(/Ben/).waitFor({ state: 'detached' });
    await admin.press('Undo');
    await row(/Ben/).waitFor();
  });

  test('values of a blocked certificate are stale, and removed with a preview', async () => {
    const { page, server } = admin;
    await row(/Ben/).locator('.checkbox').click();
    await admin.press('Approve 1');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Approve' }).click();
    await row(/Ben/).waitFor({ state: 'detached' });
    await server.cardea('block', 'add', join(server.folder, 'demo', 'cards', 'ben.p12'));
    await admin.go('/assurance?tab=stale', 'Assurance report');
    await row(/Ben.*blocked/).waitFor();
    assert.deepEqual(await admin.look('stale-values'), []);
    await admin.press('Select all');
    await admin.press('Remove from 1');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('No user has a stale value').waitFor();
  });

  test('registered methods, and the overview with the sign-ins of a day', async () => {
    await admin.go('/assurance?tab=registration', 'Assurance report');
    await row(/Ana Ruiz/).waitFor();
    assert.deepEqual(await admin.look('registration'), []);
    await admin.go('/', 'Overview');
    await row(/AADSTS50034.*eve@woodgrove\.test/).waitFor();
    // A sign-in that waits for its certificate has not failed.
    assert.equal(await admin.page.getByRole('link', { name: 'AADSTS50058' }).count(), 0);
    assert.deepEqual(await admin.look('overview'), []);
  });

  test('no script fails, and the content security policy blocks nothing', () => {
    assert.deepEqual(admin.complaints, []);
  });
});
