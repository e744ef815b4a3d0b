import { type MethodId, type MethodState, methodState, notOffered } from '#core/access/methods/method-state.ts';
import { methodsPolicy, type SystemCredentialPreferences } from '#core/access/methods/system-preferred.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext, TimedContext } from '../context.ts';

type Ports = Pick<AdminPorts, 'policy' | 'groups' | 'objects'>;

/** Targets of a method, in each of its two lists. */
const mostTargets = 100;

/** Properties of the methods policy that a change may set; omitted ones keep their values. Other properties are stored and shown. */
export interface MethodsPolicyChange {
  readonly systemCredentialPreferences?: Partial<SystemCredentialPreferences> | undefined;
}

/**
 * Changes who may use a method other than X509Certificate; omitted properties keep their values.
 * Refuses with graphPropertyInvalid for a method that is not offered and for more than 100 targets in a list,
 * graphMethodTargetUnknown.
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
  const groupsRuling = await checkTargets('', change, mostTargets, ports);
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

/**
 * Changes the policy around the methods. Refuses with graphPropertyInvalid for more than one group to include or to exclude
 * (SPA-1), graphMethodTargetUnknown.
 */
export async function changeMethodsPolicy(
  change: MethodsPolicyChange,
  { at, actor, ports }: TimedContext<Pick<Ports, 'groups' | 'objects'>>,
): Promise<Ruling<void>> {
  const preferences = change.systemCredentialPreferences ?? {};
  const groupsRuling = await checkTargets('systemCredentialPreferences/', preferences, 1, ports);
  if (groupsRuling.outcome !== 'passed') return groupsRuling;
  const { kind, id } = methodsPolicy;
  const stamped = { ...change, lastModifiedDateTime: at.toISOString() };
  const auditEntry = { activity: 'Authentication Methods Policy Update', actor };
  const next = await ports.objects.change<object>(kind, id, (old) => ({ ...old, ...stamped }), auditEntry);
  if (!next) await ports.objects.add({ kind, id, owner: undefined, document: stamped }, auditEntry);
  return success();
}

type Targets = readonly { readonly id: string }[];

/** `path` precedes the name of a list in a refusal. Refuses with graphPropertyInvalid, graphMethodTargetUnknown. */
async function checkTargets(
  path: string,
  lists: { readonly includeTargets?: Targets | undefined; readonly excludeTargets?: Targets | undefined },
  most: number,
  { groups }: Pick<Ports, 'groups'>,
): Promise<Ruling<void>> {
  const { includeTargets = [], excludeTargets = [] } = lists;
  for (const [name, { length }] of Object.entries({ includeTargets, excludeTargets }))
    if (length > most) {
      const problem = `there can be at most ${most} ${most === 1 ? 'target' : 'targets'}`;
      return refused('graphPropertyInvalid', { target: `${path}${name}`, problem });
    }
  for (const { id } of [...includeTargets, ...excludeTargets])
    if (id !== 'all_users' && !(await groups.find(id.toLowerCase())))
      return refused('graphMethodTargetUnknown', { id });
  return success();
}
