import { digestOf, type Target, type TargetGroup, type TargetUser } from '#core/synchronisation/target.ts';
import type { SynchronisedObject } from '#model/synchronisation.ts';
import { findDevice } from '../../devices/devices.ts';
import type { PlannedChange } from '../planned-change.ts';
import { GroupMatches } from './group-matches.ts';
import { Matches } from './matches.ts';
import { NameClaims } from './name-claims.ts';
import { exchangeNames, type PlannedUser } from './name-exchange.ts';
import type { PlanOptions, PlanPorts } from './plan-ports.ts';

/**
 * Decides object by object what is to be done, and which of its values are taken. One planner serves one run: names that an
 * object got in it are taken for the next.
 */
export class Planner {
  readonly #ports: PlanPorts;
  readonly #claims: NameClaims;
  readonly #matches: Matches;
  readonly #groupMatches: GroupMatches;
  readonly #users = new Map<PlannedChange, TargetUser>();
  /** Changes that would write what is there: values are missing that another user has. */
  readonly #unchanged: PlannedChange[] = [];

  constructor(ports: PlanPorts, options: PlanOptions) {
    this.#ports = ports;
    this.#claims = new NameClaims(ports);
    this.#matches = new Matches(ports, options);
    this.#groupMatches = new GroupMatches(ports, options);
  }

  /** The changes of some objects; unchanged ones have none. */
  async plan(targets: readonly Target[]): Promise<readonly PlannedChange[]> {
    const knownObject = new Map(
      (await this.#ports.synchronisation.byIds(targets.map(({ sourceId }) => sourceId))).map((row) => [
        row.sourceId,
        row,
      ]),
    );
    const isSame = (target: Target, row = knownObject.get(target.sourceId)) =>
      row?.isLive && row.objectId !== undefined && row.digest === digestOf(target);
    const rest = targets.filter((target) => !isSame(target));
    const people = rest.filter((target) => target.kind === 'user');
    await this.#claims.look(people);
    await this.#matches.look(people.filter(({ sourceId }) => !knownObject.get(sourceId)?.objectId));
    const changes: PlannedChange[] = [];
    for (const target of rest) {
      const change = await this.#change(target, knownObject.get(target.sourceId));
      if (!change) continue;
      const isUnchanged = change.action === 'update' && isSame(change.target);
      (isUnchanged ? this.#unchanged : changes).push(change);
    }
    return changes;
  }

  /** All changes of the run, in the order in which they are written: users take over values that other users give up. */
  async exchange(changes: readonly PlannedChange[]): Promise<readonly PlannedChange[]> {
    const all = [...changes, ...this.#unchanged];
    const users = all.flatMap((change) => {
      const wish = this.#users.get(change);
      return wish ? [{ wish, change } as PlannedUser] : [];
    });
    const { first, replaced } = await exchangeNames(users, this.#claims);
    const moved = new Set(first);
    const later = all.filter(
      (change) => !moved.has(change) && (replaced.has(change) || !this.#unchanged.includes(change)),
    );
    return [...first, ...later.map((change) => replaced.get(change) ?? change)];
  }

  async #change(target: Target, knownObject: SynchronisedObject | undefined): Promise<PlannedChange | undefined> {
    if (target.kind !== 'user') return this.#thing(target, knownObject);
    const before = await this.#objectBefore(target, knownObject);
    if (before.action === 'refuse') return this.#refused(target, knownObject, before.problem);
    const user = await this.#claims.settle(target, 'objectId' in before ? before.objectId : undefined);
    const change = { ...before, target: user, digest: digestOf(user), known: knownObject } as PlannedChange;
    this.#users.set(change, target);
    return change;
  }

  #refused(
    target: TargetUser | TargetGroup,
    knownObject: SynchronisedObject | undefined,
    problem: TargetUser['problems'][number],
  ) {
    const withProblem = { ...target, problems: [...target.problems, problem] };
    const digest = digestOf(withProblem);
    // It was refused for the same reason before.
    return knownObject?.isLive && knownObject.digest === digest
      ? undefined
      : { action: 'refuse' as const, target: withProblem, digest, known: knownObject };
  }

  async #objectBefore(target: TargetUser, knownObject: SynchronisedObject | undefined) {
    if (knownObject?.objectId !== undefined) {
      if ((await this.#ports.users.entriesOf([knownObject.objectId])).length > 0)
        return { action: 'update', objectId: knownObject.objectId } as const;
      if ((await this.#ports.deleted.find(knownObject.objectId))?.kind === 'user')
        return { action: 'restore', objectId: knownObject.objectId } as const;
      return { action: 'add' } as const;
    }
    return this.#matches.of(target);
  }

  /** Devices are known by their device id, which is the objectGUID. */
  async #thing(
    target: Exclude<Target, TargetUser>,
    knownObject: SynchronisedObject | undefined,
  ): Promise<PlannedChange | undefined> {
    const { groups, deleted } = this.#ports;
    const base = { target, digest: digestOf(target), known: knownObject };
    if (target.kind === 'computer') {
      const device = await findDevice({ deviceId: target.sourceId }, this.#ports);
      if (!device) return { ...base, action: 'add' };
      return knownObject?.objectId === device.id
        ? { ...base, action: 'update', objectId: device.id }
        : { ...base, action: 'takeOver', objectId: device.id, match: 'hard' };
    }
    const objectId = knownObject?.objectId;
    if (objectId === undefined) {
      const match = await this.#groupMatches.of(target);
      return match.action === 'refuse' ? this.#refused(target, knownObject, match.problem) : { ...base, ...match };
    }
    if (await groups.find(objectId)) return { ...base, action: 'update', objectId };
    const isDeleted = (await deleted.find(objectId))?.kind === 'group';
    return isDeleted ? { ...base, action: 'restore', objectId } : { ...base, action: 'add' };
  }
}
