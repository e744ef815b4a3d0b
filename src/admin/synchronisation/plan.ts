import { digestOf, type Target, type TargetGroup, type TargetUser } from '#core/synchronisation/target.ts';
import type { SynchronisedObject } from '#model/synchronisation.ts';
import { findDevice } from '../devices/devices.ts';
import { GroupMatches } from './group-matches.ts';
import { Matches } from './matches.ts';
import { NameClaims } from './name-claims.ts';
import type { PlanOptions, PlanPorts } from './plan-ports.ts';

interface ObjectChange {
  readonly target: Target;
  /** Of the target: what {@link SynchronisedObject.digest} becomes. */
  readonly digest: string;
  /** As it was remembered before. */
  readonly known: SynchronisedObject | undefined;
}

/** What a synchronisation does with one object. */
export type PlannedChange =
  | (ObjectChange & { readonly action: 'add' | 'refuse' })
  | (ObjectChange & { readonly action: 'update' | 'restore'; readonly objectId: string })
  | (ObjectChange & { readonly action: 'takeOver'; readonly objectId: string; readonly match: 'hard' | 'soft' })
  | { readonly action: 'delete'; readonly known: SynchronisedObject };

/**
 * Decides object by object what is to be done, and which of its values are taken. One planner serves one run: names that an
 * object got in it are taken for the next.
 */
export class Planner {
  readonly #ports: PlanPorts;
  readonly #claims: NameClaims;
  readonly #matches: Matches;
  readonly #groupMatches: GroupMatches;

  constructor(ports: PlanPorts, options: PlanOptions) {
    this.#ports = ports;
    this.#claims = new NameClaims(ports);
    this.#matches = new Matches(ports, options);
    this.#groupMatches = new GroupMatches(ports, options);
  }

  /** The changes of some objects; unchanged ones have none. */
  async plan(targets: readonly Target[]): Promise<readonly PlannedChange[]> {
    const known = new Map(
      (await this.#ports.synchronisation.byIds(targets.map(({ sourceId }) => sourceId))).map((row) => [
        row.sourceId,
        row,
      ]),
    );
    const isSame = (target: Target, row = known.get(target.sourceId)) =>
      row?.isLive && row.objectId !== undefined && row.digest === digestOf(target);
    const rest = targets.filter((target) => !isSame(target));
    const people = rest.filter((target) => target.kind === 'user');
    await this.#claims.look(people);
    await this.#matches.look(people.filter(({ sourceId }) => !known.get(sourceId)?.objectId));
    const changes: PlannedChange[] = [];
    for (const target of rest) {
      const change = await this.#change(target, known.get(target.sourceId));
      if (change && !(change.action === 'update' && isSame(change.target))) changes.push(change);
    }
    return changes;
  }

  async #change(target: Target, known: SynchronisedObject | undefined): Promise<PlannedChange | undefined> {
    if (target.kind !== 'user') return this.#thing(target, known);
    const before = await this.#objectBefore(target, known);
    if (before.action === 'refuse') return this.#refused(target, known, before.problem);
    const user = await this.#claims.settle(target, 'objectId' in before ? before.objectId : undefined);
    return { ...before, target: user, digest: digestOf(user), known } as PlannedChange;
  }

  #refused(
    target: TargetUser | TargetGroup,
    known: SynchronisedObject | undefined,
    problem: TargetUser['problems'][number],
  ) {
    const withProblem = { ...target, problems: [...target.problems, problem] };
    const digest = digestOf(withProblem);
    // It was refused for the same reason before.
    return known?.isLive && known.digest === digest
      ? undefined
      : { action: 'refuse' as const, target: withProblem, digest, known };
  }

  async #objectBefore(target: TargetUser, known: SynchronisedObject | undefined) {
    if (known?.objectId !== undefined) {
      if ((await this.#ports.users.entriesOf([known.objectId])).length > 0)
        return { action: 'update', objectId: known.objectId } as const;
      if ((await this.#ports.deleted.find(known.objectId))?.kind === 'user')
        return { action: 'restore', objectId: known.objectId } as const;
      return { action: 'add' } as const;
    }
    return this.#matches.of(target);
  }

  /** Devices are known by their device id, which is the objectGUID. */
  async #thing(
    target: Exclude<Target, TargetUser>,
    known: SynchronisedObject | undefined,
  ): Promise<PlannedChange | undefined> {
    const { groups, deleted } = this.#ports;
    const base = { target, digest: digestOf(target), known };
    if (target.kind === 'computer') {
      const device = await findDevice({ deviceId: target.sourceId }, this.#ports);
      if (!device) return { ...base, action: 'add' };
      return known?.objectId === device.id
        ? { ...base, action: 'update', objectId: device.id }
        : { ...base, action: 'takeOver', objectId: device.id, match: 'hard' };
    }
    const objectId = known?.objectId;
    if (objectId === undefined) {
      const match = await this.#groupMatches.of(target);
      return match.action === 'refuse' ? this.#refused(target, known, match.problem) : { ...base, ...match };
    }
    if (await groups.find(objectId)) return { ...base, action: 'update', objectId };
    const isDeleted = (await deleted.find(objectId))?.kind === 'group';
    return isDeleted ? { ...base, action: 'restore', objectId } : { ...base, action: 'add' };
  }
}
