import assert from 'node:assert/strict';
import { test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { CrlState } from '#model/crl.ts';
import type { Authority } from '#pki/build/authority.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { type HealthPorts, trustHealth } from './authority-health.ts';

const url = 'http://crl.woodgrove.test/root.crl';
const root = testCa('CN=Root');
const issuing = root.issueCa('CN=Issuing');
const orphan = testCa('CN=Elsewhere').issueCa('CN=Orphan');

/** The health of CAs whose CRLs stand so. */
async function healthOf(cas: readonly Authority[], state: Partial<CrlState>) {
  const { ports, clock, end } = await openTenant();
  try {
    for (const ca of cas)
      await ports.trustStore.add(
        {
          id: ca.subject ? crypto.randomUUID() : '',
          der: new Uint8Array(ca.der),
          displayName: 'CA',
          authorityType: ca === root ? 'root' : 'intermediate',
          certificateRevocationListUrl: url,
          deltaCertificateRevocationListUrl: undefined,
          isIssuerHintEnabled: false,
          store: 'pki',
          createdDateTime: clock.at,
        } satisfies AuthorityRow,
        'test',
      );
    const crlAdmin = { stateOf: async () => [{ url, source: 'memory', ...state } as CrlState] };
    const answers = { ...ports, crls: { cached: async () => [] }, crlAdmin } as unknown as HealthPorts;
    return { rows: await trustHealth({ ports: answers, at: clock.at }), at: clock.at };
  } finally {
    await end();
  }
}
const codesOf = ({ warnings }: { readonly warnings: readonly { readonly code: string }[] }) =>
  warnings.map(({ code }) => code);
const [before, past, future] = ['2027-01-25', '2027-02-01', '2027-04-01'].map((day) => new Date(day)) as [
  Date,
  Date,
  Date,
];

for (const { name, state, code } of [
  { name: 'is kept and current', state: { nextUpdate: future }, code: undefined },
  { name: 'has expired since the last attempt', state: { nextUpdate: past, fetchedAt: before }, code: 'crlRenewalDue' },
  {
    name: 'has expired and cannot be renewed',
    state: { nextUpdate: past, fetchedAt: before, lastError: because('crlDownloadInProgress', { url } as never) },
    code: 'crlExpired',
  },
  { name: 'had expired when it was downloaded', state: { nextUpdate: past, fetchedAt: future }, code: 'crlExpired' },
  { name: 'was never downloaded', state: { source: 'none' as const }, code: 'crlNotDownloaded' },
  {
    name: 'could not be downloaded',
    state: { source: 'none' as const, lastError: because('crlDownloadInProgress', { url } as never) },
    code: 'crlMissing',
  },
])
  test(`a CRL that ${name}: ${code ?? 'no warning'}`, async () => {
    const { rows } = await healthOf([root], state);
    const codes = codesOf(rows[0]!);
    assert.equal(code ? codes.includes(code) : codes.every((item) => !item.startsWith('crl')), true, `${codes}`);
    const toCome = rows[0]!.warnings.filter((item) => ['crlNotDownloaded', 'crlRenewalDue'].includes(item.code));
    for (const { remedy } of toCome)
      assert.match(remedy, /^A download that is under way brings the CRL, or else the next/);
    // Sign-ins fail only where no CRL can be had.
    assert.equal(rows[0]!.state === 'critical', code === 'crlExpired' || code === 'crlMissing');
  });

test('a CA without its issuer has a warning, and one with it names it', async () => {
  const { rows } = await healthOf([root, issuing, orphan], { nextUpdate: future });
  const byName = new Map(rows.map((row) => [Buffer.from(row.authority.der).toString('hex'), row]));
  const rowOf = (ca: Authority) => byName.get(Buffer.from(ca.der).toString('hex'))!;
  assert.equal(rowOf(issuing).parentId, rowOf(root).authority.id);
  assert.ok(codesOf(rowOf(orphan)).includes('issuerNotInTrustStore'));
  assert.ok(!codesOf(rowOf(issuing)).includes('issuerNotInTrustStore'));
  assert.equal(rowOf(root).parentId, undefined);
});

test('what is due next is the end of a CRL before that of the CA', async () => {
  const { rows } = await healthOf([root], { nextUpdate: future });
  assert.deepEqual(rows[0]!.nextDueDateTime, future);
});
