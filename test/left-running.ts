import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { after } from 'node:test';

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

const endChildren = () => {
  for (const child of children) child.kill();
};

after(() => {
  // These timers keep no process alive: they fire where something else does.
  setTimeout(() => {
    const names = [...children].map(({ spawnargs }) => spawnargs.join(' '));
    if (names.length > 0) process.stderr.write(`ended what the tests left running:\n${names.join('\n')}\n`);
    endChildren();
  }, grace).unref();
  setTimeout(() => {
    process.stderr.write(`the tests left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  }, 2 * grace).unref();
});
process.on('exit', endChildren);
