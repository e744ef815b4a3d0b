import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import { noteCertificateRequested } from './certificate-requested.ts';

test('that a certificate was asked for is an entry of its own, Interrupted, with the host (FLOW-6, LOG-1)', async (t) => {
  const { ports, context, end, clock } = await openSignIns();
  t.after(end);
  const request = signInRequest({ username: 'ana@woodgrove.test' });
  await noteCertificateRequested({ ...request, host: 'certauth.test' }, context());
  const entries = await ports.signInLog.list({ top: 9 });
  assert.deepEqual(
    entries.map(({ status, because, correlationId, userPrincipalName, isInteractive, proofs }) => [
      ...[status, because, correlationId, userPrincipalName, isInteractive, proofs],
    ]),
    [
      [
        ...[
          'interrupted',
          { code: 'certificateRequested', evidence: { host: 'certauth.test' } },
          request.correlationId,
        ],
        ...['ana@woodgrove.test', true, []],
      ],
    ],
  );
  const { trace } = entries[0]!;
  assert.deepEqual([trace.at, trace.correlationId], [clock.at.toISOString(), request.correlationId]);
  assert.deepEqual(
    trace.findings.map(({ step, outcome }) => `${step} ${outcome}`),
    ['certificate interrupted'],
  );
});
