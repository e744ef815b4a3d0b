import type { Logger } from 'pino';
import { logFault } from '../log.ts';

/**
 * Writes rejections that nothing waits for into the log. Without a listener Node ends the process, and with it every sign-in: what
 * one request does wrong would reach all others. Answers how to stop.
 */
export function logRejections(log: Logger): () => void {
  const note = (problem: unknown) => logFault(log, problem, 'a rejection that no request waits for');
  process.on('unhandledRejection', note);
  return () => void process.off('unhandledRejection', note);
}
