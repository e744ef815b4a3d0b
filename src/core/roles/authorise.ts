import { passed, type Ruling, refused } from '../trace/ruling.ts';
import type { Access, Area } from './areas.ts';
import {
  directoryRole,
  directoryRoles,
  everyMember,
  globalAdministrator,
  privilegedAuthenticationAdministrator,
} from './directory-roles.ts';

/** Who calls, as the access token and the directory say. */
export interface Caller {
  readonly kind: 'person' | 'application';
  /** Object id of the user or service principal. */
  readonly id: string;
  readonly appId: string;
  /** `scp` of a person's token, `roles` of an application's. */
  readonly permissions: readonly string[];
  /** Template ids of the directory roles held now. */
  readonly roleIds: readonly string[];
  /** `sid` of the access token: the session of the login host that it was made in. */
  readonly sessionId?: string | undefined;
  /** A guest does not have the permissions of a member to read the directory. */
  readonly isGuest?: boolean;
}
/** What a call needs: one of the permissions, and a role that gives this access. */
export interface Need {
  readonly area: Area;
  readonly access: Access;
  readonly permissions: readonly string[];
  /** A person may do it to themselves without any role. */
  readonly isSelf?: boolean;
  /** What the call needs besides: it joins what two areas hold. */
  readonly also?: Need;
}

/**
 * May this call happen? A person's token needs the permission *and* a role of the person; an application's permission is
 * enough (graph-api §2.1).
 */
export function authorise(caller: Caller, need: Need): Ruling<string> {
  const ruling = authoriseInArea(caller, need);
  return ruling.outcome === 'passed' && need.also ? authorise(caller, need.also) : ruling;
}

function authoriseInArea(caller: Caller, need: Need): Ruling<string> {
  const permission = need.permissions.find((permission) =>
    caller.permissions.some((heldPermission) => gives(heldPermission, permission)),
  );
  if (permission === undefined) {
    return refused('graphScopeMissing', { accepted: need.permissions, held: caller.permissions });
  }
  if (caller.kind === 'application') return allowCall(permission, 'the application itself');
  if (need.isSelf) return allowCall(permission, 'the person concerned');
  if (!caller.isGuest && covers(everyMember[need.area], need.access)) return allowCall(permission, 'every member');
  const by = directoryRoles.filter(({ may }) => covers(may[need.area], need.access));
  const heldRole = by.find(({ templateId }) => caller.roleIds.includes(templateId));
  if (heldRole) return allowCall(permission, heldRole.displayName);
  const roleNames = by.map(({ displayName }) => displayName);
  return refused('graphRoleMissing', { area: need.area, access: need.access, accepted: roleNames });
}

const allowCall = (scope: string, by: string) => passed(by, 'graphCallAllowed', { scope, by });

function covers(access: Access | undefined, target: Access): boolean {
  return access === 'write' || access === target;
}

/** A permission to write includes the one to read the same: `X.ReadWrite.Y` gives `X.Read.Y`. */
function gives(heldPermission: string, target: string): boolean {
  return (
    heldPermission === target ||
    (target.includes('.Read.') && heldPermission === target.replace('.Read.', '.ReadWrite.'))
  );
}

/**
 * May this caller write what a synchronization from another directory writes: certificateUserIds and every onPremises property of
 * a user (UB-22, graph-api §6.1)? Such a synchronization is an application. Of people only a Global Administrator may. Objects
 * of the synchronization from Active Directory have a rule of their own (`mayChangeSynchronised`).
 */
export function mayWriteSynchronised(caller: Caller, property: string): Ruling<string> {
  if (caller.kind === 'application') return allowCall('any', 'the synchronization');
  if (caller.roleIds.includes(globalAdministrator)) return allowCall('any', 'Global Administrator');
  return refused('graphUserSynchronised', { property });
}

/** Roles whose holders only these two may reset, disable, delete or sign out. */
const mayTouchAdministrators = [globalAdministrator, privilegedAuthenticationAdministrator];
/** Roles that do not make their holder an administrator. */
const harmless = ['88d8e3e3-8f55-4a1e-953a-9b9898b8876b'];

/**
 * May this caller reset, disable, delete or sign out a user with these roles (graph-api §2.4, last line)? A member or owner
 * of a role-assignable group is protected as well, because a role may be assigned to the group at any time.
 */
export function mayTouchHolder(
  caller: Caller,
  targetRoleIds: readonly string[],
  isInRoleAssignableGroup = false,
): Ruling<string> {
  const protecting = targetRoleIds.filter((id) => !harmless.includes(id));
  const isProtected = protecting.length > 0 || isInRoleAssignableGroup;
  if (caller.kind === 'application' || !isProtected) return allowCall('any', 'a target without roles');
  if (caller.roleIds.some((id) => mayTouchAdministrators.includes(id)))
    return allowCall('any', 'a role above the target');
  const names = protecting.map((id) => directoryRole(id)?.displayName ?? id);
  const roles = names.length > 0 ? names : ['membership or ownership of a role-assignable group'];
  return refused('graphTargetProtected', { roles });
}
