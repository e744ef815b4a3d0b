import type { Logger } from 'pino';
import type { EventTarget, LogEvent } from '../event.ts';

/** Writes a line of the operator's log for each event, at info. */
export const logTarget = (
  log: Pick<Logger, 'info'>,
  lineOf: (event: LogEvent) => Readonly<Record<string, unknown>>,
): EventTarget => ({
  name: 'log',
  async deliver(events) {
    for (const event of events) log.info(lineOf(event), event.kind === 'audit' ? 'audit' : 'sign-in');
  },
});
