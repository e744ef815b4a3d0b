/** What an administrator may touch: the columns of the role matrix (graph-api §2.4). */
export const areas = [
  'classicStore',
  'pkiStore',
  'methodPolicy',
  'certificateUserIds',
  'users',
  'userCredentials',
  'authenticationMethods',
  'userState',
  'groups',
  'accessPolicies',
  'rollout',
  'domains',
  'organization',
  'applications',
  'devices',
  'signInLog',
  'auditLog',
  'roles',
  'deviceCompliance',
  'devicePolicy',
  'branding',
] as const;
export type Area = (typeof areas)[number];
export type Access = 'read' | 'write';
