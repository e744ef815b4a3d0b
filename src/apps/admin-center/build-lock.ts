import { linkSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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

/** A link appears at once with its content: a process that is killed meanwhile leaves no lock without a holder. */
function tryLock(file: string): boolean {
  const own = `${file}-${process.pid}`;
  try {
    writeFileSync(own, `${process.pid}`);
    linkSync(own, file);
    return true;
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
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
    process.kill(holder, 0);
    return false;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
