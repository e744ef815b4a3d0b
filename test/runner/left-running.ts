import { after } from 'node:test';
import { endChildren, killChildren } from '../children.ts';

/**
 * Loaded before each test file. A hook that fails leaves servers and browsers running, which would keep the process of the
 * file until its time limit: they are ended when the tests of the file have, and with the process in any case.
 */

/** Milliseconds after the last test in which its hooks end what they started. */
const grace = Number(process.env.CARDEA_TEST_GRACE ?? 60_000);

after(() => {
  // These timers keep no process alive: they fire where something else does.
  setTimeout(endChildren, grace).unref();
  setTimeout(() => {
    process.stderr.write(`the tests left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  }, 2 * grace).unref();
});
process.on('exit', killChildren);
