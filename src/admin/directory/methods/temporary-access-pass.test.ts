import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { changeMethod } from '../../policies/methods-policy.ts';
import { issuePass, makePass } from './temporary-access-pass.ts';

test('no pass is issued that the methods policy would not accept, on the command line either', async () => {
  const woodgrove = await openTenant();
  const { ports, clock } = woodgrove;
  const user = userOf('ben@woodgrove.test');
  await ports.users.add(user, 'test');
  const issue = async () => {
    const ruling = await issuePass(user.id, await makePass(openPasswords()), { at: clock.at, actor: 'test', ports });
    return ruling.outcome === 'passed' ? 'issued' : ruling.because.code;
  };
  assert.equal(await issue(), 'issued');
  orThrow(await changeMethod('TemporaryAccessPass', { state: 'disabled' }, { actor: 'test', ports }));
  assert.equal(await issue(), 'methodNotAllowed');
  await woodgrove.end();
});
