import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../until.ts';
import { AdminCenter, skip } from './harness.ts';

describe('manners of the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    await admin.signIn('ana@woodgrove.test', '/users?search=cleo');
    await admin.heading('Users');
  });
  after(() => admin?.close());
  const main = () => admin.page.getByRole('main');

  test('a deep link led through the sign-in to its page, without an error of a script or of the content security policy', async () => {
    await admin.page.getByRole('row', { name: 'Cleo Martin' }).waitFor();
    assert.equal(await admin.page.getByRole('row').count(), 2);
    assert.deepEqual(await admin.look('users-search'), []);
    assert.deepEqual(admin.complaints, []);
  });

  test('two administrators edit one user at once: the second one reads who changed it, and overwrites nothing', async (t) => {
    assert.equal((await admin.server.cardea('role', 'add', 'User Administrator', 'ben@woodgrove.test')).err, '');
    const secondAdmin = await AdminCenter.open('ben', admin.server);
    t.after(() => secondAdmin.close());
    await secondAdmin.signIn('ben@woodgrove.test', '/users?search=cleo');
    await admin.go('/users?search=cleo', 'Users');
    for (const { page } of [admin, secondAdmin]) {
      await page.getByRole('link', { name: 'Cleo Martin' }).click();
      await page.getByRole('button', { name: 'Edit properties' }).click();
    }
    await main().getByLabel('Department').fill('Sales');
    await secondAdmin.page.getByLabel('Department').fill('Research');
    await admin.press('Save');
    await main().getByText('Sales').waitFor();
    await secondAdmin.press('Save');
    const alert = secondAdmin.page.getByRole('main').getByRole('alert');
    await alert.getByText('This was changed in the meantime.').waitFor();
    assert.match((await alert.textContent()) ?? '', /ana@woodgrove\.test changed it/);
    await secondAdmin.press('Load the current state');
    await secondAdmin.page.locator('input[value="Sales"]').waitFor();
    await alert.waitFor({ state: 'detached' });
    assert.deepEqual(secondAdmin.complaints, []);
  });

  test('an edit outlives a read that brings a change of another administrator, and is refused when it is saved', async () => {
    await admin.go('/users?search=gus', 'Users');
    await main().getByRole('link', { name: 'Gus Moreau' }).click();
    await admin.press('Edit properties');
    await main().getByLabel('Department').fill('Sales');
    const { err } = await admin.server.cardea(
      'user',
      'set',
      'gus@woodgrove.test',
      '--on-premises-upn',
      'gus@corp.test',
    );
    assert.equal(err, '');
    // What the page changes itself is followed by a read of the user.
    await admin.press('Revoke sessions');
    const read = admin.page.waitForResponse((answer) => /\/users\/[^/]+\?/.test(answer.url()));
    await admin.page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await (await read).finished();
    await admin.page.getByLabel('Notifications').getByText('Sessions revoked').first().waitFor();
    assert.equal(await main().getByLabel('Department').inputValue(), 'Sales');
    await admin.press('Save');
    await main().getByText('This was changed in the meantime.').waitFor();
    await admin.press('Load the current state');
    await main().locator('input[value="gus@corp.test"]').waitFor();
    assert.equal(await main().getByLabel('Department').inputValue(), '');
  });

  test('everything in a list is reached by the keyboard', async () => {
    await admin.open('/users', 'Users');
    await admin.page.getByLabel('Search users').focus();
    await admin.page.keyboard.type('gus');
    await main().getByRole('row', { name: 'Gus Moreau' }).waitFor();
    await main().getByText('1 of 1 shown').waitFor();
    const inGrid = () => admin.page.evaluate("document.activeElement.closest('[role=grid]') !== null");
    for (let step = 0; step < 8 && !(await inGrid()); step++) await admin.page.keyboard.press('Tab');
    await admin.page.keyboard.press('ArrowDown');
    for (let step = 0; step < 6; step++) {
      if ((await admin.page.evaluate('document.activeElement.textContent')) === 'Gus Moreau') break;
      await admin.page.keyboard.press('ArrowRight');
    }
    await admin.page.keyboard.press('Enter');
    await admin.heading('Gus Moreau');
  });

  test('a theme is chosen and stays', async () => {
    await admin.page.getByRole('button', { name: /^Account/ }).click();
    assert.deepEqual(await admin.look('account-menu'), []);
    await admin.page.getByText('Dark', { exact: true }).click();
    assert.equal(await admin.page.evaluate('document.documentElement.dataset.theme'), 'dark');
    await admin.page.reload();
    await admin.heading('Gus Moreau');
    assert.equal(await admin.page.evaluate('document.documentElement.dataset.theme'), 'dark');
    await admin.page.evaluate("localStorage.removeItem('cardea-theme')");
  });

  test('on a phone the selected tab is in sight, and a new notice takes the place of the one before', async () => {
    const { page } = admin;
    await page.context().grantPermissions(['clipboard-write'], { origin: admin.server.origin });
    await page.setViewportSize({ width: 360, height: 800 });
    await admin.go('/users?search=gus', 'Users');
    await main().getByRole('link', { name: 'Gus Moreau' }).click();
    await admin.heading('Gus Moreau');
    const path = new URL(page.url()).pathname.replace('/admin', '');
    await admin.open(`${path}?tab=roles`, 'Gus Moreau');
    const tab = page.getByRole('tab', { name: 'Assigned roles' });
    await tab.waitFor();
    await until('the selected tab in sight', async () => {
      const box = await tab.boundingBox();
      return box !== null && box.x >= 0 && box.x + box.width <= 360;
    });
    await admin.press('View JSON');
    const copy = page.getByRole('dialog').getByRole('button', { name: 'Copy JSON' });
    for (let count = 0; count < 3; count++) {
      await copy.click();
      await page.getByLabel('Notifications').getByText('Copied').last().waitFor();
      assert.ok((await page.locator('.toast').count()) <= 1);
    }
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('an unknown address and an object that is gone are pages of their own', async () => {
    await admin.page.goto(`${admin.server.origin}/admin/nothing-here`);
    await admin.page.getByText('There is no such page').waitFor();
    await admin.page.goto(`${admin.server.origin}/admin/users/${crypto.randomUUID()}`);
    await admin.page.getByText('This object no longer exists').waitFor();
    await admin.page.getByText('Correlation ID').waitFor();
    assert.deepEqual(await admin.look('not-there'), []);
  });

  test('without a network the page says so, keeps what it shows, and continues when the network is back', async () => {
    await admin.open('/users', 'Users');
    await main().getByRole('row', { name: 'Ana Ruiz' }).waitFor();
    await admin.page.context().setOffline(true);
    await main().getByText('You are offline.').waitFor();
    await admin.press('Refresh');
    await main().getByText('The server cannot be reached. Check the network connection.').waitFor();
    assert.equal(await main().getByRole('row', { name: 'Ana Ruiz' }).count(), 1);
    assert.deepEqual(await admin.look('offline'), []);
    await admin.page.context().setOffline(false);
    await admin.press('Refresh');
    await main()
      .getByText('The server cannot be reached. Check the network connection.')
      .waitFor({ state: 'detached' });
  });

  test('a server that stops and comes back is distinguished from a refusal', async () => {
    await admin.server.stop();
    await admin.page.getByRole('link', { name: 'Groups', exact: true }).click();
    await main().getByRole('alert').getByText('You are offline').waitFor();
    await admin.server.run();
    await admin.press('Try again');
    await main().getByRole('row', { name: 'Card pilot' }).waitFor();
  });

  test('503 is repeated twice, then explained with what to do', async () => {
    let count = 0;
    await admin.page.route('**/v1.0/devices*', (route) => {
      count += 1;
      return route.fulfill({
        status: 503,
        headers: { 'retry-after': '0', 'request-id': 'some-request' },
        json: { error: { code: 'serviceNotAvailable', message: 'The service is not available.' } },
      });
    });
    await admin.page.getByRole('link', { name: 'Devices', exact: true }).click();
    await main().getByRole('alert').getByText('The service is not available', { exact: true }).waitFor();
    await main().getByText('some-request').waitFor();
    assert.equal(count, 3);
    assert.deepEqual(await admin.look('unavailable'), []);
    await admin.page.unroute('**/v1.0/devices*');
    await admin.press('Try again');
    await main().getByText('No device is registered yet').waitFor();
  });

  test('nothing is blocked by the content security policy, and no script failed', () =>
    assert.deepEqual(
      admin.complaints.filter((text) => !/net::ERR_|status of 503/.test(text)),
      [],
    ));

  test('a user signs out, and in again', async () => {
    await admin.page.getByRole('button', { name: /^Account/ }).click();
    await admin.press('Sign out');
    await admin.page.getByText('You are signed out').waitFor();
    assert.deepEqual(await admin.look('signed-out'), []);
    await admin.press('Sign in');
    await admin.page.getByLabel('User name').waitFor();
  });
});
