import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seedsFrom } from '../chains.ts';
import { ourVerdict } from '../our-verdict.ts';
import { randomChain } from '../random-chain.ts';
import { treeAccepts } from './policy-tree.ts';

/** A chain with a mapping that an inhibition deletes, and two in which a mapped policy meets anyPolicy. */
const rare = [2700, 310_023_435, 310_036_240];
const aboutPolicies = /policy|policies|mapping/;

test('the graph of RFC 9618 and the tree of RFC 5280 accept the same chains', () => {
  const differing: number[] = [];
  let evaluations = 0;
  for (const seed of [...seedsFrom(0, 2000), ...rare]) {
    const chain = randomChain(seed);
    if (!chain.mutations.some((name) => aboutPolicies.test(name))) continue;
    const ours = ourVerdict(chain);
    if (ours !== 'passed' && ours !== 'policyNotAcceptable') continue; // refused before policies counted
    evaluations++;
    if ((ours === 'passed') !== treeAccepts(chain)) differing.push(seed);
  }
  assert.deepEqual(differing, []);
  assert.ok(evaluations > 200, `${evaluations} chains`);
});
