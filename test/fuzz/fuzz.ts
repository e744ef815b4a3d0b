import { Random } from '../differential/random.ts';
import { mutate } from './mutate.ts';
import { seeds, type Target } from './targets.ts';
import { mutateTree } from './tree.ts';

export interface Finding {
  readonly number: number;
  readonly input: string;
  readonly problem: string;
}
export interface FuzzResult {
  readonly inputs: number;
  readonly findings: readonly Finding[];
  readonly slowestMilliseconds: number;
}

/** Longer than any answer may take, whatever the input; a budget that is spent ends far below. */
const tooSlowMilliseconds = 1000;

/**
 * Runs a target on inputs `first` to `first + count - 1`: the same numbers are the same inputs on every machine. Whatever
 * is thrown is a finding, and so is an answer that takes a second.
 */
export function fuzz(target: Target, seed: number, first: number, count: number): FuzzResult {
  const own = [...seeds]
    .filter(([name]) => target.from.some((prefix) => name.startsWith(prefix)))
    .map(([, bytes]) => bytes);
  const all = [...seeds.values()];
  const findings: Finding[] = [];
  let slowestMilliseconds = 0;
  for (let number = first; number < first + count; number++) {
    const random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ number);
    const [one, other] = [random.pick(own), random.pick(random.chance(0.8) ? own : all)];
    const input = (random.chance(0.5) ? mutateTree : mutate)(one, other, random);
    const started = performance.now();
    const problem = problemOf(target, input);
    const took = performance.now() - started;
    slowestMilliseconds = Math.max(slowestMilliseconds, took);
    const slow = took > tooSlowMilliseconds ? `it took ${took.toFixed(0)} ms` : undefined;
    if (problem ?? slow)
      findings.push({ number, input: Buffer.from(input).toString('hex'), problem: (problem ?? slow)! });
    if (findings.length >= 10) return { inputs: number - first + 1, findings, slowestMilliseconds };
  }
  return { inputs: count, findings, slowestMilliseconds };
}

function problemOf({ run }: Target, input: Uint8Array): string | undefined {
  try {
    run(input);
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
}
