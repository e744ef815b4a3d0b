import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { OpenInstallation } from '../installation.ts';
import { description } from '../log.ts';
import type { Metrics } from '../management/metrics.ts';
import { clock } from '../process/clock.ts';
import { runPeriodically } from '../tasks.ts';
import { deliverEvents } from './deliver-events.ts';
import { openTargets } from './open-targets.ts';

/** Milliseconds after which a process says again which targets it has. */
const namingPause = 3_600_000;

/**
 * Delivers events of the logs to the targets of the settings, on whichever process has the right to. Answers how to stop.
 * @throws settingInvalid, and what the database reports
 */
export async function startDelivery(
  config: Config,
  installation: OpenInstallation,
  log: Logger,
  metrics: Metrics | undefined,
): Promise<() => Promise<void>> {
  const { storage } = installation;
  const targets = openTargets(config, log, installation.pseudonymKey);
  const nameTargets = () =>
    storage.outbox.name(
      targets.map(({ name }) => name),
      clock.now(),
    );
  await nameTargets();
  const stopNaming = runPeriodically(nameTargets, namingPause, (problem) => log.error(description(problem), 'events'));
  const stop = deliverEvents(targets, {
    storage,
    metrics: metrics?.watchEvents(storage.outbox),
    log,
    // SQLite is held by one process, so that what one left the next takes at once.
    holder: config.databaseUrl === undefined ? 'the process of the data folder' : crypto.randomUUID(),
  });
  return async () => {
    await stopNaming();
    await stop();
  };
}
