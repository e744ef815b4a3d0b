import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What {@link tidyAtRest} needs. */
export interface RestParts {
  /** Milliseconds between two looks. */
  readonly pause: number;
  /** Which part of the time since the last call the event loop was at work, 0 to 1. */
  readonly workload: () => number;
  readonly collect: () => void;
}

/** Busier than this, a process is not at rest: V8 collects its garbage as it goes. */
const restingPart = 0.2;
/** Looks until it is left to V8: two minutes. */
const mostLooks = 120;

/**
 * Gives memory back that loading the modules has left behind, about 20 MB, as soon as a process that has started is at rest.
 * V8 would do so only when as much again was allocated. A process at work is not held up. Returns how to stop.
 */
export function tidyAtRest({ pause, workload, collect }: RestParts = ofThisProcess()): () => void {
  let looks = 0;
  const timer = setInterval(() => {
    const isAtRest = workload() < restingPart;
    if (isAtRest) collect();
    if (isAtRest || ++looks >= mostLooks) clearInterval(timer);
  }, pause).unref();
  return () => clearInterval(timer);
}

function ofThisProcess(): RestParts {
  let last = performance.eventLoopUtilization();
  const workload = () => {
    const current = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(current, last);
    last = current;
    return utilization;
  };
  return { pause: 1000, workload, collect: collectGarbage };
}

type Collector = (options: {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'last-resort';
}) => void;

let isTidied = false;

/** Collects all garbage and returns the free pages of the heap to the system: once in a process, which loads its modules once. */
export function collectGarbage(): void {
  if (isTidied) return;
  isTidied = true;
  setFlagsFromString('--expose-gc');
  const collector: Collector = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  collector({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
