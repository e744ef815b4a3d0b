import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../pki/openssl.ts';
import { mutations } from './mutations.ts';
import { opensslVerdict } from './openssl-oracle.ts';
import { randomChain } from './random-chain.ts';

test('the same seed is the same chain, whatever the keys', needs('openssl'), () => {
  for (const seed of [0, 1, 7, 4_294_967_295]) {
    const [one, two] = [randomChain(seed), randomChain(seed)];
    assert.deepEqual(one.mutations, two.mutations);
    assert.equal(opensslVerdict(one), opensslVerdict(two));
  }
});

test('the chains of the first few hundred seeds use every mutation', () => {
  const used = new Set(Array.from({ length: 300 }, (_, seed) => randomChain(seed).mutations).flat());
  assert.deepEqual(
    mutations.map(({ name }) => name).filter((name) => !used.has(name)),
    [],
  );
});

test('OpenSSL passes a good part of the chains and refuses a good part', needs('openssl'), () => {
  const verdicts = Array.from({ length: 60 }, (_, seed) => opensslVerdict(randomChain(seed)));
  const passed = verdicts.filter((verdict) => verdict === 'ok').length;
  assert.ok(passed > 10 && passed < 40, `${passed} of 60 passed`);
});
