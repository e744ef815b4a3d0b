import pino, { type Logger } from 'pino';
import { isAbandoned } from '#net/bodies.ts';
import { type LogWriter, openLogWriter } from './log-writer.ts';

let openedWriter: LogWriter | undefined;

/** The operator's log: JSON lines on stderr. Opened when the first command needs it. */
export function logOf(level: string): Logger {
  openedWriter ??= openLogWriter(2);
  return pino({ level, base: null }, openedWriter);
}

/** Lines of the operator's log that were dropped since the start. */
export const droppedLogLines = (): number => openedWriter?.dropped ?? 0;

/** Writes a fault down. That a client went away in the middle of its request is a line at level `debug` alone. */
export function logFault(log: Logger, problem: unknown, message: string, fields: object = {}): void {
  const line = { ...fields, ...description(problem) };
  if (isAbandoned(problem)) log.debug(line, message);
  else log.error(line, message);
}

/** The part of a fault that the log has: its message and its stack. */
export function description(problem: unknown): { fault: string; stack?: string | undefined } {
  return problem instanceof Error ? { fault: problem.message, stack: problem.stack } : { fault: String(problem) };
}
