import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** User and system seconds of a process and of its children, those that have ended included; the kernel counts in hundredths. Linux only. */
export function cpuSecondsOf(pid: number): number {
  const ticks = fieldsOf(pid).slice(11, 15).map(Number);
  const ofProcess = ticks.reduce((sum, value) => sum + value, 0) / 100;
  return ofProcess + childrenOf(pid).reduce((sum, child) => sum + cpuSecondsOf(child), 0);
}

/** Resident mebibytes of a process. */
export function residentMebibytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

/** Lets a process, with all its threads and children, run on these cores alone. Linux only. */
export function keepOnCores(pid: number, cores: readonly number[]): void {
  execFileSync('taskset', ['-a', '-c', '-p', cores.join(','), `${pid}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const child of childrenOf(pid)) keepOnCores(child, cores);
}

export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** What /proc says of a process after its name; nothing where it has ended. */
function fieldsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  } catch {
    return [];
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param part between 0 and 1 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
