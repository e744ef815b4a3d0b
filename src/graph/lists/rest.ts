import { setImmediate, setTimeout } from 'node:timers/promises';

/**
 * Rows that a list reads at once; what follows is read after other requests had a turn ({@link rest}). A slice of 50 objects takes a
 * millisecond or two of the event loop. A sign-in has some thirty turns, and waits for a slice in each.
 */
export const rowsAtOnce = 50;

/**
 * Other requests have a millisecond between two slices. One turn of the event loop would not do: a sign-in leaves it empty again and
 * again while its browser answers, and would find a slice under way each time.
 */
export async function rest(): Promise<void> {
  await setTimeout(1);
  await setImmediate(); // what came meanwhile has its turn even where the timer was late
}
