import assert from 'node:assert/strict';
import { test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import type { Trace } from '#core/trace/trace.ts';
import { describeTrace } from './trace.ts';

const trace: Trace = {
  version: 1,
  correlationId: 'c',
  at: '2026-11-26T00:00:00.000Z',
  policyVersion: '1',
  findings: [
    {
      step: 'revocation',
      outcome: 'reported',
      because: because('ocspAddressRefused', { url: 'http://169.254.169.254/', problem: 'it is refused' }),
    },
    { step: 'user', outcome: 'refused', because: because('accountUnknown', { username: 'ana@woodgrove.test' }) },
    { step: 'user', outcome: 'refused', because: because('accountUnknown', { username: 'ana@woodgrove.test' }) },
  ],
};

test('a trace ends with the rules that were applied, each once, and the place where each can be read', () => {
  const [, rules] = describeTrace(trace).split('\n  Rules\n');
  assert.deepEqual(
    rules
      ?.trimEnd()
      .split(/\n/)
      .map((line) => line.trim().split(/ {2,}/)),
    [
      ['docs/settings.md#addresses-that-cardea-connects-to', 'docs/settings.md#addresses-that-cardea-connects-to'],
      ['RFC 6960 §A.1', 'https://www.rfc-editor.org/rfc/rfc6960#appendix-A.1'],
      ['UB-10', 'docs/spec/entra-cba.md#ub-10'],
      ['FLOW-2', 'docs/spec/entra-cba.md#flow-2'],
    ],
  );
});

test('a trace without findings has no rules', () => {
  assert.doesNotMatch(describeTrace({ ...trace, findings: [] }), /Rules/);
});
