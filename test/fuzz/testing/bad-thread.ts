import { parentPort, workerData } from 'node:worker_threads';
import { Announced, type Slice, type ThreadData } from '../watch.ts';

/** A thread that fails at input 150 as its target says, to see that the run notices. */
const { target, first, count, announced } = workerData as ThreadData;
const sharedState = new Announced(announced);
let inputs = 0;
for (let number = first; number < first + count; number++) {
  sharedState.announce(number, Buffer.from(`input ${number}`));
  if (number !== 150) inputs++;
  else if (target === 'hanging') for (;;);
  else for (const holding: number[][] = []; ; ) holding.push(new Array<number>(1_000_000).fill(0.5));
}
const nothing = {
  findings: [],
  slowest: [],
  largest: [],
  coverageInputs: [],
  answers: new Map(),
  reached: 0,
  essential: undefined,
};
parentPort!.postMessage({ ...nothing, inputs } satisfies Slice);
