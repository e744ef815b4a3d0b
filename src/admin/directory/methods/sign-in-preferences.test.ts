import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualSignInPreferences } from '#core/factors/sign-in-preferences.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { changeSignInPreferences, signInPreferencesOf } from './sign-in-preferences.ts';

const preferred = (method: string | null) => ({ userPreferredMethodForSecondaryAuthentication: method });

test('a user prefers a method that can be a second factor, and what a change leaves out stays', async (t) => {
  const { ports, end } = await openTenant();
  t.after(end);
  const change = (change: Parameters<typeof changeSignInPreferences>[1]) =>
    changeSignInPreferences('ana', change, { actor: 'ana', ports }).then(outcomeOf);
  assert.deepEqual(await signInPreferencesOf('ana', ports), usualSignInPreferences);
  for (const method of ['password', 'toString', 'OATH'])
    assert.equal(await change(preferred(method)), 'graphPropertyInvalid');
  assert.equal(await change(preferred('oath')), 'passed');
  assert.equal(await change({ isSystemPreferredAuthenticationMethodEnabled: false }), 'passed');
  assert.deepEqual(await signInPreferencesOf('ana', ports), {
    isSystemPreferredAuthenticationMethodEnabled: false,
    ...preferred('oath'),
  });
  assert.equal(await change(preferred(null)), 'passed');
  assert.deepEqual(await signInPreferencesOf('ben', ports), usualSignInPreferences, 'those of another user');
});
