import { setTimeout as pause } from 'node:timers/promises';

/**
 * Milliseconds that a test waits for an event before it fails. A busy machine is slow, and a limit that load can reach says
 * nothing about Cardea. What has a time limit of its own by the specification is measured, not waited for.
 */
export const patience = 60_000;

/**
 * Asks every 20 milliseconds until the answer is neither undefined nor false, and returns it.
 * @param label what is waited for, as the object of "waited for", or a function that says it when the wait has failed
 * @throws when {@link patience} has ended
 */
export async function until<T>(
  label: string | (() => string),
  ask: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited for ${typeof label === 'string' ? label : label()}`);
    await pause(20);
  }
}
