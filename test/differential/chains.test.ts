import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../pki/openssl.ts';
import { compareChain, seedsFrom } from './chains.ts';
import { compare, report } from './compare.ts';
import { chainLedger } from './ledger.ts';

/** Chains that reach the rarer rows of the ledger. */
const rare = [379, 970, 1259, 100_795, 100_949, 103_367, 204_127, 310_023_435, 310_036_240];

test('OpenSSL and we agree on random chains, but for what the ledger explains', needs('openssl'), () => {
  const match = compare([...seedsFrom(0, 300), ...rare].map(compareChain), chainLedger);
  assert.deepEqual(
    { unexplained: match.unexplained, stale: match.stale },
    { unexplained: [], stale: [] },
    report(match),
  );
});
