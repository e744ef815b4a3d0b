import { createHash } from 'node:crypto';
import { Planner } from '#admin/synchronisation/plan/plan.ts';
import type { PlanPorts } from '#admin/synchronisation/plan/plan-ports.ts';
import type { PlannedChange } from '#admin/synchronisation/planned-change.ts';
import { attributesIn, parseExpression } from '#core/synchronisation/expression/parse.ts';
import { mapObject } from '#core/synchronisation/map-object.ts';
import type { Mapping } from '#core/synchronisation/mapping.ts';
import type { Target } from '#core/synchronisation/target.ts';
import type { SyncCursor, SynchronisedObject, SyncRun } from '#model/synchronisation.ts';
import type { SynchronisationSettings, SynchronisedDomain } from '#schema/directory-synchronisation.ts';
import type { Connection } from './source/connection.ts';
import {
  changedOrNamed,
  type DomainController,
  describeController,
  type ReadOptions,
  readChanges,
  readObjects,
  usualMembersAtOnce,
} from './source/read-domain.ts';

export interface DomainRequest {
  readonly settings: SynchronisationSettings;
  readonly domain: SynchronisedDomain;
  /** Reads everything, whatever the cursor says. */
  readonly isFull: boolean;
  readonly membersAtOnce?: number;
}

/** What is to be done for one domain. Nothing was written yet. */
export interface DomainPlan {
  readonly kind: SyncRun['kind'];
  readonly read: number;
  readonly unchanged: number;
  readonly changes: readonly PlannedChange[];
  /** Live objects of the domain before. */
  readonly liveBefore: number;
  readonly cursor: SyncCursor;
}

/** Objects that are planned together: what they need is looked up in a few statements. */
const plannedAtOnce = 500;
/** Objects with problems that a delta run tries again. */
const mostRetried = 500;

/**
 * Reads a domain and decides what is to be done. It is read as a whole before anything is written, so that an interrupted
 * connection changes nothing. @throws syncServerUnsuitable, syncSearchFailed
 */
export async function planDomain(
  connection: Connection,
  request: DomainRequest,
  ports: PlanPorts,
  alive: () => Promise<void> = async () => undefined,
): Promise<DomainPlan> {
  const { domain, settings } = request;
  const expression =
    settings.certificateUserIds === undefined ? undefined : parseExpression(settings.certificateUserIds);
  const read: ReadOptions = {
    domain,
    furtherAttributes: expression ? attributesIn(expression).filter((name) => name !== 'alternativesecurityid') : [],
    membersAtOnce: request.membersAtOnce ?? usualMembersAtOnce,
  };
  const controller = await describeController(connection, domain.server);
  const cursor = cursorOf(controller, request, ports);
  const scope = await scopeOf(connection, controller, { ...request, read, cursor }, ports);
  const collector = new TargetCollector(new Planner(ports, settings), mappingOf(request, ports, expression));
  for await (const object of readObjects(connection, controller, read, scope.filter)) {
    if (await collector.take(object)) await alive();
  }
  const { count, unchanged, seenIds, changes } = await collector.end();
  const gone = scope.before.filter(({ sourceId }) => !seenIds.has(sourceId));
  const deletions = gone.map((known): PlannedChange => ({ action: 'delete', known }));
  return {
    kind: scope.kind,
    read: count,
    unchanged,
    changes: [...changes, ...deletions],
    liveBefore: scope.liveBefore,
    cursor,
  };
}

interface Scope {
  readonly kind: SyncRun['kind'];
  /** A further part of the filter. */
  readonly filter: Parameters<typeof readObjects>[3];
  /** Live objects that are deleted when they are not read. */
  readonly before: readonly SynchronisedObject[];
  readonly liveBefore: number;
}

type ScopeRequest = DomainRequest & { readonly read: ReadOptions; readonly cursor: SyncCursor };

/** All objects, or those that changed since the cursor where it is of this domain controller and configuration. */
async function scopeOf(
  connection: Connection,
  controller: DomainController,
  { domain, isFull, read, cursor }: ScopeRequest,
  { synchronisation }: PlanPorts,
): Promise<Scope> {
  const earlier = (await synchronisation.state(domain.domain)).cursor;
  const isSame = earlier?.invocationId === cursor.invocationId && earlier.settingsDigest === cursor.settingsDigest;
  const changes = earlier && isSame && !isFull ? await readChanges(connection, controller, read, earlier) : undefined;
  if (!changes || changes.needsFull) {
    const before = await synchronisation.ofDomain(domain.domain);
    return { kind: 'full', filter: undefined, before, liveBefore: before.length };
  }
  // An object that moved to another domain of the configuration keeps its id, and is that domain's.
  const changed = await synchronisation.byIds(changes.sourceIds);
  const known = changed.filter((row) => row.isLive && row.domain === domain.domain);
  const retried = await synchronisation.withProblems(mostRetried, domain.domain);
  const filter = changedOrNamed(
    earlier!.usn,
    retried.map(({ sourceId }) => sourceId),
  );
  return { kind: 'delta', filter, before: known, liveBefore: (await synchronisation.count(domain.domain)).live };
}

function cursorOf(
  { invocationId, highestUsn }: DomainController,
  { settings, domain }: DomainRequest,
  { tenant }: PlanPorts,
): SyncCursor {
  const { sourceAnchor, certificateUserIds } = settings;
  const { passwordFile: _, passwordVariable: __, caFile: ___, account: ____, ...scope } = domain;
  const text = JSON.stringify([scope, sourceAnchor, certificateUserIds, tenant.domains.map(({ id }) => id)]);
  return { invocationId, usn: highestUsn, settingsDigest: createHash('sha256').update(text).digest('base64url') };
}

const mappingOf = (
  { domain, settings }: DomainRequest,
  { tenant }: PlanPorts,
  certificateUserIds: Mapping['certificateUserIds'],
): Mapping => ({
  domain: domain.domain,
  netBiosName: domain.netBiosName ?? domain.domain.split('.')[0]!.toUpperCase().slice(0, 15),
  verifiedDomains: tenant.domains.map(({ id }) => id),
  sourceAnchor: settings.sourceAnchor,
  certificateUserIds,
});

/** Maps objects as they come and plans them in portions; what is unchanged is not kept. */
class TargetCollector {
  readonly #planner: Planner;
  readonly #mapping: Mapping;
  #targets: Target[] = [];
  readonly #changes: PlannedChange[] = [];
  readonly #seenIds = new Set<string>();

  constructor(planner: Planner, mapping: Mapping) {
    this.#planner = planner;
    this.#mapping = mapping;
  }

  /** True when a portion was planned. An object in two containers of the scope counts once. */
  async take(object: Parameters<typeof mapObject>[0]): Promise<boolean> {
    const target = mapObject(object, this.#mapping);
    if (!target || this.#seenIds.has(target.sourceId)) return false;
    this.#seenIds.add(target.sourceId);
    this.#targets.push(target);
    if (this.#targets.length < plannedAtOnce) return false;
    await this.#plan();
    return true;
  }

  async end() {
    await this.#plan();
    const changes = await this.#planner.exchange(this.#changes);
    const written = new Set(changes.map((change) => ('target' in change ? change.target.sourceId : ''))).size;
    return { count: this.#seenIds.size, unchanged: this.#seenIds.size - written, seenIds: this.#seenIds, changes };
  }

  async #plan(): Promise<void> {
    const changes = await this.#planner.plan(this.#targets);
    this.#changes.push(...changes);
    this.#targets = [];
  }
}
