import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { png } from '../../graph/things/pictures.ts';
import { AdminCenter, skip } from './harness.ts';

describe('users in the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    await admin.signIn('ana@woodgrove.test', '/users');
    await admin.heading('Users');
  });
  after(() => admin?.close());
  const { main, dialog } = {
    main: () => admin.page.getByRole('main'),
    dialog: (name: string | RegExp) =>
      admin.page.getByRole('dialog', { name }).or(admin.page.getByRole('alertdialog', { name })),
  };
  const notice = (text: string | RegExp) => admin.page.getByLabel('Notifications').getByText(text).first().waitFor();
  const tab = (name: string) => admin.page.getByRole('tab', { name }).click();

  test('a user is created, and found by search', async () => {
    assert.deepEqual(await admin.look('users'), []);
    await admin.press('New user');
    const panel = dialog('New user');
    await panel.getByLabel('User principal name').fill('hana');
    await panel.getByLabel('Display name').fill('Hana Sato');
    assert.deepEqual(await admin.look('users-new'), []);
    await panel.getByRole('button', { name: 'Create' }).click();
    await admin.heading('Hana Sato');
    await notice('Hana Sato created');
    assert.deepEqual(await admin.look('user'), []);
  });

  test('properties are edited; a change in between is reported, and nothing is overwritten', async () => {
    await admin.press('Edit properties');
    await main().getByLabel('Job title').fill('Engineer');
    const { code } = await admin.server.cardea('user', 'set', 'hana@woodgrove.test', '--name', 'Hana S.');
    assert.equal(code, 0);
    await admin.press('Save');
    await main().getByText('This was changed in the meantime.').waitFor();
    assert.deepEqual(await admin.look('user-changed-meanwhile'), []);
    await admin.press('Load the current state');
    await main().locator('input[value="Hana S."]').waitFor();
    await main().getByLabel('Job title').fill('Engineer');
    await admin.press('Save');
    await notice('Properties saved');
    await main().getByText('Engineer').waitFor();
  });

  test('a photo is put in, seen and removed', async () => {
    const photo = join(admin.server.folder, 'photo.png');
    writeFileSync(photo, png(96, 96));
    await main().locator('input[type=file]').setInputFiles(photo);
    await main().getByRole('img', { name: 'Hana S.' }).waitFor();
    assert.deepEqual(await admin.look('user-photo'), []);
    await admin.press('Remove photo');
    await main().getByText('There is no photo.').waitFor();
  });

  test('certificate user IDs are put together by their form, with the request beside', async () => {
    await tab('Certificate user IDs');
    await main().getByRole('textbox', { name: 'Principal name' }).fill('hana@woodgrove.local');
    await admin.press('Add');
    await main().getByText('"X509:<PN>hana@woodgrove.local"').waitFor();
    assert.deepEqual(await admin.look('user-certificates'), []);
    await admin.press('Save');
    await notice('Certificate user IDs saved');
  });

  test('a Temporary Access Pass is shown once', async () => {
    await tab('Authentication methods');
    await admin.press('Add Temporary Access Pass');
    const panel = dialog('Temporary Access Pass');
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
    await panel.getByText('The pass was issued.').waitFor();
    assert.deepEqual(await admin.look('user-pass'), []);
    await panel.getByRole('button', { name: 'Close' }).last().click();
    await main().getByRole('row', { name: 'Temporary Access Pass' }).waitFor();
    assert.deepEqual(await admin.look('user-methods'), []);
  });

  test('a password is reset to a temporary one, which is shown once', async () => {
    await admin.press('Reset password');
    const panel = dialog('Reset password');
    await panel.getByRole('button', { name: 'Reset password', exact: true }).click();
    await panel.getByText('The password was reset.').waitFor();
    await panel.getByRole('button', { name: 'Close' }).last().click();
  });

  for (const [name, id] of [
    ['Sign-in logs', 'sign-ins'],
    ['Sessions', 'sessions'],
    ['Devices', 'devices'],
    ['Groups', 'groups'],
    ['Assigned roles', 'roles'],
  ] as const)
    test(`the tab ${name} has its own address`, async () => {
      await tab(name);
      await main().getByRole('heading', { level: 2, name }).waitFor();
      assert.equal(new URL(admin.page.url()).searchParams.get('tab'), id);
      assert.deepEqual(await admin.look(`user-${id}`), []);
    });

  test('an account is disabled, which can be undone', async () => {
    await admin.press('Disable account');
    await dialog('Disable account').getByRole('button', { name: 'Disable' }).click();
    await main().getByText('Account disabled').waitFor();
    await admin.page.getByRole('button', { name: 'Undo' }).last().click();
    await main().getByText('Account enabled').waitFor();
  });

  test('the JSON is what Graph answers', async () => {
    await admin.press('View JSON');
    await dialog('As Microsoft Graph returns it').getByText('"userPrincipalName": "hana@woodgrove.test"').waitFor();
    assert.deepEqual(await admin.look('user-json'), []);
    await admin.press('Close');
  });

  test('a user is deleted and restored', async () => {
    await admin.press('Delete');
    await dialog('Delete user').getByRole('button', { name: 'Delete' }).click();
    await admin.heading('Users');
    await main().getByRole('link', { name: 'Deleted users' }).click();
    await admin.heading('Deleted users');
    await admin.tick(main().getByRole('row', { name: 'Hana S.' }).getByRole('checkbox'));
    assert.deepEqual(await admin.look('users-deleted'), []);
    await admin.press('Restore');
    await dialog('Restore user').getByRole('button', { name: 'Restore' }).click();
    await main().getByText('No user was deleted').waitFor();
    await admin.go('/users?search=hana', 'Users');
    await main().getByRole('row', { name: 'Hana S.' }).waitFor();
  });

  test('certificates of past sign-ins offer values of high affinity; the session of the administrator is listed', async () => {
    await admin.go('/users?search=ana', 'Users');
    await main().getByRole('link', { name: 'Ana Ruiz' }).click();
    await tab('Certificate user IDs');
    const offer = main().getByRole('button', { name: /^X509:<SKI>/ });
    const value = ((await offer.first().textContent()) ?? '').trim();
    await offer.first().click();
    await main().getByText(`"${value}"`).waitFor();
    assert.deepEqual(await admin.look('user-seen-certificates'), []);
    await admin.press('Cancel');
    await tab('Sessions');
    await main()
      .getByRole('grid', { name: 'Sessions' })
      .getByText(/Admin center/)
      .first()
      .waitFor();
    assert.deepEqual(await admin.look('user-sessions-own'), []);
  });

  test('whose sign-ins would have a different result is shown before users are deleted, as one', async () => {
    const { server, page } = admin;
    await server.signIn('ben@woodgrove.test', server.card('ben'));
    await admin.go('/users', 'Users');
    for (const name of ['Ben Okafor', 'Cleo Martin'])
      await admin.tick(main().getByRole('row', { name }).getByRole('checkbox'));
    await page.getByRole('main').getByRole('button', { name: 'Delete', exact: true }).click();
    const ask = dialog('Delete 2 users');
    await ask.getByText('1 would have a different result.').waitFor();
    await ask.getByRole('rowheader', { name: 'ben@woodgrove.test' }).waitFor();
    assert.deepEqual(await admin.look('users-delete-effect'), []);
    await ask.getByRole('button', { name: 'Cancel' }).click();
  });

  test('a form shows them when it is sent, and sends the change when it is sent again', async () => {
    await main().getByRole('link', { name: 'Ben Okafor' }).click();
    await admin.heading('Ben Okafor');
    await admin.press('Edit properties');
    for (const name of ['User principal name', 'On-premises user principal name'])
      await main().getByLabel(name, { exact: true }).fill('benedict@woodgrove.test');
    await admin.press('Save');
    await main().getByText('1 would have a different result.').waitFor();
    assert.deepEqual(await admin.look('user-properties-effect'), []);
    assert.match((await admin.server.cardea('user', 'list')).out, /ben@woodgrove\.test/, 'nothing is sent yet');
    await admin.press('Save');
    await notice('Properties saved');
    await main().getByText('benedict@woodgrove.test').first().waitFor();
  });

  test('the last Global Administrator cannot be disabled, and the page says who would be locked out', async () => {
    await admin.go('/users?search=ana', 'Users');
    await main().getByRole('link', { name: 'Ana Ruiz' }).click();
    await admin.heading('Ana Ruiz');
    await admin.press('Disable account');
    const ask = dialog('Disable account');
    await ask.getByRole('button', { name: 'Disable' }).click();
    await ask.getByRole('alert').waitFor();
    assert.deepEqual(await admin.look('user-guard'), []);
    await admin.press('Cancel');
  });

  test('nothing is blocked by the content security policy, and no script fails', () => {
    assert.deepEqual(admin.complaints, []);
  });
});
