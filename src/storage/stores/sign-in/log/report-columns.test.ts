import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { signInEventKinds } from '#model/sign-in.ts';
import { recordAt } from '#test/contract/record-at.ts';
import { bindingIn, reportColumns, strengthOf } from './report-columns.ts';

const proofOf = (method: Proof['method']): Proof => ({ method, userId: 'u', at: '2027-03-01T12:00:00.000Z' });
const rated = (mode: string): Because => ({ code: 'certificateRated', evidence: { mode } }) as never;
const bound = { field: 'PrincipalName', property: 'userPrincipalName', rank: 1 };
const entryOf = (change: Partial<SignInRecord>, ...reasons: readonly Because[]): SignInRecord => {
  const record = recordAt(0, change);
  const findings = reasons.map((item) => ({ step: 'strength', outcome: 'passed', because: item }));
  return { ...record, trace: { ...record.trace, findings } as never };
};

for (const { name, entry, strength } of [
  { name: 'a password', entry: entryOf({ proofs: [proofOf('password')] }), strength: 'singleFactor' },
  {
    name: 'a certificate of two factors',
    entry: entryOf({ proofs: [proofOf('x509CertificateMultiFactor')] }),
    strength: 'multiFactor',
  },
  {
    name: 'a certificate that was refused after its rating',
    entry: entryOf({}, rated('x509CertificateMultiFactor')),
    strength: 'multiFactor',
  },
  {
    name: 'the same of one factor',
    entry: entryOf({}, rated('x509CertificateSingleFactor')),
    strength: 'singleFactor',
  },
  { name: 'nothing', entry: entryOf({}), strength: null },
])
  test(`${name} counts as ${strength}`, () => assert.equal(strengthOf(entry), strength));

test('a binding has the affinity of its field; one that this version does not know counts as low', () => {
  const bindingOf = (field: string) =>
    bindingIn(entryOf({}, { code: 'userBound', evidence: { ...bound, field } } as never));
  assert.deepEqual(bindingOf('PrincipalName'), { ...bound, affinity: 'low' });
  assert.equal(bindingOf('SubjectKeyIdentifier')?.affinity, 'high');
  assert.equal(bindingOf('FieldOfALaterVersion')?.affinity, 'low');
  assert.equal(bindingIn(entryOf({})), undefined);
});

test('entries of one kind have one text, and those where nothing was shown have none', () => {
  const reportOf = (change: Partial<SignInRecord>) => reportColumns(entryOf(change)).report;
  assert.equal(reportOf({}), null);
  const password = { proofs: [proofOf('password')] };
  assert.equal(reportOf({ ...password, userId: 'a' }), reportOf({ ...password, userId: 'b' }));
  assert.notEqual(reportOf(password), reportOf({ proofs: [proofOf('fido2')] }));
});

test('an entry of an application is of its own kind, and in no report about users', () => {
  const ofApplication = entryOf({}, because('clientCredentialsAccepted', { application: 'x' }));
  const columns = reportColumns(ofApplication);
  assert.deepEqual([columns.event_kind, columns.report], [signInEventKinds.servicePrincipal, null]);
  assert.equal(reportColumns(entryOf({ isInteractive: false })).event_kind, signInEventKinds.nonInteractiveUser);
});
