import { type Ruling, refused } from '../trace/ruling.ts';
import type { Access, Area } from './areas.ts';
import { authorise, type Caller, mayTouchHolder } from './authorise.ts';

/** A user as far as it decides who may change it. */
export interface TargetUser {
  readonly id: string;
  /** Template ids of the directory roles held now. */
  readonly roleIds: readonly string[];
  /** A member or an owner of a role-assignable group, whether or not the group holds a role. */
  readonly isInRoleAssignableGroup: boolean;
}

interface Rule {
  readonly area: Area;
  readonly access: Access;
  readonly permissions: readonly string[];
  /** Decides how the user signs in: administrators are reached by Global and Privileged Authentication Administrators. */
  readonly isSensitive: boolean;
  /** The rule for the account of the caller: no role is needed, the role is needed, or it is refused with every role. */
  readonly self: 'allowed' | 'needs role' | 'refused';
}

export const userWritePermissions = [
  'User.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Directory.AccessAsUser.All',
] as const;
export const userDeletePermissions = [
  'User.DeleteRestore.All',
  'User.ReadWrite.All',
  'Directory.AccessAsUser.All',
] as const;
export const revokePermissions = ['User.RevokeSessions.All', ...userWritePermissions] as const;
const methodsWrite = ['UserAuthenticationMethod.ReadWrite.All'] as const;
const methodsRead = ['UserAuthenticationMethod.Read.All', ...methodsWrite] as const;

const sensitive = (area: Area, permissions: readonly string[], self: Rule['self'] = 'needs role'): Rule => ({
  area,
  access: 'write',
  permissions,
  isSensitive: true,
  self,
});

/** What can be done to a user, and who may (graph-api §2.4; Entra's "Who can perform sensitive actions"). */
export const userOperations = {
  readMethods: {
    area: 'authenticationMethods',
    access: 'read',
    permissions: methodsRead,
    isSensitive: false,
    self: 'allowed',
  },
  removeMethod: sensitive('authenticationMethods', methodsWrite),
  issueTemporaryAccessPass: sensitive('authenticationMethods', methodsWrite, 'refused'),
  resetPassword: sensitive('userCredentials', ['User-PasswordProfile.ReadWrite.All', ...userWritePermissions]),
  /** The same by the method: the permission for methods is enough. */
  resetPasswordMethod: sensitive('userCredentials', [
    ...methodsWrite,
    'User-PasswordProfile.ReadWrite.All',
    ...userWritePermissions,
  ]),
  revokeSessions: sensitive('userCredentials', revokePermissions, 'allowed'),
  enableOrDisable: sensitive('userState', ['User.EnableDisableAccount.All', ...userWritePermissions]),
  changeSensitiveProperty: sensitive('userState', userWritePermissions),
  deleteOrRestore: sensitive('userState', userDeletePermissions),
  changeBinding: sensitive('certificateUserIds', userWritePermissions),
  changeMail: sensitive('users', userWritePermissions),
  changeProfile: {
    area: 'users',
    access: 'write',
    permissions: userWritePermissions,
    isSensitive: false,
    self: 'needs role',
  },
} as const satisfies Record<string, Rule>;
export type UserOperation = keyof typeof userOperations;

const byProperty: Readonly<Record<string, UserOperation>> = {
  passwordProfile: 'resetPassword',
  accountEnabled: 'enableOrDisable',
  userPrincipalName: 'changeSensitiveProperty',
  businessPhones: 'changeSensitiveProperty',
  mobilePhone: 'changeSensitiveProperty',
  otherMails: 'changeSensitiveProperty',
  passwordPolicies: 'changeSensitiveProperty',
  authorizationInfo: 'changeBinding',
  certificateUserIds: 'changeBinding',
  identities: 'changeBinding',
  proxyAddresses: 'changeBinding',
  mail: 'changeMail',
};

/**
 * The operation that a change of this property of a user is. What comes from another directory (`onPremises…`) has the
 * rights of certificate bindings, because a binding can read it (graph-api §6.1).
 */
export function operationOf(property: string): UserOperation {
  if (property.startsWith('onPremises')) return 'changeBinding';
  return Object.hasOwn(byProperty, property) ? byProperty[property]! : 'changeProfile';
}

/** Do the roles of the user decide whether the operation is allowed? */
export const isSensitive = (operation: UserOperation): boolean => userOperations[operation].isSensitive;

/** May this call do this to this user (graph-api §2.4)? */
export function authoriseOnUser(caller: Caller, operation: UserOperation, target: TargetUser): Ruling<string> {
  const rule: Rule = userOperations[operation];
  const isSelf = caller.kind === 'person' && caller.id === target.id;
  const { area, access, permissions } = rule;
  const ruling = authorise(caller, { area, access, permissions, isSelf: isSelf && rule.self === 'allowed' });
  if (ruling.outcome !== 'passed') return ruling;
  if (isSelf) return rule.self === 'refused' ? refused('graphOwnPassRefused', {}) : ruling;
  return rule.isSensitive ? mayTouchHolder(caller, target.roleIds, target.isInRoleAssignableGroup) : ruling;
}
