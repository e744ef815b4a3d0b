import { type MethodId, type MethodState, methodState, notOffered } from '#core/access/method-state.ts';
import { methodsPolicy, type SystemCredentialPreferences } from '#core/access/system-preferred.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext, TimedContext } from '../context.ts';

type Ports = Pick<AdminPorts, 'policy' | 'groups' | 'objects'>;

/** What a change of the policy around the methods says; what is left out stays. Other properties are stored and shown. */
export interface MethodsPolicyChange {
  readonly systemCredentialPreferences?: Partial<SystemCredentialPreferences> | undefined;
}

/**
 * Changes who may use a method other than X509Certificate; what is left out stays.
 * Refuses with graphPropertyInvalid for a method that is not offered, graphMethodTargetUnknown.
 */
export async function changeMethod(
  method: MethodId,
  change: Partial<MethodState>,
  { actor, ports }: AdminContext<Pick<Ports, 'policy' | 'groups'>>,
): Promise<Ruling<void>> {
  if (change.state === 'enabled' && notOffered.includes(method)) {
    const problem = `${method} is not supported, because Cardea sends no text messages, calls or email`;
    return refused('graphPropertyInvalid', { target: 'state', problem });
  }
  const groupsRuling = await requireGroups([...(change.includeTargets ?? []), ...(change.excludeTargets ?? [])], ports);
  if (groupsRuling.outcome !== 'passed') return groupsRuling;
  const old = methodState(method, await ports.policy.methodStates());
  await ports.policy.setMethodState(method, { ...old, ...change }, actor);
  return success();
}

/** Back to the factory settings of a method other than X509Certificate. */
export const resetMethod = (
  method: MethodId,
  { actor, ports: { policy } }: AdminContext<Pick<Ports, 'policy'>>,
): Promise<void> => policy.setMethodState(method, undefined, actor);

/** Changes the policy around the methods (SPA-1: one group to include and one to exclude). Refuses with graphMethodTargetUnknown. */
export async function changeMethodsPolicy(
  change: MethodsPolicyChange,
  { at, actor, ports }: TimedContext<Pick<Ports, 'groups' | 'objects'>>,
): Promise<Ruling<void>> {
  const { includeTargets = [], excludeTargets = [] } = change.systemCredentialPreferences ?? {};
  const groupsRuling = await requireGroups([...includeTargets, ...excludeTargets], ports);
  if (groupsRuling.outcome !== 'passed') return groupsRuling;
  const { kind, id } = methodsPolicy;
  const stamped = { ...change, lastModifiedDateTime: at.toISOString() };
  const auditEntry = { activity: 'Authentication Methods Policy Update', actor };
  const next = await ports.objects.change<object>(kind, id, (old) => ({ ...old, ...stamped }), auditEntry);
  if (!next) await ports.objects.add({ kind, id, owner: undefined, document: stamped }, auditEntry);
  return success();
}

/** Refuses with graphMethodTargetUnknown. */
async function requireGroups(
  targets: readonly { readonly id: string }[],
  { groups }: Pick<Ports, 'groups'>,
): Promise<Ruling<void>> {
  for (const { id } of targets)
    if (id !== 'all_users' && !(await groups.find(id.toLowerCase())))
      return refused('graphMethodTargetUnknown', { id });
  return success();
}
