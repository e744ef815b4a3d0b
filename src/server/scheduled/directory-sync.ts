import type { Logger } from 'pino';
import type { GuardPorts } from '#admin/safety/guard.ts';
import { synchronisationSettings } from '#admin/synchronisation/settings.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { asOneOperation } from '#storage/database/audits/correlation.ts';
import type { DomainResult } from '#sync/synchronise.ts';
import type { OpenInstallation } from '../installation.ts';
import { description, reasonFields } from '../log.ts';
import type { Metrics } from '../management/metrics.ts';
import { runPeriodically } from '../tasks.ts';

/** Milliseconds between looks at what is due. */
const usualLook = 30_000;

/**
 * Synchronizes each tenant when it is due: some minutes after its last run ended, wherever that was. Returns how to stop; a
 * run in progress ends after its batch.
 */
export function watchDirectories(
  installation: OpenInstallation,
  log: Logger,
  metrics: Metrics | undefined,
  pause = usualLook,
): () => Promise<void> {
  const ending = new AbortController();
  const look = async () => {
    for (const { id } of await installation.tenants.list()) {
      if (ending.signal.aborted) return;
      const ports = { ...(await installation.portsOf(id)), ...(await installation.adminOf(id)) };
      for (const result of await asOneOperation(() => runWhenDue(ports, installation, ending.signal))) {
        metrics?.countSyncRun(id, result.domain, result.run);
        logResult(log, id, result);
      }
    }
  };
  const stop = runPeriodically(look, pause, (problem) => log.error(description(problem), 'directory synchronization'));
  return async () => {
    ending.abort(new Error('the server is stopping'));
    await stop();
  };
}

async function runWhenDue(
  ports: GuardPorts,
  { directoryRules: rules }: OpenInstallation,
  signal: AbortSignal,
): Promise<readonly DomainResult[]> {
  const settings = await synchronisationSettings(ports);
  if (!settings || settings.intervalMinutes === 0) return [];
  const states = await ports.synchronisation.states();
  const ends = settings.domains.map(({ domain }) => Date.parse(states.get(domain)?.lastRun?.endedDateTime ?? ''));
  const dueAt = Math.max(...ends.map((end) => (Number.isNaN(end) ? 0 : end))) + settings.intervalMinutes * 60_000;
  const isNew = ends.some((end) => Number.isNaN(end));
  if (!isNew && ports.clock.now().getTime() < dueAt) return [];
  const { synchronise } = await import('#sync/synchronise.ts'); // LDAP: an installation without it does without
  return synchronise(ports, { rules, signal }).catch((problem: unknown) => {
    // Another server runs it.
    if (problem instanceof CardeaError && problem.because.code === 'syncRunning') return [];
    throw problem;
  });
}

function logResult(log: Logger, tenantId: string, { domain, run }: DomainResult): void {
  const { because, counts, kind } = run;
  if (because) log.error({ tenantId, domain, ...reasonFields(because) }, 'directory synchronization');
  else log.info({ tenantId, domain, kind, ...counts }, 'directory synchronization');
}
