import type { User } from '#core/binding/user.ts';
import { fault } from '#core/trace/fault.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { globalAdministratorsOf } from '../directory/role-assignments.ts';

/**
 * The change, which keeps one enabled Global Administrator where there is one, whatever way it takes one away: role, account,
 * group that lends the role. @throws graphLastAdministrator
 */
export const keepingAdministrator =
  <P extends AdminPorts, T>(change: (inside: P) => Promise<T>) =>
  async (inside: P): Promise<T> => {
    const before = await enabledAdministrators(inside);
    const result = await change(inside);
    if (before.length === 0 || (await enabledAdministrators(inside)).length > 0) return result;
    const administrators = before.map(({ id, userPrincipalName }) => ({ id, userPrincipalName }));
    throw fault('graphLastAdministrator', { administrators });
  };

/** The users who hold the role and may sign in. */
export const enabledAdministrators = async (inside: AdminPorts): Promise<readonly User[]> =>
  (await globalAdministratorsOf(inside)).filter(({ accountEnabled }) => accountEnabled);
