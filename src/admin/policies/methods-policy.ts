import { type MethodId, type MethodState, methodState, notOffered } from '#core/access/method-state.ts';
import { methodsPolicy, type SystemCredentialPreferences } from '#core/access/system-preferred.ts';
import { fault } from '#core/trace/fault.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext, TimedContext } from '../context.ts';

type Ports = Pick<AdminPorts, 'policy' | 'groups' | 'objects'>;

/** What a change of the policy around the methods says; what is left out stays. Other properties are stored and shown. */
export interface MethodsPolicyChange {
  readonly systemCredentialPreferences?: Partial<SystemCredentialPreferences> | undefined;
}

/**
 * Changes who may use a method other than X509Certificate; what is left out stays.
 * @throws graphPropertyInvalid for a method that is not offered, graphMethodTargetUnknown
 */
export async function changeMethod(
  method: MethodId,
  change: Partial<MethodState>,
  { actor, ports }: AdminContext<Pick<Ports, 'policy' | 'groups'>>,
): Promise<void> {
  if (change.state === 'enabled' && notOffered.includes(method)) {
    const problem = `${method} is not supported, because Cardea sends no text messages, calls or email`;
    throw fault('graphPropertyInvalid', { target: 'state', problem });
  }
  await requireGroups([...(change.includeTargets ?? []), ...(change.excludeTargets ?? [])], ports);
  const old = methodState(method, await ports.policy.methodStates());
  await ports.policy.setMethodState(method, { ...old, ...change }, actor);
}

/** Back to the factory settings of a method other than X509Certificate. */
export const resetMethod = (
  method: MethodId,
  { actor, ports: { policy } }: AdminContext<Pick<Ports, 'policy'>>,
): Promise<void> => policy.setMethodState(method, undefined, actor);

/** Changes the policy around the methods (SPA-1: one group to include and one to exclude). @throws graphMethodTargetUnknown */
export async function changeMethodsPolicy(
  change: MethodsPolicyChange,
  { at, actor, ports }: TimedContext<Pick<Ports, 'groups' | 'objects'>>,
): Promise<void> {
  const { includeTargets = [], excludeTargets = [] } = change.systemCredentialPreferences ?? {};
  await requireGroups([...includeTargets, ...excludeTargets], ports);
  const { kind, id } = methodsPolicy;
  const stamped = { ...change, lastModifiedDateTime: at.toISOString() };
  const auditEntry = { activity: 'Authentication Methods Policy Update', actor };
  const next = await ports.objects.change<object>(kind, id, (old) => ({ ...old, ...stamped }), auditEntry);
  if (!next) await ports.objects.add({ kind, id, owner: undefined, document: stamped }, auditEntry);
}

/** @throws graphMethodTargetUnknown */
async function requireGroups(
  targets: readonly { readonly id: string }[],
  { groups }: Pick<Ports, 'groups'>,
): Promise<void> {
  for (const { id } of targets)
    if (id !== 'all_users' && !(await groups.find(id.toLowerCase()))) throw fault('graphMethodTargetUnknown', { id });
}
