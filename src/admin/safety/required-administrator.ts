import type { User } from '#core/binding/user.ts';
import { type Ruling, refused } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { globalAdministratorsOf } from '../directory/role-assignments.ts';

/**
 * The change, which keeps one enabled Global Administrator where there is one, whatever way it takes one away: role, account,
 * group that lends the role. Refuses with graphLastAdministrator.
 */
export const requiringAdministrator =
  <P extends AdminPorts, T>(change: (inside: P) => Promise<Ruling<T>>) =>
  async (inside: P): Promise<Ruling<T>> => {
    const before = await enabledAdministrators(inside);
    const result = await change(inside);
    if (result.outcome !== 'passed') return result;
    if (before.length === 0 || (await enabledAdministrators(inside)).length > 0) return result;
    const administrators = before.map(({ id, userPrincipalName }) => ({ id, userPrincipalName }));
    return refused('graphLastAdministrator', { administrators });
  };

/** The users who hold the role and may sign in. */
export const enabledAdministrators = async (inside: AdminPorts): Promise<readonly User[]> =>
  (await globalAdministratorsOf(inside)).filter(({ accountEnabled }) => accountEnabled);
