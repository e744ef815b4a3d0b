import { actorText } from '#admin/actor.ts';
import { authorise, type Caller } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import type { Call, GraphPorts, GraphRequest } from './call.ts';
import type { Route } from './route.ts';

/** What an access token says of its bearer. */
export interface Bearer {
  readonly tenantId: string;
  readonly kind: Caller['kind'];
  readonly id: string;
  readonly appId: string;
  readonly permissions: readonly string[];
  readonly issuedAt: Date;
  readonly sessionId?: string | undefined;
}

/**
 * The caller as the directory is now: a role taken away, an account disabled, sessions revoked are felt at once.
 * @throws graphTokenRefused
 */
export async function callerOf(
  bearer: Bearer,
  { ipAddress }: Pick<GraphRequest, 'ipAddress'>,
  ports: GraphPorts,
): Promise<Pick<Call, 'caller' | 'actor'>> {
  const { kind, id, appId, permissions } = bearer;
  if (kind === 'application') {
    const application = await ports.applications.find(appId);
    if (!application) throw fault('graphTokenRefused', { problem: 'its application no longer exists' });
    const caller: Caller = { kind, id, appId, permissions, roleIds: [] };
    return { caller, actor: actorText({ kind: 'app', id: appId, name: application.displayName }) };
  }
  const user = await ports.directory.user(id);
  if (!user?.accountEnabled) throw fault('graphTokenRefused', { problem: 'its user no longer exists or is disabled' });
  const validFrom = Date.parse(user.signInSessionsValidFromDateTime ?? '') || 0;
  // The token's time is in whole seconds.
  if (bearer.issuedAt.getTime() + 1000 <= validFrom) {
    throw fault('graphTokenRefused', { problem: 'the sessions of its user were revoked after it was issued' });
  }
  const [entry] = await ports.users.entriesOf([id]);
  const isGuest = entry?.profile.userType === 'Guest';
  const caller: Caller = {
    kind,
    id,
    appId,
    permissions,
    roleIds: await rolesHeldBy(id, ports),
    isGuest,
    sessionId: bearer.sessionId,
  };
  const name = user.userPrincipalName;
  return { caller, actor: actorText({ kind: 'user', id, name, ipAddress }) };
}

/** What the operation needs for this call, and whether the caller has it. */
export async function permit(call: Call, { need: needOf }: Pick<Route, 'need'>) {
  const need = typeof needOf === 'function' ? await needOf(call) : needOf;
  return { need, ruling: authorise(call.caller, need) };
}

/**
 * The call on the stores of a transaction. The caller is read there again: a role that was taken away after the call was
 * authorized, and before the transaction had the tenant's lock, refuses the call.
 * @throws graphTokenRefused, graphScopeMissing, graphRoleMissing, and what the need of the operation throws
 */
export async function callWithin(
  call: Call,
  bearer: Bearer,
  route: Pick<Route, 'need'>,
  ports: GraphPorts,
): Promise<Call> {
  const currentCall: Call = { ...call, ...(await callerOf(bearer, call.request, ports)), ports };
  orThrow((await permit(currentCall, route)).ruling);
  return currentCall;
}
