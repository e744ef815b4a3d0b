import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GuardPorts } from '#admin/safety/guard.ts';
import { applyPlan } from '#admin/synchronisation/apply/apply-plan.ts';
import { checkDeletions } from '#admin/synchronisation/deletions.ts';
import { rememberRun } from '#admin/synchronisation/remember-run.ts';
import { synchronisationSettings } from '#admin/synchronisation/settings.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { SyncCounts, SyncRun } from '#model/synchronisation.ts';
import type { AddressRules } from '#net/http-client.ts';
import type { SynchronisationSettings, SynchronisedDomain } from '#schema/directory-synchronisation.ts';
import { type DomainPlan, planDomain } from './plan-domain.ts';
import { authoritiesOf, passwordOf } from './secret.ts';
import { type Connection, connectionLimits, firstLine, openConnection } from './source/connection.ts';

export interface SyncOptions {
  /** Decides and writes nothing. */
  readonly isPlan?: boolean;
  /** Reads everything. */
  readonly isFull?: boolean;
  /** Deletes as much as the plan says. */
  readonly allowsDeletions?: boolean;
  /** One domain of the configuration; all of them unless given. */
  readonly domain?: string | undefined;
  readonly rules: AddressRules;
  readonly signal?: AbortSignal;
  readonly limits?: typeof connectionLimits;
  readonly membersAtOnce?: number;
}

/** How the synchronization of one domain ended. */
export interface DomainResult {
  readonly domain: string;
  readonly run: SyncRun;
  readonly plan?: DomainPlan;
}

/** A server that dies in a run makes the others wait this long. */
const leaseMilliseconds = 5 * 60_000;

/**
 * Synchronizes the domains of a tenant, one after the other; one that fails does not keep the next from its turn. On all servers of an
 * installation one run is active at a time. @throws syncNotConfigured, syncDomainUnknown, syncRunning
 */
export async function synchronise(ports: GuardPorts, options: SyncOptions): Promise<readonly DomainResult[]> {
  const settings = await synchronisationSettings(ports);
  if (!settings) throw fault('syncNotConfigured', {});
  const domains = settings.domains.filter(({ domain }) => options.domain === undefined || domain === options.domain);
  if (domains.length === 0) {
    const names = settings.domains.map(({ domain }) => domain);
    throw fault('syncDomainUnknown', { domain: options.domain ?? '', domains: names });
  }
  const lease = new Lease(ports);
  if (!options.isPlan) await lease.keep();
  try {
    const results: DomainResult[] = [];
    for (const domain of domains) results.push(await synchroniseDomain(domain, { ports, settings, options, lease }));
    return results;
  } finally {
    await lease.end();
  }
}

/** The right to run, renewed while the run is active. */
class Lease {
  readonly #ports: GuardPorts;
  readonly #holder = crypto.randomUUID();
  #until = 0;

  constructor(ports: GuardPorts) {
    this.#ports = ports;
  }

  /** @throws syncRunning */
  keep = async (): Promise<void> => {
    const at = this.#ports.clock.now();
    if (this.#until - at.getTime() > leaseMilliseconds / 2) return;
    const until = new Date(at.getTime() + leaseMilliseconds);
    if (!(await this.#ports.synchronisation.take(this.#holder, at, until))) throw fault('syncRunning', {});
    this.#until = until.getTime();
  };

  end = async (): Promise<void> => {
    if (this.#until > 0) await this.#ports.synchronisation.release(this.#holder);
  };
}

/** What a run has for each of its domains. */
interface SyncContext {
  readonly ports: GuardPorts;
  readonly settings: SynchronisationSettings;
  readonly options: SyncOptions;
  readonly lease: Lease;
}

async function synchroniseDomain(domain: SynchronisedDomain, context: SyncContext): Promise<DomainResult> {
  const { ports, options } = context;
  const started = ports.clock.now();
  const attempt = new Attempt(domain, context);
  const reason = await attempt.run().then(
    () => undefined,
    (problem: unknown) => reasonOf(problem),
  );
  const run: SyncRun = {
    kind: attempt.plan?.kind ?? 'full',
    startedDateTime: started.toISOString(),
    endedDateTime: ports.clock.now().toISOString(),
    counts: attempt.counts,
    ...(reason ? { because: reason } : {}),
  };
  if (!options.isPlan) await rememberRun(ports, domain.domain, run, reason ? undefined : attempt.plan?.cursor);
  return { domain: domain.domain, run, ...(attempt.plan ? { plan: attempt.plan } : {}) };
}

const reasonOf = (problem: unknown): Because =>
  problem instanceof CardeaError ? problem.because : because('syncInterrupted', { problem: firstLine(problem) });

/** One attempt at one domain, with what it has done so far. */
class Attempt {
  plan: DomainPlan | undefined;
  counts: SyncCounts = noCounts;
  readonly #ports: GuardPorts;
  readonly #settings: SynchronisationSettings;
  readonly #domain: SynchronisedDomain;
  readonly #options: SyncOptions;
  readonly #lease: Lease;

  constructor(domain: SynchronisedDomain, { ports, settings, options, lease }: SyncContext) {
    [this.#ports, this.#settings, this.#domain, this.#options, this.#lease] = [ports, settings, domain, options, lease];
  }

  async run(): Promise<void> {
    const { domain } = this.#domain;
    const { isPlan, allowsDeletions } = this.#options;
    const plan = await this.#read();
    const { changes, liveBefore } = plan;
    const deletions = changes.filter(({ action }) => action === 'delete').length;
    if (!allowsDeletions) orThrow(checkDeletions(domain, { deletions, objects: liveBefore }, this.#settings));
    if (isPlan) return;
    const at = this.#ports.clock.now();
    const ruling = await applyPlan(changes, { domain, at }, this.#ports, async () => {
      await this.#alive();
      await nextTurn();
    });
    this.counts = { ...this.counts, ...orThrow(ruling) };
  }

  async #read(): Promise<DomainPlan> {
    const { isFull = false, membersAtOnce } = this.#options;
    const connection = await this.#connect();
    try {
      const request = { settings: this.#settings, domain: this.#domain, isFull };
      const more = membersAtOnce === undefined ? {} : { membersAtOnce };
      this.plan = await planDomain(connection, { ...request, ...more }, this.#ports, this.#alive);
      return this.plan;
    } finally {
      const { read = 0, unchanged = 0 } = this.plan ?? {};
      this.counts = { ...noCounts, read, unchanged, ldapRequests: connection.count.requests };
      await connection.close();
    }
  }

  #connect(): Promise<Connection> {
    const { rules, limits = connectionLimits, signal = new AbortController().signal } = this.#options;
    const { server, account } = this.#domain;
    const [password, ca] = [passwordOf(this.#domain), authoritiesOf(this.#domain)];
    return openConnection({ server, account, password, ca, rules, limits, signal });
  }

  #alive = async (): Promise<void> => {
    this.#options.signal?.throwIfAborted();
    if (!this.#options.isPlan) await this.#lease.keep();
  };
}

const noCounts: SyncCounts = {
  ...{ read: 0, added: 0, updated: 0, deleted: 0, unchanged: 0, memberships: 0, problems: 0, ldapRequests: 0 },
};
