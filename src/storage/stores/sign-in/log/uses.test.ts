import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Because } from '#core/trace/reasons.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { recordAt } from '#test/contract/record-at.ts';
import { usesOf } from './uses.ts';

const certificate = {
  code: 'certificateRead',
  evidence: { sha1Thumbprint: 'AB', issuer: 'CN=Root', policyOids: ['1.2.3'] },
};
const bound = { code: 'userBound', evidence: { field: 'PrincipalName', property: 'userPrincipalName', rank: 1 } };
const entryOf = (change: Partial<SignInRecord>, ...reasons: readonly object[]): SignInRecord => {
  const record = recordAt(1000, change);
  const findings = reasons.map((item) => ({ step: 'user', outcome: 'passed', because: item as Because }));
  return { ...record, trace: { ...record.trace, findings } as never };
};

for (const { name, entry, sha256, kinds } of [
  { name: 'a failure of a person', entry: entryOf({}), sha256: undefined, kinds: ['interactive'] },
  { name: 'a success', entry: entryOf({ status: 'success' }), sha256: undefined, kinds: ['interactiveSuccess'] },
  {
    name: 'what no person did',
    entry: entryOf({ isInteractive: false, status: 'success' }),
    sha256: undefined,
    kinds: ['silentSuccess'],
  },
  {
    name: 'a certificate that was bound to no user',
    entry: entryOf({}, certificate),
    sha256: 'CD',
    kinds: ['interactive', 'shown'],
  },
  {
    name: 'a certificate that was bound',
    entry: entryOf({}, certificate, bound),
    sha256: 'CD',
    kinds: ['interactive', 'bound'],
  },
  {
    name: 'a certificate that is not kept',
    entry: entryOf({}, certificate, bound),
    sha256: undefined,
    kinds: ['interactive'],
  },
  { name: 'an unknown user', entry: entryOf({ userId: undefined }, certificate), sha256: 'CD', kinds: [] },
])
  test(`${name} notes ${kinds.join(' and ') || 'nothing'}`, () =>
    assert.deepEqual(usesOf('t', entry, sha256).kinds, kinds));

test('a note says which certificate, and by what it was bound', () => {
  const { values } = usesOf('t', entryOf({}, certificate, bound), 'CD');
  const { certificate_sha256, sha1, issuer, policy_oids, field, affinity } = values;
  assert.deepEqual(
    { certificate_sha256, sha1, issuer, policy_oids, field, affinity },
    {
      certificate_sha256: 'CD',
      sha1: 'AB',
      issuer: 'CN=Root',
      policy_oids: '["1.2.3"]',
      field: 'PrincipalName',
      affinity: 'low',
    },
  );
  assert.equal(usesOf('t', entryOf({}, certificate), 'CD').values.field, null);
});
