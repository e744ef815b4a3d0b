import { getHeapStatistics } from 'node:v8';
import type { Target } from './targets.ts';

/** What one input cost. */
export interface Measured {
  readonly number: number;
  /** Hexadecimal. */
  readonly input: string;
  /** Of this thread on a processor: what else the machine does is not the input's. */
  readonly milliseconds: number;
  /** Octets by which the memory of this thread grew, inside the heap and outside; 0 when garbage was collected meanwhile. */
  readonly octets: number;
  readonly answer: string;
  readonly problem?: string;
}

/** Longer than any answer may take, whatever the input; a budget that is spent ends far below. */
const mostMilliseconds = 1000;
/** More than any answer to a few kilobytes may take. */
const mostOctets = 64 * 1024 * 1024;

/** Runs a target on one input. Something thrown is a problem, and so is an answer that takes too much time or memory. */
export function measure(target: Target, number: number, input: Uint8Array): Measured {
  let cost = costOf(target, input);
  // Garbage may have been collected, or code compiled: what happens once in three times is not the input's doing.
  for (let again = 0; again < 2 && problemOf(cost) && !cost.thrown; again++) cost = least(cost, costOf(target, input));
  const problem = cost.thrown ?? problemOf(cost);
  const { milliseconds, octets, answer } = cost;
  const hex = Buffer.from(input).toString('hex');
  return { number, input: hex, milliseconds, octets, answer, ...(problem === undefined ? {} : { problem }) };
}

interface Cost {
  readonly milliseconds: number;
  readonly octets: number;
  readonly thrown: string | undefined;
  readonly answer: string;
}

function costOf({ run }: Target, input: Uint8Array): Cost {
  const before = memory();
  const start = processorTime();
  let [thrown, answer]: [string?, string?] = [];
  try {
    answer = run(input);
  } catch (problem) {
    thrown = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  }
  return {
    milliseconds: processorTime() - start,
    octets: Math.max(0, memory() - before),
    thrown,
    answer: answer ?? 'none',
  };
}

function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function memory(): number {
  const { used_heap_size, external_memory, malloced_memory } = getHeapStatistics();
  return used_heap_size + external_memory + malloced_memory;
}

function problemOf({ milliseconds, octets }: Cost): string | undefined {
  if (milliseconds > mostMilliseconds) return `it took ${milliseconds.toFixed(0)} ms`;
  return octets > mostOctets ? `it took ${octets} octets of memory` : undefined;
}

const least = (cost: Cost, second: Cost): Cost => ({
  milliseconds: Math.min(cost.milliseconds, second.milliseconds),
  octets: Math.min(cost.octets, second.octets),
  thrown: cost.thrown ?? second.thrown,
  answer: cost.answer,
});

/** The few that rank highest. */
export class Top {
  readonly #most: number;
  readonly #rank: (measurement: Measured) => number;
  #items: Measured[] = [];

  constructor(most: number, rank: (measurement: Measured) => number) {
    this.#most = most;
    this.#rank = rank;
  }

  /** Would this one be kept? */
  takes(measurement: Measured): boolean {
    const last = this.#items[this.#most - 1];
    return !last || this.#rank(measurement) > this.#rank(last);
  }

  offer(measurement: Measured): void {
    if (!this.takes(measurement)) return;
    this.#items = [...this.#items, measurement].sort((a, b) => this.#rank(b) - this.#rank(a)).slice(0, this.#most);
  }

  get top(): readonly Measured[] {
    return this.#items;
  }
}
