import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Loaded before each test file. A hook that fails leaves servers and browsers running, which would keep the process of the
 * file until its time limit: they are ended when the tests of the file have, and with the process in any case.
 */

/** Milliseconds after the last test in which its hooks end what they started. */
const grace = Number(process.env.CARDEA_TEST_GRACE ?? 60_000);

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

/** Waits for the processes that tests have told to end, a second at most, and ends all others. */
export async function awaitChildren(): Promise<void> {
  const ends = Promise.all([...children].map((child) => once(child, 'exit')));
  await Promise.race([ends, delay(1000, undefined, { ref: false })]);
  endChildren();
}

/** Ends the processes that tests started and did not end, and names them. */
function endChildren(): void {
  const names = [...children].filter(({ killed }) => !killed).map(({ spawnargs }) => spawnargs.join(' '));
  if (names.length > 0) process.stderr.write(`ended what the tests left running:\n${names.join('\n')}\n`);
  for (const child of children) child.kill();
}

after(() => {
  // These timers keep no process alive: they fire where something else does.
  setTimeout(endChildren, grace).unref();
  setTimeout(() => {
    process.stderr.write(`the tests left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  }, 2 * grace).unref();
});
process.on('exit', () => {
  for (const child of children) child.kill();
});
