import { statfs } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** What one check found. `problem` is for the operator: the management listener is not for strangers. */
export interface Check {
  readonly status: 'pass' | 'fail';
  readonly milliseconds: number;
  readonly problem?: string;
}
export interface Health {
  readonly status: 'pass' | 'fail';
  readonly checks: Readonly<Record<string, Check>>;
}

/** Milliseconds that a check may take before it counts as failed. */
const patience = 2_000;
/** Bytes that must be free where the database, CRLs or logs are written. */
const leastFree = 64 * 1024 * 1024;

/** Runs all checks side by side. A check that throws, or takes longer than {@link patience}, fails. */
export async function checkHealth(checks: Readonly<Record<string, () => Promise<void>>>): Promise<Health> {
  const entries = Object.entries(checks).map(async ([name, check]) => [name, await run(check)] as const);
  const results = Object.fromEntries(await Promise.all(entries));
  const isFailed = Object.values(results).some(({ status }) => status === 'fail');
  return { status: isFailed ? 'fail' : 'pass', checks: results };
}

async function run(check: () => Promise<void>): Promise<Check> {
  const start = performance.now();
  const timeout = new AbortController();
  const late = wait(patience, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`it took longer than ${patience / 1000} s`);
  });
  late.catch(() => undefined); // it is aborted when the check is in time
  try {
    await Promise.race([check(), late]);
    return { status: 'pass', milliseconds: Math.round(performance.now() - start) };
  } catch (problem) {
    const milliseconds = Math.round(performance.now() - start);
    return { status: 'fail', milliseconds, problem: problem instanceof Error ? problem.message : String(problem) };
  } finally {
    timeout.abort();
  }
}

/** Fails where the file system of a folder is nearly full: a sign-in that cannot be logged is refused. */
export async function checkDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < leastFree)
    throw new Error(`${folder} has ${Math.floor((bavail * bsize) / 1024 / 1024)} MiB left; at least 64 are needed`);
}
