import type { Logger } from 'pino';
import { exitCodeOf } from '#cli/output/exit-codes.ts';
import type { Storage } from '#storage/storage.ts';
import { description } from '../log.ts';

/** How a process ends that does not know what of its database is on the disk, for service managers and for the parent of a worker. */
export const lostDatabaseExit = exitCodeOf('databaseSyncFailed');

/**
 * Ends this process at once when the disk has refused the log of the database, as PostgreSQL ends itself. What it holds in memory, and what the file shows,
 * may be more than the disk has: no further answer may rely on it. Nothing is closed, because closing copies the log into the database.
 * @param endOthers ends the other processes of this server
 */
export function endWhenLost(
  storage: Pick<Storage, 'whenLost'>,
  log: Logger,
  endOthers: () => void = () => undefined,
): void {
  storage.whenLost((problem) => {
    log.fatal(description(problem), 'the server ends; a start continues with what is on the disk');
    endOthers();
    process.exit(lostDatabaseExit);
  });
}
