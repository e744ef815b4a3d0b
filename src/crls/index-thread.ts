import { parentPort } from 'node:worker_threads';
import { indexJobs } from './index-jobs.ts';

/** The far side of {@link IndexThreads}: one job in, one answer out. */
interface Asked {
  readonly id: number;
  readonly job: keyof typeof indexJobs;
  readonly input: never;
}

parentPort?.on('message', ({ id, job, input }: Asked) => {
  try {
    parentPort?.postMessage({ id, output: indexJobs[job](input) });
  } catch (thrown) {
    parentPort?.postMessage({ id, error: String(thrown) });
  }
});
