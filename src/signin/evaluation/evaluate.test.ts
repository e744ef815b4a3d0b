import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import { because } from '#core/trace/reasons.ts';
import { passed, refused } from '#core/trace/ruling.ts';
import type { Finding } from '#core/trace/trace.ts';
import { userOf } from '#test/contract/user-of.ts';
import { evaluate } from './evaluate.ts';

const at = new Date('2027-03-01T12:00:00Z');
const ana = userOf('ana@woodgrove.test');
const proof: Proof = { method: 'password', userId: ana.id, at: at.toISOString() };
const context = { ports: {}, at };
const accepted = passed(ana, 'sessionAccepted', { methods: ['password'] });
const disabled = refused('accountDisabled', { userPrincipalName: ana.userPrincipalName });

test('a sign-in that passes every step is granted to the user and with the proofs that it learnt', async () => {
  const verdict = await evaluate('c', context, async (trace, learnt) => {
    trace.decidedBy('v1');
    learnt.user = trace.require('account', accepted);
    learnt.proofs = [proof];
    return { multiFactor: false };
  });
  assert.ok(verdict.kind === 'granted');
  const { user, proofs, access, trace } = verdict;
  assert.deepEqual([user, proofs, access], [ana, [proof], { multiFactor: false }]);
  assert.deepEqual([trace.correlationId, trace.at, trace.policyVersion], ['c', at.toISOString(), 'v1']);
});

test('a refused step ends it: later steps leave no finding, and the verdict names the user that was known by then', async () => {
  const verdict = await evaluate('c', context, async (trace, learnt) => {
    learnt.user = trace.require('account', accepted);
    trace.require('strength', disabled);
    trace.require('access', accepted);
    return { multiFactor: true };
  });
  assert.deepEqual([verdict.kind, verdict.user], ['refused', ana]);
  assert.deepEqual(
    verdict.trace.findings.map(({ step, outcome }) => `${step} ${outcome}`),
    ['account passed', 'strength refused'],
  );
  assert.ok(!('fault' in verdict), 'a refusal is an answer');
});

test('an interrupted step says what is missing, and the proofs stay with the verdict', async () => {
  const ask = { kind: 'secondFactor', methods: ['softwareOath'] } as const;
  const reason = because('certificateRequested', { host: 'certauth.test' });
  const verdict = await evaluate('c', context, async (trace, learnt) => {
    learnt.proofs = [proof];
    return trace.require('access', { outcome: 'interrupted', ask: ask as never, because: reason });
  });
  assert.ok(verdict.kind === 'interrupted');
  assert.deepEqual([verdict.ask, verdict.proofs, verdict.because], [ask, [proof], reason]);
});

test('whatever else is thrown refuses, at the step that was reached, and the fault itself stays out of the trace', async () => {
  const fault = new Error('the disk is full of secrets');
  const verdict = await evaluate('c', context, async (trace) => {
    trace.require('account', accepted);
    throw fault;
  });
  assert.ok(verdict.kind === 'refused');
  assert.deepEqual([verdict.because.code, verdict.fault], ['signInFault', fault]);
  assert.deepEqual(verdict.trace.findings.at(-1), {
    ...{ step: 'account', outcome: 'refused' },
    because: because('signInFault', { step: 'account' }),
  });
  assert.ok(!JSON.stringify(verdict.trace).includes('secrets'));
});

test('a grant without a user is a fault, never a grant', async () => {
  const verdict = await evaluate('c', context, async () => ({ multiFactor: true }));
  assert.deepEqual([verdict.kind, verdict.kind === 'refused' && verdict.because.code], ['refused', 'signInFault']);
});

test('what is measured hears of each step as it ends', async () => {
  const heard: Finding[] = [];
  const steps = { begin: () => (finding: Finding) => void heard.push(finding) };
  const verdict = await evaluate('c', { ports: { steps }, at }, async (trace) => {
    trace.require('account', accepted);
    return trace.require('user', disabled as never);
  });
  assert.deepEqual(heard, verdict.trace.findings);
});
