import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../pki/openssl.ts';
import { seedsFrom } from '../chains.ts';
import { compare, report } from '../compare.ts';
import { revocationLedger } from '../ledger.ts';
import { compareRevocation } from './revocations.ts';

/** CRLs that reach the rarer rows of the ledger. */
const rare = [189, 226, 369, 596];

test('OpenSSL and we agree on random CRLs, but for what the ledger explains', needs('openssl'), () => {
  const match = compare([...seedsFrom(0, 120), ...rare].map(compareRevocation), revocationLedger);
  assert.deepEqual(
    { unexplained: match.unexplained, stale: match.stale },
    { unexplained: [], stale: [] },
    report(match),
  );
});

test('no row of the ledger lets in what OpenSSL refuses', () => {
  assert.deepEqual(
    revocationLedger.filter(({ ours }) => ours === 'passed'),
    [],
  );
});
