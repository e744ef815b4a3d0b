import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AdminCenter, skip } from './harness.ts';

/** What every member reads. */
const everyMember = ['Overview', 'Users', 'Groups', 'Devices', 'Domain names'];

/** A role, what it brings to the navigation beyond what every member has, and whether it may create users. */
const cases: readonly {
  role: string | undefined;
  brings: readonly string[];
  lacks: readonly string[];
  mayAddUsers: boolean;
}[] = [
  {
    role: undefined,
    brings: [],
    lacks: ['Roles and administrators', 'Staged rollout', 'Sign-in logs'],
    mayAddUsers: false,
  },
  { role: 'Global Reader', brings: ['Roles and administrators', 'Staged rollout'], lacks: [], mayAddUsers: false },
  {
    role: 'User Administrator',
    brings: ['Roles and administrators'],
    lacks: ['Staged rollout', 'Audit logs'],
    mayAddUsers: true,
  },
  { role: 'Helpdesk Administrator', brings: ['Roles and administrators'], lacks: ['Sign-in logs'], mayAddUsers: false },
  { role: 'Reports Reader', brings: [], lacks: ['Roles and administrators', 'Conditional Access'], mayAddUsers: false },
  { role: 'Security Reader', brings: ['Roles and administrators'], lacks: ['Staged rollout'], mayAddUsers: false },
  {
    role: 'Hybrid Identity Administrator',
    brings: ['Staged rollout'],
    lacks: ['Conditional Access'],
    mayAddUsers: false,
  },
  {
    role: 'Conditional Access Administrator',
    brings: ['Roles and administrators'],
    lacks: ['Audit logs'],
    mayAddUsers: false,
  },
  {
    role: 'Authentication Policy Administrator',
    brings: ['Roles and administrators'],
    lacks: ['Sign-in logs'],
    mayAddUsers: false,
  },
  {
    role: 'Privileged Role Administrator',
    brings: ['Roles and administrators'],
    lacks: ['Sign-in logs'],
    mayAddUsers: false,
  },
];

describe('a role sees what it may see, and every page it sees opens', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ben');
    await admin.signIn('ben@woodgrove.test');
    await admin.heading('Overview');
  });
  after(() => admin?.close());

  for (const { role, brings, lacks, mayAddUsers } of cases)
    test(role ?? 'no role', async () => {
      const change = (verb: string) => admin.server.cardea('role', verb, role!, 'ben@woodgrove.test');
      if (role !== undefined) assert.equal((await change('add')).err, '');
      await admin.open('/', 'Overview');
      const links = admin.page.getByRole('navigation', { name: 'Admin center' }).getByRole('link');
      const titles = (await links.allTextContents()).map((text) => text.trim());
      for (const title of [...everyMember, ...brings]) assert.ok(titles.includes(title), `${title} is missing`);
      for (const title of lacks) assert.ok(!titles.includes(title), `${title} is there`);
      for (const title of titles) {
        await links.filter({ hasText: title }).first().click();
        await admin.settle();
        const text = (await admin.page.getByRole('main').textContent()) ?? '';
        assert.doesNotMatch(text, /You do not have access|Something went wrong|refused the request/, title);
        if (title === 'Users')
          assert.equal(await admin.page.getByRole('button', { name: 'New user' }).isEnabled(), mayAddUsers);
      }
      await links.filter({ hasText: 'Users' }).first().click();
      await admin.page.getByRole('link', { name: 'Cleo Martin' }).click();
      await admin.heading('Cleo Martin');
      if (role !== undefined) assert.equal((await change('remove')).err, '');
    });

  test('an address that the role may not see says which roles may', async () => {
    await admin.page.goto(`${admin.server.origin}/admin/staged-rollout`);
    await admin.page.getByText('You do not have access to this page').waitFor();
    await admin.page.getByText(/Hybrid Identity Administrator/).waitFor();
    assert.deepEqual(await admin.look('no-permission'), []);
  });

  test('no script failed', () => assert.deepEqual(admin.complaints, []));
});
