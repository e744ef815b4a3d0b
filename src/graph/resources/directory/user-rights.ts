import { authoriseOnUser, isSensitive, type UserOperation } from '#core/roles/user-operations.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { protectionOf } from '#signin/user/roles-held.ts';
import type { Call } from '../../protocol/call.ts';

/**
 * Each of these operations must be allowed on this user (graph-api §2.4).
 * @param restoredGroupIds groups that a deleted user comes back to
 * @throws graphScopeMissing, graphRoleMissing, graphTargetProtected, graphOwnPassRefused
 */
export async function requireOnUser(
  call: Call,
  userId: string,
  operations: readonly UserOperation[],
  restoredGroupIds: readonly string[] = [],
): Promise<void> {
  const none = { roleIds: [], isInRoleAssignableGroup: false };
  const protection = operations.some(isSensitive) ? await protectionOf(userId, call.ports, restoredGroupIds) : none;
  for (const operation of operations) {
    orThrow(authoriseOnUser(call.caller, operation, { id: userId, ...protection }));
  }
}
