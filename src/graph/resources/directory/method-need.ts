import type { Need } from '#core/roles/authorise.ts';
import { type UserOperation, userOperations } from '#core/roles/user-operations.ts';
import type { Call } from '../../protocol/call.ts';
import { userIn } from './users.ts';

/** Users see their own methods without a role; those of others need one that covers authentication methods. */
export function methodNeed(operation: UserOperation) {
  return async (call: Call): Promise<Need> => {
    const { area, access, permissions, self } = userOperations[operation];
    const isSelf =
      self === 'allowed' && call.caller.kind === 'person' && (await userIn(call)).user.id === call.caller.id;
    return { area, access, permissions, isSelf };
  };
}
