import {
  methodsPolicy,
  preferencesIn,
  type SystemCredentialPreferences,
  states,
} from '#core/access/system-preferred.ts';
import { fault } from '#core/trace/fault.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';

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
  { actor, ports }: AdminContext<PreferencePorts>,
): Promise<SystemCredentialPreferences> {
  const now = await systemPreferredOf(ports);
  const systemCredentialPreferences: SystemCredentialPreferences = {
    state: stateIn(change.state) ?? now.state,
    includeTargets: (await targetsIn(change.include, ports)) ?? now.includeTargets,
    excludeTargets: (await targetsIn(change.exclude, ports)) ?? now.excludeTargets,
  };
  const { kind, id } = methodsPolicy;
  const auditEntry = { activity: 'Authentication Methods Policy Update', actor };
  const merge = (old: object) => ({ ...old, systemCredentialPreferences });
  const next = await ports.objects.change<object>(kind, id, merge, auditEntry);
  if (!next) await ports.objects.add({ kind, id, owner: undefined, document: merge({}) }, auditEntry);
  return systemCredentialPreferences;
}

function stateIn(body: string | undefined): SystemCredentialPreferences['state'] | undefined {
  const state = states.find((state) => state === body);
  if (body !== undefined && !state)
    throw fault('commandMisused', { problem: `STATE: "${body}" is not valid. Specify one of ${states.join(', ')}.` });
  return state;
}

/** One group to include and one to exclude, as Entra has it; an empty id is no group. */
async function targetsIn(
  body: string | undefined,
  { groups }: PreferencePorts,
): Promise<SystemCredentialPreferences['includeTargets'] | undefined> {
  if (body === undefined) return undefined;
  if (body === '') return [];
  const id = body.toLowerCase();
  if (id !== 'all_users' && !(await groups.find(id))) throw fault('nothingFound', { kind: 'group', wanted: body });
  return [{ targetType: 'group', id }];
}
