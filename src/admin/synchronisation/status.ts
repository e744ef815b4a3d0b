import type { SynchronisedObject, SyncState } from '#model/synchronisation.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { synchronisationSettings } from './settings.ts';

/** Objects with problems that a status lists. */
const mostListed = 100;

export interface SyncStatus {
  readonly isConfigured: boolean;
  readonly intervalMinutes: number | null;
  readonly domains: readonly ({ readonly domain: string } & SyncState)[];
  readonly objects: { readonly live: number; readonly withProblems: number };
  /** The first of them. */
  readonly problems: readonly Pick<SynchronisedObject, 'kind' | 'name' | 'sourceId' | 'objectId' | 'problems'>[];
  /** ISO 8601 UTC: the oldest last success of the domains; null where one never succeeded. */
  readonly lastSyncDateTime: string | null;
}

/** How the synchronization of a tenant stands. */
export async function statusOf(ports: {
  readonly objects: Pick<AdminPorts['objects'], 'find'>;
  readonly synchronisation: Pick<AdminPorts['synchronisation'], 'states' | 'count' | 'withProblems'>;
}): Promise<SyncStatus> {
  const { synchronisation } = ports;
  const settings = await synchronisationSettings(ports);
  const states = await synchronisation.states();
  const domains = (settings?.domains ?? []).map(({ domain }) => ({ domain, ...states.get(domain) }));
  const problems = await synchronisation.withProblems(mostListed);
  const successes = domains.map(({ lastSuccessDateTime }) => lastSuccessDateTime);
  const isComplete = successes.length > 0 && successes.every((at) => at !== undefined);
  return {
    isConfigured: settings !== undefined,
    intervalMinutes: settings?.intervalMinutes ?? null,
    domains,
    objects: await synchronisation.count(),
    problems: problems.map(({ kind, name, sourceId, objectId, problems: targetProblems }) => ({
      ...{ kind, name, sourceId, objectId },
      problems: targetProblems,
    })),
    lastSyncDateTime: isComplete ? (successes.toSorted()[0] ?? null) : null,
  };
}
