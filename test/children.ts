import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** The processes that this process has started and that run, from the import of this module on. */
const children = new Set<ChildProcess>();
subscribe('child_process', (message) => {
  const { process: child } = message as { readonly process: ChildProcess };
  children.add(child);
  child.once('exit', () => children.delete(child));
});

/** Leaves a process running for the files of this process that come next. The module that started it ends it with this process. */
export function keepBetweenFiles(child: ChildProcess): void {
  children.delete(child);
  child.unref();
}

/** A process that was left running between files is used by the file that runs, and ends with it unless it is left again. */
export function takeForFile(child: ChildProcess): void {
  children.add(child);
  child.ref();
}

/** Waits for the processes that tests have told to end, a second at most, and ends all others. */
export async function awaitChildren(): Promise<void> {
  const ends = Promise.all([...children].map((child) => once(child, 'exit')));
  await Promise.race([ends, delay(1000, undefined, { ref: false })]);
  endChildren();
}

/** Ends the processes that tests started and did not end, and names them. */
export function endChildren(): void {
  const names = [...children].filter(({ killed }) => !killed).map(({ spawnargs }) => spawnargs.join(' '));
  if (names.length > 0) process.stderr.write(`ended what the tests left running:\n${names.join('\n')}\n`);
  killChildren();
}

/** Tells all of them to end. */
export function killChildren(): void {
  for (const child of children) child.kill();
}
