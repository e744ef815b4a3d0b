import { Worker } from 'node:worker_threads';
import type { FuzzResult } from './fuzz.ts';
import type { Measured } from './measure.ts';

/** One thread's share of the inputs of a target. */
export interface Job {
  readonly target: string;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly guided: boolean;
}
export interface ThreadData extends Job {
  readonly announced: SharedArrayBuffer;
}
export interface Slice extends FuzzResult {
  readonly reached: number;
  /** With the last one, when guided: see {@link Fuzz.essential}. */
  readonly essential: readonly Uint8Array[] | undefined;
}

/** Octets of an input that are shared before it runs; a longer one is cut. */
const sharedState = 64 * 1024;
/** Megabytes: a thread that needs more is ended by V8. The coverage and the seeds take thirty. */
const heap = 256;

/** What runs in a thread at this moment: a number, a length, and the octets. */
export class Announced {
  readonly buffer: SharedArrayBuffer;
  readonly #number: Float64Array;
  readonly #length: Int32Array;
  readonly #octets: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(16 + sharedState)) {
    this.buffer = buffer;
    this.#number = new Float64Array(buffer, 0, 1);
    this.#length = new Int32Array(buffer, 8, 1);
    this.#octets = new Uint8Array(buffer, 16);
  }

  announce(number: number, input: Uint8Array): void {
    this.#number[0] = number;
    this.#length[0] = Math.min(input.length, sharedState);
    this.#octets.set(input.subarray(0, sharedState));
  }

  get number(): number {
    return this.#number[0]!;
  }
  get input(): Uint8Array {
    return Uint8Array.from(this.#octets.subarray(0, this.#length[0]));
  }
}

/**
 * Runs a job in a thread of its own and watches it: an input that keeps the thread for `patience` seconds, or brings it to
 * its end, is reported, and another thread continues with the next.
 */
export async function watched(
  job: Job,
  patience: number,
  hear: (slice: Slice) => void,
  thread = new URL('./thread.ts', import.meta.url),
): Promise<readonly Measured[]> {
  const findings: Measured[] = [];
  const end = job.first + job.count;
  for (let first = job.first; first < end && findings.length < 10; ) {
    const announcement = new Announced();
    announcement.announce(first, new Uint8Array());
    const data = { ...job, first, count: end - first, announced: announcement.buffer };
    const problem = await oneThread(thread, data, patience, hear);
    if (problem === undefined) break;
    const { number } = announcement;
    const input = Buffer.from(announcement.input).toString('hex');
    findings.push({ number, input, milliseconds: 0, octets: 0, answer: 'none', problem });
    first = number + 1;
  }
  return findings;
}

/** Why the thread ended before its work did; undefined when it did not. */
function oneThread(
  thread: URL,
  data: ThreadData,
  patience: number,
  hear: (slice: Slice) => void,
): Promise<string | undefined> {
  const announcement = new Announced(data.announced);
  const worker = new Worker(thread, {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: heap },
  });
  return new Promise((resolve) => {
    let [last, since, problem]: [number, number, string | undefined] = [-1, performance.now(), undefined];
    const timer = setInterval(() => {
      if (announcement.number !== last) [last, since] = [announcement.number, performance.now()];
      if (performance.now() - since < patience * 1000) return;
      problem = `no answer within ${patience} s`;
      void worker.terminate();
    }, 200);
    worker.on('message', hear);
    worker.on('error', (error) => {
      problem ??= `it ended the thread: ${error.message}`;
    });
    worker.on('exit', () => {
      clearInterval(timer);
      resolve(problem);
    });
  });
}
