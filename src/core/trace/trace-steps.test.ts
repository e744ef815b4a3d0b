import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { because } from './reasons.ts';
import { passed, refused } from './ruling.ts';
import { Stopped, TraceInProgress } from './trace.ts';
import { traceSteps } from './trace-steps.ts';

const at = new Date('2027-03-01T12:00:00Z');

function refusedAtPath() {
  const trace = new TraceInProgress('c', at);
  const read = { subject: 'CN=Ana', issuer: 'CN=CA', serialNumber: '01', sha1Thumbprint: 'AA' };
  trace.require('certificate', passed('value', 'certificateRead', read));
  assert.throws(
    () =>
      trace.require(
        'path',
        refused('issuerNotTrusted', { subject: 'CN=Ana', issuer: 'CN=CA', authorityKeyIdentifier: '' }),
      ),
    Stopped,
  );
  return trace.close();
}

describe('the steps of a trace in words', () => {
  const steps = traceSteps(refusedAtPath());

  test('every step is there once, the steps after the refusal as not reached', () =>
    assert.deepEqual(
      steps.map(({ step, state }) => `${step} ${state}`),
      [
        'certificate passed',
        'path refused',
        'revocation notReached',
        'account notReached',
        'strength notReached',
        'user notReached',
        'access notReached',
      ],
    ));

  test('a refusal has its number, its rules with their places, and a remedy; a passed step has no remedy', () => {
    const [certificate, path] = steps;
    assert.equal(path!.errorCode, 500176);
    assert.equal(path!.reference, 'PATH-3, RFC 5280 §6.1.1 (d)');
    assert.ok(path!.references.every(({ where }) => where !== undefined));
    assert.match(path!.remedy!, /Add this CA/);
    assert.deepEqual([certificate!.remedy, certificate!.errorCode, certificate!.at], [null, 0, at.toISOString()]);
  });

  test('a code of a later version is shown as unknown', () => {
    const reason = { ...because('certificateMissing', { host: 'h' }), code: 'ofTomorrow' } as never;
    const trace = { ...refusedAtPath(), findings: [{ step: 'path', outcome: 'refused', because: reason } as const] };
    assert.match(traceSteps(trace)[0]!.text!, /unknown reason/);
  });

  for (const [unchecked, state] of [
    [[], 'passed'],
    [['CN=CA (no CRL configured)'], 'reported'],
  ] as const)
    test(`a revocation with ${unchecked.length} CAs that were not looked up is ${state}`, () => {
      const reason = because('revocationChecked', { checked: [], unchecked });
      const trace = {
        ...refusedAtPath(),
        findings: [{ step: 'revocation', outcome: 'passed', because: reason } as const],
      };
      assert.equal(traceSteps(trace)[0]!.state, state);
    });
});
