import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { AdminCenter, skip } from './harness.ts';

describe('what an administrator has begun in the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    const words = ['Timesheet', '--public', '--redirect-uri', 'https://timesheet.woodgrove.test/'];
    assert.equal((await admin.server.cardea('app', 'add', ...words)).err, '');
    await admin.signIn('ana@woodgrove.test', '/app-registrations');
    await admin.heading('App registrations');
  });
  after(() => admin?.close());
  const main = () => admin.page.getByRole('main');
  const dialog = (name: string | RegExp) => admin.page.getByRole('dialog', { name });
  const question = () => admin.page.getByRole('alertdialog', { name: 'Discard unsaved edits?' });
  const tab = (name: string) => main().getByRole('tab', { name, exact: true });
  const answer = (name: string) => question().getByRole('button', { name }).click();

  interface Draft {
    /** Opens what is edited. */
    readonly open: () => Promise<unknown>;
    readonly field: () => Locator;
    /** What loses the edits. */
    readonly leave: () => Promise<unknown>;
    /** What is seen when they were given up. */
    readonly end: () => Locator;
  }
  const openFirst = async (list: string, heading: string, name: string) => {
    await admin.go(`${list}?search=${name}`, heading);
    await main().getByRole('link', { name }).first().click();
    await admin.heading(new RegExp(name));
  };
  const registrationTab = (title: string, field: string, other: string): Draft => ({
    open: async () => {
      await openFirst('/app-registrations', 'App registrations', 'Timesheet');
      await tab(title).click();
    },
    field: () => main().getByLabel(field),
    leave: () => tab(other).click(),
    end: () => main().locator('[role=tab][aria-selected=true]', { hasText: other }),
  });
  const drafts: Readonly<Record<string, Draft>> = {
    'the properties of an app registration, by a tab': registrationTab('Branding & properties', 'Name', 'Owners'),
    'the redirect URIs of an app registration, by a tab': registrationTab('Authentication', 'Web redirect', 'Overview'),
    'the properties of a user, by a tab': {
      open: async () => {
        await openFirst('/users', 'Users', 'Cleo');
        await admin.press('Edit properties');
      },
      field: () => main().getByLabel('Department'),
      leave: () => tab('Groups').click(),
      end: () => main().locator('[role=tab][aria-selected=true]', { hasText: 'Groups' }),
    },
    'a certificate user ID that was typed and not added, by a tab': {
      open: async () => {
        await openFirst('/users', 'Users', 'Gus');
        await tab('Certificate user IDs').click();
      },
      field: () => main().getByRole('textbox', { name: 'Principal name' }),
      leave: () => tab('Groups').click(),
      end: () => main().locator('[role=tab][aria-selected=true]', { hasText: 'Groups' }),
    },
    'the properties of a group, by the navigation': {
      open: () => openFirst('/groups', 'Groups', 'Card'),
      field: () => main().getByLabel('Group description'),
      leave: () => admin.page.getByRole('link', { name: 'Devices', exact: true }).click(),
      end: () => admin.page.getByRole('heading', { level: 1, name: 'Devices' }),
    },
    'the name of the tenant, by a link in the page': {
      open: () => admin.go('/tenant', 'Properties'),
      field: () => main().getByLabel('Technical contact'),
      leave: () => admin.page.getByRole('link', { name: 'Overview', exact: true }).click(),
      end: () => admin.page.getByRole('heading', { level: 1, name: 'Overview' }),
    },
    'a new named location, by Escape': {
      open: () => admin.go('/conditional-access?tab=locations&item=new', 'Conditional Access'),
      field: () => admin.page.getByRole('dialog').getByLabel('Name'),
      leave: () => admin.page.getByRole('dialog').getByLabel('Name').press('Escape'),
      end: () => main().getByRole('button', { name: 'IP ranges location' }),
    },
    'a rule of the certificate method, by Escape': {
      open: async () => {
        await admin.go('/authentication-methods/certificate?tab=configure', 'Certificate-based authentication');
        await admin.press('Add rule');
        await admin.tick(dialog(/binding policy rule/).getByRole('checkbox', { name: 'Policy OID' }));
      },
      field: () => dialog(/binding policy rule/).getByRole('textbox', { name: 'Policy OID' }),
      leave: () =>
        dialog(/binding policy rule/)
          .getByRole('textbox', { name: 'Policy OID' })
          .press('Escape'),
      end: () => main().getByRole('button', { name: 'Add rule' }),
    },
    'a new user, by the cross of the panel': {
      open: () => admin.go('/users?panel=new', 'Users'),
      field: () => admin.page.getByRole('dialog').getByLabel('Display name'),
      leave: () => admin.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click(),
      end: () => main().getByRole('button', { name: 'New user' }),
    },
  };

  for (const [name, { open, field, leave, end }] of Object.entries(drafts))
    test(`edits are not lost without a question: ${name}`, async () => {
      await open();
      await field().fill('Begun');
      await leave();
      await answer('Keep editing');
      await question().waitFor({ state: 'detached' });
      assert.equal(await field().inputValue(), 'Begun');
      await leave();
      await answer('Discard');
      await end().waitFor();
      await question().waitFor({ state: 'detached' });
    });

  test('what was chosen and not typed is not lost without a question either', async () => {
    await openFirst('/groups', 'Groups', 'Card');
    await tab('Members').click();
    await admin.press('Add members');
    const panel = dialog('Add members');
    await panel.getByLabel('Search users').focus();
    await panel
      .getByRole('button', { name: /^Add .*@/ })
      .first()
      .click();
    await panel.getByRole('list', { name: /selected$/ }).waitFor();
    await panel.getByRole('button', { name: 'Close' }).click();
    await answer('Keep editing');
    await question().waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Close' }).click();
    await answer('Discard');
    await panel.waitFor({ state: 'detached' });
  });

  test('tabs that edit one draft ask nothing, nor does a saved or canceled edit', async () => {
    await admin.go('/authentication-methods/certificate', 'Certificate-based authentication');
    await tab('Configure').click();
    await main().locator('.checkbox, .switch').first().click();
    await tab('Enable and Target').click();
    await main().getByRole('button', { name: 'Discard' }).waitFor();
    assert.equal(await question().count(), 0);
    await admin.press('Discard');
    await openFirst('/groups', 'Groups', 'Card');
    await main().getByLabel('Group description').fill('People with a card');
    await admin.press('Save');
    await admin.page.getByLabel('Notifications').getByText('Group saved').waitFor();
    await tab('Members').click();
    await tab('Owners').click();
    await main().getByText('No owners').waitFor();
    assert.equal(await question().count(), 0);
  });

  test('a series that stops says what is done and what is not, and continues from there', async () => {
    const { page, server } = admin;
    assert.equal((await server.cardea('group', 'create', 'Night shift')).err, '');
    await openFirst('/groups', 'Groups', 'Night shift');
    await tab('Members').click();
    await admin.press('Add members');
    const panel = dialog('Add members');
    for (const name of ['Ben Okafor', 'Cleo Martin', 'Gus Moreau']) {
      await panel.getByLabel('Search users').fill(name);
      await panel.getByRole('button', { name: `Add ${name}` }).click();
    }
    // Another administrator has added one of them meanwhile.
    const member = ['member', 'add', 'Night shift', 'cleo@woodgrove.test'] as const;
    assert.equal((await server.cardea('group', ...member)).err, '');
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
    await panel.getByText('1 of 3 were done.').waitFor();
    await panel.getByText('Done: Ben Okafor.', { exact: true }).waitFor();
    await panel.getByText('Not done: Cleo Martin, Gus Moreau.').waitFor();
    await admin.settle();
    assert.deepEqual(await admin.look('series-stopped'), []);
    assert.equal((await server.cardea('group', 'member', 'remove', 'Night shift', 'cleo@woodgrove.test')).err, '');
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
    await panel.waitFor({ state: 'detached' });
    for (const name of ['Ben Okafor', 'Cleo Martin', 'Gus Moreau']) await main().getByRole('row', { name }).waitFor();
    await page.getByLabel('Notifications').getByText('Members added').waitFor();
  });

  test('no script fails, and the content security policy blocks nothing', () => {
    assert.deepEqual(admin.complaints, []);
  });
});
