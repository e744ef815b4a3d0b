import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { AdminCenter, skip } from './harness.ts';

describe('Conditional Access in the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    await admin.server.cardea('role', 'add', 'Security Reader', 'ben@woodgrove.test');
    await admin.signIn('ana@woodgrove.test', '/conditional-access');
    await admin.heading('Conditional Access');
  });
  after(() => admin?.close());

  const tab = async (name: string) => {
    await admin.go('/conditional-access', 'Conditional Access');
    await admin.page.getByRole('tab', { name, exact: true }).click();
  };
  const panel = () => admin.page.getByRole('dialog');
  const pick = async (legend: string, search: string, name: string) => {
    const group = admin.page.getByRole('group', { name: legend });
    await group.getByRole('searchbox').fill(search);
    await group
      .getByRole('button', { name: `Add ${name}` })
      .first()
      .click();
  };

  test('a named location is created, and no country is offered', async () => {
    const { page } = admin;
    await tab('Named locations');
    await page.getByText('Countries are not supported').waitFor();
    await admin.press('IP ranges location');
    await panel().getByLabel('Name').fill('Office');
    await admin.tick(panel().getByLabel('Mark as trusted location'));
    await panel().getByRole('textbox', { name: 'IP ranges' }).fill('192.0.2.0/24\n2001:db8::/32');
    await panel().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('row', { name: /Office/ }).waitFor();
    await page.reload();
    await page.getByRole('row', { name: /Office/ }).waitFor();
    assert.deepEqual(await admin.look('named-locations'), []);
  });

  test('an authentication context gets the first free id', async () => {
    await tab('Authentication contexts');
    await admin.press('New authentication context');
    await panel().getByLabel('Name').fill('Payments');
    await panel().getByRole('button', { name: 'Create' }).click();
    await admin.page.getByRole('row', { name: /Payments/ }).waitFor();
  });

  test('an authentication strength with issuers is created', async () => {
    await tab('Authentication strengths');
    await admin.press('New authentication strength');
    await panel().getByLabel('Name').fill('Our cards');
    await admin.tick(panel().getByLabel('Certificate-based authentication (multifactor)'));
    await panel()
      .getByRole('button', { name: /policy OID of the sign-ins/ })
      .click();
    await admin.page.getByRole('option', { name: '1.2.3.4' }).filter({ hasText: 'sign-in' }).click();
    assert.equal(await panel().getByLabel('Certificate policy OIDs').inputValue(), '1.2.3.4');
    assert.deepEqual(await admin.look('strength'), []);
    await panel().getByRole('button', { name: 'Create' }).click();
    await admin.page.getByRole('row', { name: /Our cards/ }).waitFor();
  });

  test('a policy is created with a dry run before it, edited, deleted and restored', async () => {
    const { page } = admin;
    await tab('Policies');
    await admin.press('New policy');
    await admin.heading('New policy');
    await page.getByLabel('Name', { exact: true }).fill('Cards for all');
    await page.getByRole('radiogroup', { name: 'Include' }).first().getByText('All users').click();
    await page.getByText('All resources (formerly').click();
    await page.getByText('Require multifactor authentication').click();
    await admin.press('Preview effect on sign-ins');
    await page
      .getByText(/would have a different result\./)
      .first()
      .waitFor();
    assert.deepEqual(await admin.look('new-policy'), []);
    await admin.press('Create');
    await admin.heading('Conditional Access');
    await page.getByRole('link', { name: 'Cards for all' }).click();
    await admin.heading('Cards for all');
    await page.getByText('Sign-in frequency').click();
    await admin.press('Save');
    await admin.heading('Conditional Access');
    await admin.tick(page.getByRole('row', { name: /Cards for all/ }).getByRole('checkbox'));
    await admin.press('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await tab('Deleted');
    await admin.tick(page.getByRole('row', { name: /Cards for all/ }).getByRole('checkbox'));
    await page.getByRole('button', { name: 'Restore', exact: true }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Restored Cards for all').waitFor();
    await tab('Policies');
    await page.getByRole('link', { name: 'Cards for all' }).waitFor();
    assert.deepEqual(await admin.look('policies'), []);
  });

  /** What is reviewed of the change in a form: the name of each setting, its value now and after the change. */
  const reviewIn = async (form: Locator) => {
    await form.getByText(/changed values?$/).click();
    const table = form.getByRole('table', { name: 'Changed values' });
    await table.waitFor();
    await admin.settle();
    const rows = await table.locator('tbody tr').all();
    return Promise.all(
      rows.map(async (row) => (await row.locator('th, td').allInnerTexts()).map((text) => text.replaceAll('\n', ', '))),
    );
  };

  test('what is reviewed before a policy is saved has the names of the form and no ids', async () => {
    const { page } = admin;
    await tab('Policies');
    await page.getByRole('link', { name: 'Cards for all' }).click();
    await admin.heading('Cards for all');
    await pick('Excluded users', 'ben', 'Ben');
    await pick('Excluded groups', 'Card', 'Card');
    await pick('Excluded resources', 'My Apps', 'My Apps');
    await page.getByText('Excluded directory roles').click();
    await admin.tick(page.getByLabel('Security Reader').last());
    await page.getByText('Locations: any').click();
    await admin.tick(page.getByLabel('Office').last());
    await page.getByRole('button', { name: /Require authentication strength/ }).click();
    await page.getByRole('option', { name: 'Our cards' }).click();
    await page.getByText('The policy is not evaluated.').click();
    assert.deepEqual(await reviewIn(page.locator('form')), [
      ['Enable policy', 'Report-only', 'Off'],
      ['Excluded users', '—', 'Ben Okafor'],
      ['Excluded groups', '—', 'Card pilot'],
      ['Excluded directory roles', '—', 'Security Reader'],
      ['Excluded resources', '—', 'My Apps'],
      ['Included locations', '—', 'All'],
      ['Excluded locations', '—', 'Office'],
      ['Grant controls', 'Require multifactor authentication', '—'],
      ['Require authentication strength', '—', 'Our cards'],
    ]);
    assert.deepEqual(await admin.look('policy-review'), []);
    await admin.press('Cancel');
  });

  test('what is reviewed before a strength is saved has the names of methods and of certificate authorities', async () => {
    await tab('Authentication strengths');
    await admin.page.getByRole('button', { name: 'Our cards' }).click();
    await admin.tick(panel().getByLabel('Password + Software OATH token'));
    await panel().getByRole('button', { name: 'Allow a certificate issuer' }).click();
    await admin.page.getByRole('option', { name: /Woodgrove Issuing CA 1/ }).click();
    const method = 'Certificate-based authentication (multifactor)';
    assert.deepEqual(await reviewIn(panel()), [
      ['Authentication methods', method, `${method}, Password + Software OATH token`],
      ['Certificate issuers', '—', 'DC=test,DC=woodgrove,CN=Woodgrove Issuing CA 1'],
    ]);
    await panel().getByRole('button', { name: 'Cancel' }).click();
  });

  test('What If names the policies that apply', async () => {
    const { page } = admin;
    await tab('What If');
    await pick('User', 'ben', 'Ben');
    await pick('Cloud app', 'My Apps', 'My Apps');
    await page.getByRole('button', { name: 'What If' }).click();
    await page.getByText('1 of 1 policies would apply.').waitFor();
    assert.deepEqual(await admin.look('what-if'), []);
  });

  test('a reader sees it and changes nothing; nothing is blocked and no script fails', async () => {
    const reader = await AdminCenter.open('ben', admin.server);
    try {
      await reader.signIn('ben@woodgrove.test', '/conditional-access');
      await reader.heading('Conditional Access');
      await reader.page.getByRole('link', { name: 'Cards for all' }).click();
      await reader.heading('Cards for all');
      assert.equal(await reader.page.getByRole('button', { name: 'Save' }).isDisabled(), true);
      assert.deepEqual(reader.complaints, []);
    } finally {
      await reader.close();
    }
    assert.deepEqual(admin.complaints, []);
  });
});
