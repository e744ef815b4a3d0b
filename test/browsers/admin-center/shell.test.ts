import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AdminCenter, skip } from './harness.ts';

describe('the frame of the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
  });
  after(() => admin?.close());

  test('a deep link leads through the sign-in to its page', async () => {
    await admin.signIn('ana@woodgrove.test', '/users?search=cleo');
    await admin.heading('Users');
    await admin.page.getByRole('row', { name: 'Cleo Martin' }).waitFor();
    assert.equal(await admin.page.getByRole('row').count(), 2);
    assert.deepEqual(await admin.look('users-search'), []);
  });

  test('nothing is blocked by the content security policy, and no script fails', () => {
    assert.deepEqual(admin.complaints, []);
  });
});
