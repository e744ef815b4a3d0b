import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Linux offers as files in memory. */
const place = '/dev/shm';
const tmpfs = 0x01021994;
/**
 * Bytes that must be free, in the memory of the machine and of a container: a run holds databases, browser profiles and an
 * installed package at once, some 2 GB.
 */
const leastFree = 8 * 2 ** 30;

/**
 * A new folder in memory, or undefined where there is none in which programs can run, or too little memory. A commit of a
 * database in it waits for no disk: that saves a tenth of the processor time of a run, and most of what its tests wait.
 */
export function memoryFolder(): string | undefined {
  try {
    const { type, bsize, bavail } = statfsSync(place);
    if (type !== tmpfs) return undefined;
    removeLeft();
    if (bsize * bavail < leastFree || process.availableMemory() < leastFree) return undefined;
    const folder = mkdtempSync(join(place, `cardea-test-${process.pid}-`));
    if (canRunPrograms(folder)) return folder;
    rmSync(folder, { recursive: true });
  } catch {
    // Another system, or a folder that only others may write to.
  }
  return undefined;
}

function canRunPrograms(folder: string): boolean {
  const program = join(folder, 'probe');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  const { status } = spawnSync(program);
  rmSync(program);
  return status === 0;
}

/** Frees the memory of runs that were killed. */
function removeLeft(): void {
  for (const name of readdirSync(place)) {
    const [, pid] = /^cardea-test-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(place, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
