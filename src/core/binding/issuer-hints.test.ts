import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrustedAuthority } from '../x509/trust-store.ts';
import { chooseIssuerHints } from './issuer-hints.ts';
import { certificateWith } from './testing/specimens.ts';

function authority(id: string, size: number, isIssuerHintEnabled = false): TrustedAuthority {
  const der = new Uint8Array(size).fill(id.charCodeAt(0));
  return {
    id,
    certificate: certificateWith({ subject: { der, rdns: [] } }),
    authorityType: 'root',
    certificateRevocationListUrl: undefined,
    deltaCertificateRevocationListUrl: undefined,
    isIssuerHintEnabled,
    store: 'pki',
  };
}
const cases = [
  {
    name: 'HINT-1: hints are off by default',
    state: 'disabled',
    authorities: [authority('a', 10, true)],
    ids: [],
    evidence: { count: 0, bytes: 0, because: 'issuer hints are disabled' },
  },
  {
    name: 'HINT-3: when no CA is flagged all names are sent',
    state: 'enabled',
    authorities: [authority('a', 10), authority('b', 20)],
    ids: ['a', 'b'],
    evidence: { count: 2, bytes: 34, because: 'issuer hints are enabled for no CA, so all CAs are sent' },
  },
  {
    name: 'HINT-3: otherwise only the flagged ones',
    state: 'enabled',
    authorities: [authority('a', 10), authority('b', 20, true)],
    ids: ['b'],
    evidence: { count: 1, bytes: 22, because: 'issuer hints are enabled for these CAs' },
  },
  {
    name: 'a name is sent once, however many CAs have it',
    state: 'enabled',
    authorities: [authority('a', 10), authority('a', 10)],
    ids: ['a'],
    evidence: { count: 1, bytes: 12, because: 'issuer hints are enabled for no CA, so all CAs are sent' },
  },
  {
    name: 'HINT-4: 16 KB are sent',
    state: 'enabled',
    authorities: [authority('a', 8190), authority('b', 8190)],
    ids: ['a', 'b'],
    evidence: { count: 2, bytes: 16_384, because: 'issuer hints are enabled for no CA, so all CAs are sent' },
  },
  {
    name: 'HINT-4: above that none are, so that no user is locked out',
    state: 'enabled',
    authorities: [authority('a', 8190), authority('b', 8191)],
    ids: [],
    evidence: { count: 2, bytes: 16_385, limit: 16_384 },
  },
] as const;
for (const { name, state, authorities, ids, evidence } of cases) {
  test(name, () => {
    const hints = chooseIssuerHints(authorities, { issuerHintsConfiguration: { state } });
    assert.deepEqual(
      hints.authorities.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(hints.because.evidence, evidence);
  });
}
