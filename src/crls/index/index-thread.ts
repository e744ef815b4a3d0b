import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { indexJobs } from './index-jobs.ts';

/** The thread of {@link IndexThreads}: one answer for each job. */
interface JobRequest {
  readonly id: number;
  readonly job: keyof typeof indexJobs;
  readonly input: never;
}

/** Linux counts priorities by thread: where cores are short, sign-ins go before CRLs. Elsewhere it would be the whole process. */
function giveWay(): void {
  try {
    if (process.platform === 'linux') setPriority(10);
  } catch {
    // A sandbox may forbid it; CRLs are then indexed as eagerly as people are signed in.
  }
}
giveWay();

parentPort?.on('message', ({ id, job, input }: JobRequest) => {
  try {
    parentPort?.postMessage({ id, output: indexJobs[job](input) });
  } catch (thrown) {
    parentPort?.postMessage({ id, error: String(thrown) });
  }
});
