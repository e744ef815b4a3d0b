import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { lostDatabaseExit } from '../process/lost-database.ts';
import { Workers } from './workers.ts';

/**
 * The processes that serve for this one. The first one loads its code from here on.
 * @param settings what the command line said, by setting
 */
export function openWorkers(config: Config, settings: Readonly<Record<string, unknown>>, log: Logger): Workers {
  const workers: Workers = new Workers(config.workers, settings, {
    onEnd: (worker) => log.error(worker, 'a worker ended and is replaced'),
    onLostDatabase: (worker) => {
      log.fatal(worker, 'a worker ended because of the database; the server ends');
      workers.kill();
      process.exit(lostDatabaseExit);
    },
    onSilence: (worker) => log.error(worker, 'the event loop of a worker does not run; it is ended'),
  });
  workers.begin();
  return workers;
}
