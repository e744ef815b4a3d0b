import { availableParallelism, totalmem } from 'node:os';

/** Octets of memory that there must be for each process of the usual number. */
const memoryOfWorker = 512 * 1024 * 1024;

/** The largest number of processes that one server may have. */
export const mostWorkers = 64;

/** What a computer, or the container around this process, has. */
export interface Capacity {
  /** Cores that this process may use at once: a quota of its control group counts. */
  readonly cores: number;
  /** Octets of memory that this process may use. */
  readonly memory: number;
}

/**
 * How many processes serve where nothing else is set: one for each core, as far as the memory suffices.
 * @returns 1 to {@link mostWorkers}
 */
export function workersFor({ cores, memory }: Capacity): number {
  return Math.max(1, Math.min(cores, Math.floor(memory / memoryOfWorker), mostWorkers));
}

/** What this process may use. */
export const capacity = (): Capacity => ({ cores: availableParallelism(), memory: memoryLimit() });

/** Control groups without a limit answer 0, or far more than there is. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
