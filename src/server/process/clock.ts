import type { Clock } from '#ports/clock.ts';

/** The clock of the machine. */
export const clock: Clock = { now: () => new Date() };
