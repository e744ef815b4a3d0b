import type { CaseResult } from './compare.ts';
import { opensslVerdict } from './openssl-oracle.ts';
import { ourVerdict } from './our-verdict.ts';
import { randomChain } from './random-chain.ts';

/** The chain of a seed, evaluated by OpenSSL and by us. */
export function compareChain(seed: number): CaseResult {
  const chain = randomChain(seed);
  return { seed, mutations: chain.mutations, theirs: opensslVerdict(chain), ours: ourVerdict(chain) };
}

/** `count` seeds from `from` on. */
export const seedsFrom = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
