import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationMethod } from '#core/access/proof.ts';
import { preferredMethods } from '#core/factors/sign-in-preferences.ts';
import type { Interrupted } from '#core/verdict.ts';
import { waysIn } from './second-factor-ways.ts';

const interrupted = (...methods: readonly AuthenticationMethod[]) =>
  ({ kind: 'interrupted', ask: { kind: 'secondFactor', methods } }) as unknown as Interrupted;
const preferring = (method: string | null, isSystem = false) =>
  preferredMethods({
    isSystemPreferredAuthenticationMethodEnabled: isSystem,
    userPreferredMethodForSecondaryAuthentication: method,
  });

const cases: readonly (readonly [name: string, wanted: ReturnType<typeof preferring>, first: string])[] = [
  ['without preferences the order of the system decides', undefined, 'passkey'],
  ['who prefers a code begins with it', preferring('oath'), 'oneTimeCode'],
  ['who prefers an approval begins with it', preferring('push'), 'approval'],
  ['the order of the system outranks the preference where it is on', preferring('oath', true), 'passkey'],
  ['a preferred method that does not lead on changes nothing', preferring('sms'), 'passkey'],
  ['a user who chose none has the order of the system', preferring(null), 'passkey'],
];
for (const [name, wanted, first] of cases) {
  test(name, () => {
    const ways = waysIn(interrupted('softwareOath', 'fido2', 'microsoftAuthenticatorPush'), wanted);
    assert.equal(ways[0], first);
    assert.equal(ways.length, 3, 'every other way stays on offer');
  });
}
