import { parentPort, workerData } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import { Announced, type Slice, type ThreadData } from './watch.ts';

/** The thread of {@link watched}: runs inputs, and reports every few thousand of them. */
const sliceSize = 5000;

const { target: name, seed, first, count, guided, announced } = workerData as ThreadData;
// V8 counts blocks of what it compiles from now on, so that the product must not be there yet.
const coverage = guided ? new Coverage() : undefined;
const { Fuzz } = await import('./fuzz.ts');
const { targets } = await import('./targets.ts');
const sharedState = new Announced(announced);
const announce = (number: number, input: Uint8Array) => sharedState.announce(number, input);
const fuzz = new Fuzz(name, targets[name]!, { seed, announce, ...(coverage && { coverage }) });
const uint8Arrays: Uint8Array[] = [];
for (let from = first; from < first + count; from += sliceSize) {
  const result = fuzz.run(from, Math.min(sliceSize, first + count - from));
  uint8Arrays.push(...result.coverageInputs);
  parentPort!.postMessage({ ...result, reached: fuzz.reached, essential: undefined } satisfies Slice);
  if (result.findings.length > 0) break;
}
const nothing = {
  inputs: 0,
  findings: [],
  slowest: [],
  largest: [],
  coverageInputs: [],
  answers: new Map(),
  reached: 0,
};
if (coverage) parentPort!.postMessage({ ...nothing, essential: fuzz.essential(uint8Arrays) } satisfies Slice);
coverage?.stop();
