import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMethodAllowed, type MethodState, methodState } from './method-state.ts';

const everybody = [{ targetType: 'group', id: 'all_users' }] as const;
const group = (id: string) => [{ targetType: 'group', id }] as const;
const stateOf = (change: Partial<MethodState>): readonly MethodState[] => [
  { id: 'SoftwareOath', state: 'enabled', includeTargets: everybody, excludeTargets: [], ...change },
];
const rows: readonly (readonly [string, readonly MethodState[], boolean])[] = [
  ['nothing stored: every user may', [], true],
  ['switched off: no user may', stateOf({ state: 'disabled' }), false],
  ['for a group the person is in', stateOf({ includeTargets: group('nurses') }), true],
  ['for a group the person is not in', stateOf({ includeTargets: group('guards') }), false],
  ['for all but a group the person is in', stateOf({ excludeTargets: group('nurses') }), false],
  ['for all but another group', stateOf({ excludeTargets: group('guards') }), true],
  ['for no user', stateOf({ includeTargets: [] }), false],
];
for (const [label, written, allowed] of rows) {
  test(`a code of an app, ${label}`, () => {
    assert.equal(isMethodAllowed('softwareOath', { groupIds: ['nurses'] }, written), allowed);
  });
}

test('a method of another configuration is not touched; certificates and passwords have their own', () => {
  const off = stateOf({ state: 'disabled' });
  for (const method of ['fido2', 'password', 'x509CertificateMultiFactor'] as const) {
    assert.equal(isMethodAllowed(method, { groupIds: [] }, off), true, method);
  }
});

test('what is never sent from here is off until the end of time', () => {
  for (const id of ['Sms', 'Voice', 'Email'] as const) assert.equal(methodState(id, []).state, 'disabled');
});
