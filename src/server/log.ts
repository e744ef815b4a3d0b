import pino, { type Logger } from 'pino';
import { CardeaError, messageOf, remedyOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
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

/** What the log has of a problem: its message, and what to do about it or where in the program it arose. */
export interface ProblemFields {
  readonly fault: string;
  readonly reason?: string;
  readonly remedy?: string | undefined;
  readonly stack?: string | undefined;
}

/** The fields of a problem with a reason. */
export const reasonFields = (reason: Because): ProblemFields => ({
  fault: messageOf(reason),
  reason: reason.code,
  remedy: remedyOf(reason),
});

/**
 * The fields of a problem. A problem with a reason is one of the operator or of the network: it has the code and the remedy, and no stack. Nor does one
 * that Node.js reports of a connection, because its stack has no line of this program.
 */
export function description(problem: unknown): ProblemFields {
  if (problem instanceof CardeaError) return reasonFields(problem.because);
  if (!(problem instanceof Error)) return { fault: String(problem) };
  const isOfProgram = problem.stack?.split('\n').some((line) => /^ +at /.test(line) && !/[ (]node:/.test(line));
  return { fault: problem.message, ...(isOfProgram && { stack: problem.stack }) };
}
