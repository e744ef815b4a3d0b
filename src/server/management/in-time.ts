import { setTimeout as wait } from 'node:timers/promises';

/** Runs work for an answer of the management listener. @throws Error where it takes longer than its time; what the work throws */
export async function inTime<T>(milliseconds: number, work: () => T | Promise<T>): Promise<T> {
  const timeout = new AbortController();
  const late = wait(milliseconds, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`it took longer than ${milliseconds / 1000} s`);
  });
  late.catch(() => undefined); // it is aborted when the work is in time
  try {
    return await Promise.race([work(), late]);
  } finally {
    timeout.abort();
  }
}
