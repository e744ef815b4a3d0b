import { digestOf, type TargetUser } from '#core/synchronisation/target.ts';
import type { PlannedChange } from '../planned-change.ts';
import type { Gives, NameClaims } from './name-claims.ts';

type UserChange = Exclude<PlannedChange, { action: 'delete' }> & { readonly target: TargetUser };

/** A user of a run. */
export interface PlannedUser {
  /** As the source has it. */
  readonly wish: TargetUser;
  /** What is planned, with those of its values that are free. */
  readonly change: UserChange;
}

/** What is planned instead: `first` frees values that later changes take over. */
export interface Exchange {
  readonly first: readonly PlannedChange[];
  readonly replaced: ReadonlyMap<PlannedChange, PlannedChange>;
}

const objectIdOf = ({ change }: PlannedUser): string | undefined =>
  'objectId' in change ? change.objectId : undefined;

/**
 * Lets users of one run take over the values that others of them give up: two who swap their names, or one who gets the name that another
 * had (UB-16). Of two who swap, one is first written without the values of the other, with a substitute for its name.
 */
export async function exchangeNames(users: readonly PlannedUser[], claims: NameClaims): Promise<Exchange> {
  const waiting = users.filter(({ wish, change }) => change.target.problems.length > wish.problems.length);
  const owners = ownersIn(users);
  const gives = givesOf(owners, waiting, claims);
  const replaced = new Map<PlannedChange, UserChange>();
  const givers = new Set<PlannedUser>();
  for (const user of waiting) {
    const objectId = objectIdOf(user);
    const target = await claims.settle(user.wish, objectId, gives);
    if (digestOf(target) === user.change.digest) continue;
    replaced.set(user.change, { ...user.change, target, digest: digestOf(target) });
    for (const owner of claims.ownersOf(target)) {
      const giver = owners.get(owner);
      if (giver && owner === objectIdOf(giver) && owner !== objectId) givers.add(giver);
    }
  }
  const first: PlannedChange[] = [];
  for (const giver of givers) {
    const later = replaced.get(giver.change);
    if (!later) first.push(giver.change);
    else
      first.push({
        ...later,
        target: await claims.withoutTaken(later.target, objectIdOf(giver)),
        digest: '',
        frees: true,
      });
  }
  return { first, replaced };
}

/** Users by how their values name them: by object id, and by source id for what they get in this run. */
function ownersIn(users: readonly PlannedUser[]): ReadonlyMap<string, PlannedUser> {
  const owners = new Map<string, PlannedUser>();
  for (const user of users) {
    owners.set(`source ${user.wish.sourceId}`, user);
    const objectId = objectIdOf(user);
    if (objectId !== undefined) owners.set(objectId, user);
  }
  return owners;
}

/** Whether an owner gives a value up. Who cannot have the new name keeps the old one, which no other user can have then. */
function givesOf(owners: ReadonlyMap<string, PlannedUser>, waiting: readonly PlannedUser[], claims: NameClaims): Gives {
  const keepers = new Set<PlannedUser>();
  const gives: Gives = (owner, property, key) => {
    const user = owners.get(owner);
    if (!user || claims.has(user.wish, property, key)) return false;
    return !keepers.has(user) || !claims.has({ ...user.change.target, mail: undefined }, property, key);
  };
  for (let before = -1; before < keepers.size; ) {
    before = keepers.size;
    for (const user of waiting) if (!claims.isNameFree(user.wish, objectIdOf(user), gives)) keepers.add(user);
  }
  return gives;
}
