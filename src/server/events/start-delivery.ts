import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { OpenInstallation } from '../installation.ts';
import { description } from '../log.ts';
import type { Metrics } from '../management/metrics.ts';
import { clock } from '../process/clock.ts';
import { runPeriodically } from '../tasks.ts';
import { deliverEvents } from './deliver-events.ts';
import { lineWriter } from './log-line.ts';
import { openTargets } from './open-targets.ts';
import { logTarget } from './targets/log.ts';

/** Milliseconds after which a process says again which targets it has. */
const namingPause = 3_600_000;

/** The delivery of a running server. */
export interface Delivery {
  /** At `info` and `debug` the operator's log has a line for each event. */
  setLevel(level: Config['logLevel']): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Delivers events of the logs to the targets of the settings, on whichever process has the right to.
 * @throws settingInvalid, and what the database reports
 */
export async function startDelivery(
  config: Config,
  installation: OpenInstallation,
  log: Logger,
  metrics: Metrics | undefined,
): Promise<Delivery> {
  const { storage } = installation;
  const targets = openTargets(config);
  const toLog = logTarget(log, lineWriter(config.logRedaction, installation.pseudonymKey));
  const context = {
    storage,
    metrics: metrics?.watchEvents(storage.outbox),
    log,
    // SQLite is held by one process, so that what one left the next takes at once.
    holder: config.databaseUrl === undefined ? 'the process of the data folder' : crypto.randomUUID(),
  };
  let isLogging = ['info', 'debug'].includes(config.logLevel);
  const nameTargets = () =>
    storage.outbox.name(
      [...targets, ...(isLogging ? [toLog] : [])].map(({ name }) => name),
      clock.now(),
    );
  await nameTargets();
  const stopNaming = runPeriodically(nameTargets, namingPause, (problem) => log.error(description(problem), 'events'));
  const stop = deliverEvents(targets, context);
  let stopLogging = isLogging ? deliverEvents([toLog], context) : undefined;
  return {
    async setLevel(level) {
      const isWanted = ['info', 'debug'].includes(level);
      if (isWanted === isLogging) return;
      isLogging = isWanted;
      const stopping = stopLogging;
      stopLogging = undefined;
      await stopping?.();
      await nameTargets();
      if (isLogging) stopLogging ??= deliverEvents([toLog], context);
    },
    async stop() {
      await stopNaming();
      await Promise.all([stop(), stopLogging?.()]);
    },
  };
}
