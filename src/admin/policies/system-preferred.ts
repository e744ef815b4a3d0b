import {
  methodsPolicy,
  preferencesIn,
  type SystemCredentialPreferences,
  states,
} from '#core/access/system-preferred.ts';
import { fault } from '#core/trace/fault.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** What a change says; an absent part stays. Groups by id, or `all_users`. */
export interface PreferenceChange {
  readonly state?: string;
  readonly include?: string;
  readonly exclude?: string;
}

type PreferencePorts = Pick<AdminPorts, 'objects' | 'groups'>;

export async function systemPreferredOf({
  objects,
}: Pick<AdminPorts, 'objects'>): Promise<SystemCredentialPreferences> {
  return preferencesIn((await objects.find(methodsPolicy.kind, methodsPolicy.id))?.document);
}

/** Changes who starts with the method that the system prefers (SPA-1). @throws commandMisused, nothingFound */
export async function changeSystemPreferred(
  change: PreferenceChange,
  actor: string,
  ports: PreferencePorts,
): Promise<SystemCredentialPreferences> {
  const now = await systemPreferredOf(ports);
  const systemCredentialPreferences: SystemCredentialPreferences = {
    state: stateIn(change.state) ?? now.state,
    includeTargets: (await targetsIn(change.include, ports)) ?? now.includeTargets,
    excludeTargets: (await targetsIn(change.exclude, ports)) ?? now.excludeTargets,
  };
  const { kind, id } = methodsPolicy;
  const auditEntry = { activity: 'Authentication Methods Policy Update', actor };
  const merged = (old: object) => ({ ...old, systemCredentialPreferences });
  const changed = await ports.objects.change<object>(kind, id, merged, auditEntry);
  if (!changed) await ports.objects.add({ kind, id, owner: undefined, document: merged({}) }, auditEntry);
  return systemCredentialPreferences;
}

function stateIn(said: string | undefined): SystemCredentialPreferences['state'] | undefined {
  const state = states.find((one) => one === said);
  if (said !== undefined && !state)
    throw fault('commandMisused', { problem: `the state is one of ${states.join(', ')}, not "${said}"` });
  return state;
}

/** One group to include and one to exclude, as Entra has it; nothing ("") is nobody. */
async function targetsIn(
  said: string | undefined,
  { groups }: PreferencePorts,
): Promise<SystemCredentialPreferences['includeTargets'] | undefined> {
  if (said === undefined) return undefined;
  if (said === '') return [];
  const id = said.toLowerCase();
  if (id !== 'all_users' && !(await groups.find(id))) throw fault('nothingFound', { kind: 'group', wanted: said });
  return [{ targetType: 'group', id }];
}
