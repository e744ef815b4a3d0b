import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import { directoryRole } from '#core/roles/directory-roles.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { isKnownApplication } from '../applications/first-party.ts';
import { authenticationContexts } from './authentication-contexts.ts';

/** Where a policy names an object that the tenant does not have: a JSON pointer without its first slash, and the id. */
export interface UnknownReference {
  readonly target: string;
  readonly id: string;
}

type Ports = Pick<AdminPorts, 'users' | 'groups' | 'applications' | 'objects' | 'policy'>;
const literals = ['All', 'None'];

/**
 * The users, groups, roles, applications and authentication contexts that a policy names and the tenant does not have. A policy that names an
 * unknown object would protect less than it says.
 */
export async function unknownReferences(
  { conditions: { users, applications } }: ConditionalAccessPolicy,
  ports: Ports,
): Promise<readonly UnknownReference[]> {
  const isUser = async (id: string) => literals.includes(id) || (await ports.users.find(id))?.id === id;
  const isGroup = async (id: string) => (await ports.groups.find(id)) !== undefined;
  const isRole = async (id: string) => directoryRole(id) !== undefined;
  const isApplication = async (id: string) =>
    literals.includes(id) || isKnownApplication(id) || (await ports.applications.find(id)) !== undefined;
  const checks = (['include', 'exclude'] as const).flatMap(
    (side) =>
      [
        [`conditions/users/${side}Users`, users[`${side}Users`], isUser],
        [`conditions/users/${side}Groups`, users[`${side}Groups`], isGroup],
        [`conditions/users/${side}Roles`, users[`${side}Roles`], isRole],
        [`conditions/applications/${side}Applications`, applications[`${side}Applications`], isApplication],
      ] as const,
  );
  const contexts = (await authenticationContexts(ports)).map(({ id }) => id);
  const unknown: UnknownReference[] = (applications.includeAuthenticationContextClassReferences ?? [])
    .filter((id) => !contexts.includes(id))
    .map((id) => ({ target: 'conditions/applications/includeAuthenticationContextClassReferences', id }));
  for (const [target, ids = [], isKnown] of checks) {
    for (const id of ids) if (!(await isKnown(id))) unknown.push({ target, id });
  }
  return unknown;
}
