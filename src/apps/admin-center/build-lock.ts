import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two signs of life of the holder, and those after which a holder without one has ended. */
export const signPause = 5_000;
export const signPatience = 60_000;

/** Milliseconds between two attempts. */
const attemptPause = 200;

/**
 * Waits until no other process builds, and keeps others from it until the answer is called. A holder that was killed does not
 * release the lock, so a process that has ended loses it. So does one that gives no sign of life: its process id
 * can belong to another process by now, as in a container that starts again with the same ids.
 */
export async function takeBuildLock(file: string): Promise<() => void> {
  while (!tryLock(file)) {
    if (isAbandoned(file)) rmSync(file, { force: true });
    else await wait(attemptPause);
  }
  const signs = setInterval(() => giveSign(file), signPause).unref();
  return () => {
    clearInterval(signs);
    rmSync(file, { force: true });
  };
}

/**
 * Creates the file, which one process alone can do on every file system; exFAT and some volumes of containers have no hard links. A
 * process that is killed before it has written its id leaves an empty lock, which is lost like one without a sign of life.
 */
function tryLock(file: string): boolean {
  let lock: number;
  try {
    lock = openSync(file, 'wx');
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
    return false;
  }
  try {
    writeFileSync(lock, `${process.pid}`);
  } finally {
    closeSync(lock);
  }
  return true;
}

function giveSign(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The folder was removed.
  }
}

function isAbandoned(file: string): boolean {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    if (holder === process.pid || Date.now() - statSync(file).mtimeMs > signPatience) return true;
    if (holder > 0) process.kill(holder, 0); // the id 0 of an empty file would name this process's own group
    return false;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
