import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { pack, type RecordRow, unpack } from './packed-record.ts';
import { dictionaries } from './packing-dictionary.ts';

const correlationId = crypto.randomUUID();
const createdDateTime = new Date('2026-11-26T11:32:54.107Z');
const hex = (octets: number): string =>
  createHash('sha512')
    .update(String(octets))
    .digest('hex')
    .slice(0, 2 * octets)
    .toUpperCase();
const names = {
  subject: 'C=US,O=Contoso Hospital,OU=Surgery,CN=Maria Fernandez 0815',
  issuer: 'C=US,O=Contoso Hospital,CN=Contoso Issuing CA 4',
  serialNumber: hex(16),
  sha1Thumbprint: hex(20),
};
const usual = {
  correlationId,
  createdDateTime,
  userId: crypto.randomUUID(),
  userPrincipalName: 'maria.fernandez@contoso.example',
  userDisplayName: 'Maria Fernandez',
  appId: crypto.randomUUID(),
  appDisplayName: 'Electronic Health Record',
  resourceId: crypto.randomUUID(),
  ipAddress: '2001:db8::17',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  isInteractive: true,
  sessionId: '55NL970zhJrJIBUeyxyDia',
} as const;
const granted = because('accessGranted', { multiFactor: true, methods: ['x509CertificateMultiFactor'], policies: [] });
const traceOf = (findings: SignInRecord['trace']['findings']): SignInRecord['trace'] => ({
  version: 1,
  correlationId,
  at: createdDateTime.toISOString(),
  policyVersion: crypto.randomUUID(),
  findings,
});
const requested = because('certificateRequested', { host: '0b78a9ddc964.certauth.contoso.example' });
const interruption: SignInRecord = {
  ...usual,
  id: crypto.randomUUID(),
  status: 'interrupted',
  because: requested,
  proofs: [],
  trace: traceOf([{ step: 'certificate', outcome: 'interrupted', because: requested }]),
};
const read = { ...names, policyOids: ['2.16.840.1.101.3.2.1.3.13'], authorityKeyIdentifier: hex(20) };
const success = {
  ...usual,
  id: crypto.randomUUID(),
  status: 'success',
  because: granted,
  uniqueTokenIdentifier: '-bxWoKVehy9HlL2KTVdp1H',
  proofs: [
    {
      method: 'x509CertificateMultiFactor',
      userId: usual.userId,
      at: createdDateTime.toISOString(),
      certificate: {
        ...names,
        sha256Thumbprint: hex(32),
        tbsSha256: hex(31),
        issuerSubjectKeyIdentifier: hex(20),
        policyOids: ['2.16.840.1.101.3.2.1.3.13'],
        notAfter: '2028-11-24T23:32:50.000Z',
      },
    },
  ],
  trace: traceOf([
    { step: 'certificate', outcome: 'passed', because: { code: 'certificateRead', evidence: read } },
    {
      step: 'path',
      outcome: 'passed',
      because: {
        code: 'pathValid',
        evidence: { anchor: 'C=US,O=Contoso Hospital,CN=Contoso Root', intermediates: [names.issuer] },
      },
    },
    {
      step: 'revocation',
      outcome: 'passed',
      because: {
        code: 'revocationChecked',
        evidence: { checked: ['http://crl.contoso.example/issuing-4.crl (number 4711)'], unchecked: [] },
      },
    },
    { step: 'access', outcome: 'passed', because: granted },
  ]),
} as unknown as SignInRecord;

/** The row that an entry is written to. */
const rowOf = (record: SignInRecord): RecordRow => ({
  id: record.id,
  correlation_id: record.correlationId,
  created_at: record.createdDateTime.getTime(),
  status: record.status,
  user_id: record.userId ?? null,
  app_id: record.appId,
  ip_address: record.ipAddress,
  session_id: record.sessionId ?? null,
  document: '',
  packed: pack(record),
});

const nameless: SignInRecord = { ...interruption, userPrincipalName: '', isOfManyNames: true };
const strange: SignInRecord = {
  ...interruption,
  trace: { ...interruption.trace, correlationId: 'another', at: '2026-01-01T00:00:00.000Z' },
};
const records: Readonly<Record<string, SignInRecord>> = { interruption, success, nameless, strange };

describe('a packed entry of the sign-in log', () => {
  for (const [name, record] of Object.entries(records)) {
    test(`is read as it was written: ${name}`, () => assert.deepEqual(unpack(rowOf(record)), record));
  }

  test('of an earlier version is read from its text', () => {
    const row = { ...rowOf(success), packed: null, document: JSON.stringify(success) };
    assert.deepEqual(unpack(row), success);
  });

  test('takes less than 1 kB for both entries of a certificate sign-in', () => {
    const size = pack(interruption).length + pack(success).length;
    assert.ok(size <= 1024, `${size} bytes`);
  });

  test('is read with the dictionary that it was packed with: a released one is as it was', () => {
    const digests = Object.values(dictionaries).map((text) =>
      createHash('sha256').update(text).digest('hex').slice(0, 16),
    );
    assert.deepEqual(digests, ['d9ba6ed6b0906680']);
  });
});
