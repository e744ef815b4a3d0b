import {
  methodsPolicy,
  preferencesIn,
  type SystemCredentialPreferences,
} from '#core/access/methods/system-preferred.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';

/** What a change says; an absent part stays. Groups by id, or `all_users`. */
export interface PreferenceChange {
  readonly state?: SystemCredentialPreferences['state'];
  readonly include?: string;
  readonly exclude?: string;
}

type PreferencePorts = Pick<AdminPorts, 'objects' | 'groups'>;

export async function systemPreferredOf({
  objects,
}: Pick<AdminPorts, 'objects'>): Promise<SystemCredentialPreferences> {
  return preferencesIn((await objects.find(methodsPolicy.kind, methodsPolicy.id))?.document);
}

/** Changes who starts with the method that the system prefers (SPA-1). Refuses with nothingFound. */
export async function changeSystemPreferred(
  change: PreferenceChange,
  { actor, ports }: AdminContext<PreferencePorts>,
): Promise<Ruling<SystemCredentialPreferences>> {
  const current = await systemPreferredOf(ports);
  const inclusionRuling = await targetsIn(change.include, ports);
  if (inclusionRuling.outcome !== 'passed') return inclusionRuling;
  const exclusionRuling = await targetsIn(change.exclude, ports);
  if (exclusionRuling.outcome !== 'passed') return exclusionRuling;
  const systemCredentialPreferences: SystemCredentialPreferences = {
    state: change.state ?? current.state,
    includeTargets: inclusionRuling.value ?? current.includeTargets,
    excludeTargets: exclusionRuling.value ?? current.excludeTargets,
  };
  const { kind, id } = methodsPolicy;
  const auditEntry = { activity: 'Authentication Methods Policy Update', actor };
  const merge = (old: object) => ({ ...old, systemCredentialPreferences });
  const next = await ports.objects.change<object>(kind, id, merge, auditEntry);
  if (!next) await ports.objects.add({ kind, id, owner: undefined, document: merge({}) }, auditEntry);
  return success(systemCredentialPreferences);
}

/** One group to include and one to exclude, as Entra has it; an empty id is no group. */
async function targetsIn(
  body: string | undefined,
  { groups }: PreferencePorts,
): Promise<Ruling<SystemCredentialPreferences['includeTargets'] | undefined>> {
  if (body === undefined) return success(undefined);
  if (body === '') return success([]);
  const id = body.toLowerCase();
  if (id !== 'all_users' && !(await groups.find(id))) return refused('nothingFound', { kind: 'group', wanted: body });
  return success([{ targetType: 'group', id }]);
}
