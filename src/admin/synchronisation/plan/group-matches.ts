import { mailKey } from '#core/binding/identifiers/user-principal-name.ts';
import type { TargetGroup, TargetProblem } from '#core/synchronisation/target.ts';
import { isRoleAssignable } from '#signin/user/roles-held.ts';
import { addressesIn } from './addresses.ts';
import type { PlanOptions, PlanPorts } from './plan-ports.ts';

type Match =
  | { readonly action: 'add' }
  | { readonly action: 'takeOver'; readonly objectId: string; readonly match: 'hard' | 'soft' }
  | { readonly action: 'refuse'; readonly problem: TargetProblem };
type CloudGroup = Awaited<ReturnType<PlanPorts['synchronisation']['cloudGroups']>>[number];

/**
 * The cloud groups that new groups of Active Directory take over: by `onPremisesSecurityIdentifier`, which a group has that was
 * imported, or by address (soft match). A role-assignable group is never taken over (UB-28).
 */
export class GroupMatches {
  readonly #ports: PlanPorts;
  readonly #options: PlanOptions;
  #groups: Map<string, CloudGroup> | undefined;

  constructor(ports: PlanPorts, options: PlanOptions) {
    [this.#ports, this.#options] = [ports, options];
  }

  async of(target: TargetGroup): Promise<Match> {
    this.#groups ??= await this.#read();
    const groups = this.#groups;
    const sid = target.profile.onPremisesSecurityIdentifier;
    const hard = typeof sid === 'string' ? groups.get(`sid ${sid}`) : undefined;
    const addresses = this.#options.softMatch ? addressesIn(target.profile) : [];
    const group =
      hard ?? addresses.map((address) => groups.get(`mail ${address}`)).find((candidate) => candidate !== undefined);
    if (group === undefined) return { action: 'add' };
    if (isRoleAssignable(group)) return { action: 'refuse', problem: roleProblem(target) };
    for (const [key, { id }] of groups) if (id === group.id) groups.delete(key);
    return { action: 'takeOver', objectId: group.id, match: hard === undefined ? 'soft' : 'hard' };
  }

  async #read(): Promise<Map<string, CloudGroup>> {
    const groups = new Map<string, CloudGroup>();
    const note = (key: string, group: CloudGroup) => void (groups.has(key) || groups.set(key, group));
    for (const group of await this.#ports.synchronisation.cloudGroups()) {
      const { onPremisesSecurityIdentifier: sid, mail } = group.profile;
      if (typeof sid === 'string') note(`sid ${sid}`, group);
      if (typeof mail === 'string') note(`mail ${mailKey(mail)}`, group);
    }
    return groups;
  }
}

const roleProblem = ({ displayName }: TargetGroup): TargetProblem => ({
  category: 'Other',
  propertyCausingError: 'IsAssignableToRole',
  value: `${displayName} is a role-assignable group, and role-assignable groups are not taken over`,
});
