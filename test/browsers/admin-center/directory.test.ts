import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator, Route } from 'playwright-core';
import { AdminCenter, skip } from './harness.ts';

describe('groups, devices, roles, domains and rollouts in the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    await admin.signIn('ana@woodgrove.test', '/');
    await admin.heading('Overview');
  });
  after(() => admin?.close());
  const main = () => admin.page.getByRole('main');
  const dialog = (name: string | RegExp) =>
    admin.page.getByRole('dialog', { name }).or(admin.page.getByRole('alertdialog', { name }));
  const notice = (text: string) => admin.page.getByLabel('Notifications').getByText(text).first().waitFor();

  for (const [title, heading = title] of [
    ['Groups'],
    ['Devices'],
    ['Roles and administrators'],
    ['Domain names'],
    ['Staged rollout'],
  ] as const)
    test(`${title} is reached by the navigation`, async () => {
      await admin.page.getByRole('link', { name: title, exact: true }).click();
      await admin.heading(heading);
      await admin.settle();
      assert.deepEqual(await admin.look(title.toLowerCase().replaceAll(' ', '-')), []);
    });

  test('roles are in the order of their names', async () => {
    await admin.go('/roles', 'Roles and administrators');
    await main()
      .getByRole('row', { name: /Global Administrator/ })
      .waitFor();
    const names = await main().getByRole('row').getByRole('link').allTextContents();
    assert.deepEqual(names, names.toSorted());
    assert.ok(names.length > 5);
  });

  test('the row under the mouse has enough contrast in both themes', async () => {
    await admin.go('/groups', 'Groups');
    const link = main().getByRole('row').getByRole('link').first();
    for (const colorScheme of ['dark', 'light'] as const) {
      await admin.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await link.hover();
      assert.deepEqual(await admin.problems(), [], colorScheme);
      await link.locator('xpath=ancestor::*[@role="row"][1]').hover({ position: { x: 2, y: 2 } });
      assert.deepEqual(await admin.problems(), [], colorScheme);
    }
  });

  test('a group is created, gets a member by search, and loses the member', async () => {
    await admin.go('/groups', 'Groups');
    await admin.press('New group');
    await dialog('New group').getByLabel('Group name').fill('Card holders');
    await dialog('New group').getByRole('button', { name: 'Create' }).click();
    await admin.heading('Card holders');
    await admin.page.getByRole('tab', { name: 'Members', exact: true }).click();
    await admin.press('Add members');
    await dialog('Add members').getByLabel('Search users').fill('ben');
    await dialog('Add members').getByRole('button', { name: 'Add Ben Okafor' }).click();
    assert.deepEqual(await admin.look('group-add-members'), []);
    await dialog('Add members').getByRole('button', { name: 'Add', exact: true }).click();
    await main().getByRole('row', { name: 'Ben Okafor' }).waitFor();
    assert.deepEqual(await admin.look('group-members'), []);
    await admin.press('Remove Ben Okafor');
    await dialog('Remove Ben Okafor').getByRole('button', { name: 'Remove' }).click();
    await notice('Ben Okafor removed');
  });

  test('a group is a member of a group, and each of them says so', async () => {
    await admin.press('Add members');
    const panel = dialog('Add members');
    await admin.tick(panel.getByRole('radio', { name: 'Groups' }));
    await panel.getByLabel('Search groups').fill('Card pilot');
    await panel.getByRole('button', { name: 'Add Card pilot' }).click();
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
    await main().getByRole('link', { name: 'Card pilot' }).click();
    await admin.heading('Card pilot');
    await admin.page.getByRole('tab', { name: 'Group memberships' }).click();
    await main().getByRole('link', { name: 'Card holders' }).click();
    await admin.heading('Card holders');
  });

  test('a group is deleted, found among the deleted ones, and restored', async () => {
    await admin.press('Delete');
    await dialog('Delete group').getByLabel('Type "Card holders" to confirm').fill('Card holders');
    await dialog('Delete group').getByRole('button', { name: 'Delete' }).click();
    await admin.heading('Groups');
    await admin.press('Deleted groups');
    await admin.heading('Deleted groups');
    await admin.tick(main().getByRole('row', { name: 'Card holders' }).getByRole('checkbox'));
    assert.deepEqual(await admin.look('groups-deleted'), []);
    await admin.press('Restore');
    await dialog('Restore group').getByRole('button', { name: 'Restore' }).click();
    await main().getByText('No group was deleted').waitFor();
  });

  test('a role is assigned, and taken away', async () => {
    await admin.go('/roles?search=reports', 'Roles and administrators');
    await main().getByRole('link', { name: 'Reports Reader' }).click();
    await admin.heading('Reports Reader');
    await admin.press('Add assignments');
    const panel = dialog('Add assignments');
    await panel.getByLabel('Search users').fill('cleo');
    await panel.getByRole('button', { name: 'Add Cleo Martin' }).click();
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
    await main().getByRole('row', { name: 'Cleo Martin' }).waitFor();
    assert.deepEqual(await admin.look('role'), []);
    await admin.press('Remove the assignment of Cleo Martin');
    await dialog('Remove the assignment').getByRole('button', { name: 'Remove' }).click();
    await notice('Cleo Martin is no longer Reports Reader');
  });

  test('what is pressed while the answer to a search arrives stays under the pointer, in a list and in a picker', async () => {
    await admin.go('/users', 'Users');
    const link = main().getByRole('link', { name: 'Cleo Martin' });
    await pressDuringSearch(main().getByLabel('Search users'), 'cleo@woodgrove.test', link);
    await admin.heading('Cleo Martin');
    await admin.go('/groups', 'Groups');
    await main().getByRole('link', { name: 'Card pilot' }).click();
    await admin.page.getByRole('tab', { name: 'Members', exact: true }).click();
    await admin.press('Add members');
    const panel = dialog('Add members');
    await panel.getByLabel('Search users').focus();
    // The order is that of ids: the second user moves up when it is the only one.
    const label = await panel.locator('.offers button').nth(1).getAttribute('aria-label');
    const [, name, username] = /^Add (.+) (\S+)$/.exec(label!)!;
    await pressDuringSearch(panel.getByLabel('Search users'), username!, panel.getByRole('button', { name: label! }));
    await panel.getByRole('button', { name: `Remove ${name}` }).waitFor();
    await panel.locator('.offers:empty').waitFor({ state: 'attached' });
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.waitFor({ state: 'detached' });
  });

  /** Searches for a user name, and presses the row of it in the list before: the answer arrives while the mouse button is down. */
  async function pressDuringSearch(field: Locator, username: string, row: Locator): Promise<void> {
    const { page } = admin;
    await row.waitFor();
    const isSearch = (url: URL) => url.pathname === '/v1.0/users' && url.search.includes(encodeURIComponent(username));
    const route = new Promise<Route>((resolve) => void page.route(isSearch, resolve, { times: 1 }));
    await field.fill(username);
    const request = await route;
    await row.hover();
    await page.mouse.down();
    await request.continue();
    await admin.settle();
    await page.mouse.up();
  }

  test('a domain is added, with the record that proves it', async () => {
    await admin.go('/domains', 'Domain names');
    await admin.press('Add custom domain');
    await dialog('Add custom domain').getByLabel('Custom domain name').fill('fjord.example');
    await dialog('Add custom domain').getByRole('button', { name: 'Add domain' }).click();
    await admin.heading('fjord.example');
    await main().getByText('TXT').waitFor();
    assert.deepEqual(await admin.look('domain-unverified'), []);
    await admin.go('/domains/woodgrove.test', 'woodgrove.test');
    await main().getByText('The domain is managed').waitFor();
    assert.deepEqual(await admin.look('domain'), []);
  });

  test('a staged rollout is created with a group', async () => {
    await admin.go('/staged-rollout?panel=new', 'Staged rollout');
    await dialog('New rollout').getByLabel('Name').fill('Pilot');
    await dialog('New rollout').getByRole('button', { name: 'Create' }).click();
    await admin.heading('Pilot');
    await admin.press('Add groups');
    await dialog('Add groups').getByLabel('Search groups').fill('Card');
    await dialog('Add groups').getByRole('button', { name: 'Add Card holders' }).click();
    await dialog('Add groups').getByRole('button', { name: 'Add', exact: true }).click();
    await main().getByRole('row', { name: 'Card holders' }).waitFor();
    await admin.press('Switch on');
    await dialog('Switch on').getByRole('button', { name: 'Switch on' }).click();
    await notice('Switched on');
    assert.deepEqual(await admin.look('rollout'), []);
  });

  test('directory synchronization shows each domain, and plans a run', async () => {
    await admin.go('/synchronization', 'Directory synchronization');
    await main().getByText('No directory is synchronized').waitFor();
    const domain = {
      domain: 'corp.woodgrove.test',
      server: 'ldaps://127.0.0.1:1',
      account: 'a',
      passwordVariable: 'CARDEA_SYNC_PASSWORD',
    };
    const file = join(admin.server.folder, 'sync.json');
    writeFileSync(file, JSON.stringify({ domains: [domain] }));
    assert.equal((await admin.server.cardea('sync', 'ad', 'configure', file)).err, '');
    await admin.press('Refresh');
    await main().getByRole('heading', { name: 'corp.woodgrove.test' }).waitFor();
    assert.deepEqual(await admin.look('synchronization'), []);
    await main().getByRole('tab', { name: 'Provisioning errors' }).click();
    await main().getByText('No object has a provisioning error').waitFor();
    await main().getByRole('tab', { name: 'Plan' }).click();
    await admin.press('Plan the next run');
    await main().getByText('A run would fail.').waitFor();
    assert.deepEqual(await admin.look('synchronization-plan'), []);
  });

  test('nothing is blocked by the content security policy, and no script fails', () => {
    assert.deepEqual(admin.complaints, []);
  });
});
