import { z } from 'zod';

/** Every number has an end: a larger one overflows a timer, a time or a number of octets. @param most where nothing else says it */
export const whole = (least: number, most = 1_000_000_000) => z.coerce.number().int().min(least).max(most);

/** At most a hundred years. */
export const days = (least: number) => whole(least, 36_500);

/** At most a day. A timer of Node has at most 24 days. */
export const seconds = z.coerce.number().positive().max(86_400);

export const megabytes = z.coerce.number().positive().max(1_000_000_000);
