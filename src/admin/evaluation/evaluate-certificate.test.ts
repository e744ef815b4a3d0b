import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationOf } from '#test/contract/documents.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { evaluateCertificate } from './evaluate-certificate.ts';

const issuing = testCa('CN=Elsewhere').issueCa('CN=Issuing');
const userCertificate = issuing.issueUserCertificate({ upn: 'ana@woodgrove.test' });

test('of a certificate that leads to no CA of the tenant, the certificates that the client sent are shown and not trusted', async (t) => {
  const { ports, tenant, clock, end } = await openTenant();
  t.after(end);
  const evaluate = (certificate: Uint8Array) =>
    evaluateCertificate(
      {
        ...{ certificate, chain: [certificateOf(issuing)], user: undefined, application: applicationOf() },
        ...{ ipAddress: '192.0.2.1', correlationId: crypto.randomUUID() },
      },
      { ports: { ...ports, tenant } as never, at: clock.at },
    );
  const ruling = await evaluate(userCertificate.der);
  assert.ok(ruling.outcome === 'passed');
  const { verdict, chain, claims, rating } = ruling.value;
  assert.deepEqual([verdict.kind, claims, rating], ['refused', undefined, undefined]);
  assert.deepEqual(
    chain.map(({ role, authority }) => [role, authority]),
    [
      ['leaf', undefined],
      ['notUploaded', undefined],
    ],
  );
  assert.equal((await ports.signInLog.list({ top: 1 })).length, 0, 'and no entry is written');
  assert.equal(outcomeOf(await evaluate(Uint8Array.of(1, 2, 3))), 'certificateUnreadable');
});
