import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../pki/openssl.ts';
import { mutations } from './mutations.ts';
import { opensslVerdict } from './openssl-oracle.ts';
import { randomChain } from './random-chain.ts';

test('the same seed is the same chain, whatever the keys', needs('openssl'), () => {
  for (const seed of [0, 1, 7, 4_294_967_295]) {
    const [item, two] = [randomChain(seed), randomChain(seed)];
    assert.deepEqual(item.mutations, two.mutations);
    assert.equal(opensslVerdict(item), opensslVerdict(two));
  }
});

test('the chains of the first few hundred seeds use every mutation', () => {
  const usage = new Set(Array.from({ length: 300 }, (_, seed) => randomChain(seed).mutations).flat());
  assert.deepEqual(
    mutations.map(({ name }) => name).filter((name) => !usage.has(name)),
    [],
  );
});

test('OpenSSL passes a good part of the chains and refuses a good part', needs('openssl'), () => {
  const verdicts = Array.from({ length: 60 }, (_, seed) => opensslVerdict(randomChain(seed)));
  const passing = verdicts.filter((verdict) => verdict === 'ok').length;
  assert.ok(passing > 10 && passing < 40, `${passing} of 60 passed`);
});
