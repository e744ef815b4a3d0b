import { userPrincipalNameKey } from '#core/binding/identifiers/user-principal-name.ts';
import type { TargetProblem, TargetUser } from '#core/synchronisation/target.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import { addressesIn } from './addresses.ts';
import type { PlanOptions, PlanPorts } from './plan-ports.ts';

type MatchResult =
  | { readonly action: 'add' }
  | { readonly action: 'takeOver'; readonly objectId: string; readonly match: 'hard' | 'soft' }
  | { readonly action: 'refuse'; readonly problem: TargetProblem };

/**
 * The cloud users that new objects of Active Directory take over: by immutable id (hard match), or by user principal name or
 * address (soft match). A user who holds a directory role is never taken over, because an administrator of Active Directory
 * would get the role (UB-28).
 */
export class Matches {
  readonly #ports: PlanPorts;
  readonly #options: PlanOptions;
  #anchors: Map<string, string> | undefined;
  #owners = new Map<string, string>();
  #synchronised: ReadonlySet<string> = new Set();

  constructor(ports: PlanPorts, options: PlanOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  /** Looks up what {@link of} will answer for these. */
  async look(targets: readonly TargetUser[]): Promise<void> {
    if (targets.length === 0) return;
    const { synchronisation } = this.#ports;
    this.#anchors ??= new Map(await synchronisation.anchoredUsers());
    if (!this.#options.softMatch) return;
    const names = targets.flatMap((target) => userPrincipalNameKey(target.userPrincipalName) ?? []);
    const owners = await synchronisation.owners({
      userPrincipalName: names,
      onPremisesUserPrincipalName: [],
      mail: targets.flatMap(addressesOf),
      certificateUserIds: [],
    });
    this.#owners = new Map(owners.map(({ property, key, userId }) => [`${property} ${key}`, userId]));
    this.#synchronised = await synchronisation.synchronised([...new Set(this.#owners.values())]);
  }

  async of(target: TargetUser): Promise<MatchResult> {
    const hard = this.#anchors?.get(target.anchor);
    const objectId = hard ?? this.#soft(target);
    if (objectId === undefined) return { action: 'add' };
    if ((await rolesHeldBy(objectId, this.#ports)).length > 0)
      return { action: 'refuse', problem: roleProblem(target) };
    this.#anchors?.delete(target.anchor);
    return { action: 'takeOver', objectId, match: hard === undefined ? 'soft' : 'hard' };
  }

  #soft(target: TargetUser): string | undefined {
    const key = userPrincipalNameKey(target.userPrincipalName);
    const keys = [`userPrincipalName ${key}`, ...addressesOf(target).map((address) => `mail ${address}`)];
    const ids = keys.flatMap((one) => this.#owners.get(one) ?? []);
    return ids.find((id) => !this.#synchronised.has(id));
  }
}

const addressesOf = ({ mail, profile }: TargetUser): readonly string[] => addressesIn({ ...profile, mail });

const roleProblem = ({ userPrincipalName }: TargetUser): TargetProblem => ({
  category: 'Other',
  propertyCausingError: 'UserPrincipalName',
  value: `${userPrincipalName} is a user with a directory role, and such users are not taken over`,
});
