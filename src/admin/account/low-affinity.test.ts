import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userOf } from '#test/contract/user-of.ts';
import { describeUseBinding, upgradedIds } from './low-affinity.ts';

const [weak, strong] = ['X509:<PN>ana@woodgrove.test', 'X509:<SKI>0123456789ABCDEF'];
for (const { name, certificateUserIds, proposed, ids } of [
  { name: 'nothing is proposed', certificateUserIds: [weak], proposed: undefined, ids: undefined },
  {
    name: 'the value is added to those that are there',
    certificateUserIds: [weak],
    proposed: strong,
    ids: [weak, strong],
  },
  {
    name: 'the user has it, in another case',
    certificateUserIds: ['X509:<SKI>0123456789abcdef'],
    proposed: strong,
    ids: undefined,
  },
])
  test(`the values of a user where ${name}`, () =>
    assert.deepEqual(upgradedIds({ user: userOf('ana@woodgrove.test', { certificateUserIds }), proposed }), ids));

test('a use without a binding has no words', () => {
  const wordsOf = (binding: object | undefined) => describeUseBinding({ binding } as never);
  assert.equal(wordsOf(undefined), '');
  assert.equal(wordsOf({ field: 'PrincipalName', property: 'userPrincipalName' }), 'PrincipalName → userPrincipalName');
});
