import { type Access, type Area, areas } from './areas.ts';

/** A directory role: who may read and who may write what. Ids are Entra's template ids (graph-api §2.4). */
export interface DirectoryRole {
  readonly templateId: string;
  readonly displayName: string;
  readonly description: string;
  readonly may: Readonly<Partial<Record<Area, Access>>>;
}

/** What every member may read, whatever their roles. */
export const everyMember: DirectoryRole['may'] = {
  users: 'read',
  groups: 'read',
  domains: 'read',
  organization: 'read',
  applications: 'read',
  devices: 'read',
};

const everyArea = (access: Access) => Object.fromEntries(areas.map((area) => [area, access])) as Record<Area, Access>;
const read = (...names: readonly Area[]) => Object.fromEntries(names.map((name) => [name, 'read' as const]));
const write = (...names: readonly Area[]) => Object.fromEntries(names.map((name) => [name, 'write' as const]));

export const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
export const privilegedAuthenticationAdministrator = '7be44c8a-adaf-4e2a-84d6-ab2649e08a13';
export const directorySynchronizationAccounts = 'd29b2b05-8046-44ba-8758-1e26182fcf32';
export const privilegedRoleAdministrator = 'e8611ab8-c189-46e8-94e1-60213ab1f814';

/** One row a role of the matrix; what a row does not name, the role does not give. */
export const directoryRoles: readonly DirectoryRole[] = [
  role(globalAdministrator, 'Global Administrator', 'Manages everything in the tenant.', {
    ...everyArea('write'),
    ...read('signInLog', 'auditLog'),
  }),
  role(
    privilegedAuthenticationAdministrator,
    'Privileged Authentication Administrator',
    'Manages how any user signs in, administrators included, and the PKI-based trust store.',
    {
      ...write('pkiStore', 'certificateUserIds', 'userCredentials', 'authenticationMethods', 'userState'),
      ...read('methodPolicy', 'roles'),
    },
  ),
  role(
    '0526716b-113d-4c15-b2c8-68e3c22b9f80',
    'Authentication Policy Administrator',
    'Manages the authentication methods policy.',
    { ...write('methodPolicy'), ...read('classicStore', 'pkiStore', 'accessPolicies', 'roles') },
  ),
  role(
    'c4e39bd9-1100-46d3-8c65-fb160da0071f',
    'Authentication Administrator',
    'Manages how users without administrative roles sign in.',
    { ...write('userCredentials', 'authenticationMethods'), ...read('methodPolicy', 'roles') },
  ),
  role(
    '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2',
    'Hybrid Identity Administrator',
    'Manages synchronization, federation and staged rollout.',
    { ...write('rollout', 'domains'), ...read('methodPolicy', 'signInLog', 'auditLog', 'roles') },
  ),
  role(
    'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9',
    'Conditional Access Administrator',
    'Manages Conditional Access and authentication strengths.',
    { ...write('accessPolicies'), ...read('methodPolicy', 'signInLog', 'roles') },
  ),
  role('194ae4cb-b126-40b2-bd5b-6091b380977d', 'Security Administrator', 'Reads security reports, manages policies.', {
    ...write('accessPolicies'),
    ...read('methodPolicy', 'signInLog', 'auditLog', 'roles'),
  }),
  role('5d6b6bb7-de71-4623-b4af-96380a352509', 'Security Reader', 'Reads security reports and policies.', {
    ...read('methodPolicy', 'accessPolicies', 'signInLog', 'auditLog', 'roles'),
  }),
  role('5f2222b1-57c3-48ba-8ad5-d4759f1fde6f', 'Security Operator', 'Handles security events.', {
    ...read('accessPolicies', 'signInLog', 'auditLog', 'roles'),
  }),
  role('4a5d8f65-41da-4de4-8968-e035b65339cf', 'Reports Reader', 'Reads sign-in and audit logs.', {
    ...read('signInLog', 'auditLog'),
  }),
  role('f2ef992c-3afb-46b9-b7cf-a126ee74c451', 'Global Reader', 'Reads everything a Global Administrator can.', {
    ...everyArea('read'),
  }),
  role('fe930be7-5e62-47db-91af-98c3a49a38b1', 'User Administrator', 'Manages users and groups.', {
    ...write('users', 'groups', 'userCredentials', 'userState'),
    ...read('roles'),
  }),
  role('fdd7a751-b60b-444a-984c-02652fe8fa1c', 'Groups Administrator', 'Manages groups.', {
    ...write('groups'),
    ...read('roles'),
  }),
  role(
    '729827e3-9c14-49f7-bb1b-9608f156bbb8',
    'Helpdesk Administrator',
    'Resets passwords and ends sessions of users without administrative roles.',
    { ...write('userCredentials'), ...read('roles') },
  ),
  role(
    '966707d0-3269-4727-9be2-8c3a10f19b9d',
    'Password Administrator',
    'Resets passwords of users without administrative roles.',
    { ...write('userCredentials'), ...read('roles') },
  ),
  role(privilegedRoleAdministrator, 'Privileged Role Administrator', 'Assigns directory roles.', {
    ...write('roles'),
    ...read('auditLog'),
  }),
  role('9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', 'Application Administrator', 'Manages applications.', {
    ...write('applications'),
    ...read('signInLog', 'roles'),
  }),
  role('158c047a-c907-4556-b7ef-446551a6b5f7', 'Cloud Application Administrator', 'Manages applications.', {
    ...write('applications'),
    ...read('signInLog', 'roles'),
  }),
  role('7698a772-787b-4ac8-901f-60d6b08affd2', 'Cloud Device Administrator', 'Manages devices.', {
    ...write('devices', 'devicePolicy'),
    ...read('roles'),
  }),
  role('3a2c62db-5318-420d-8d74-23affee5d9d5', 'Intune Administrator', 'Manages devices and marks them as compliant.', {
    ...write('devices', 'deviceCompliance'),
    ...read('devicePolicy', 'roles'),
  }),
  role('8329153b-31d0-4727-b945-745eb3bc5f31', 'Domain Name Administrator', 'Manages domains.', {
    ...write('domains'),
    ...read('roles'),
  }),
  role(
    '92ed04bf-c94a-4b82-9729-b799a7a4c178',
    'Organizational Branding Administrator',
    'Manages the branding of the sign-in pages.',
    { ...write('branding'), ...read('roles') },
  ),
  role('88d8e3e3-8f55-4a1e-953a-9b9898b8876b', 'Directory Readers', 'Reads the directory.', { ...read('roles') }),
  role('9360feb5-f418-4baa-8175-e2a00bac4301', 'Directory Writers', 'Writes users and groups.', {
    ...write('users', 'groups'),
    ...read('roles'),
  }),
  role(
    directorySynchronizationAccounts,
    'Directory Synchronization Accounts',
    'Writes users and groups that are synchronized from another directory.',
    { ...write('users', 'userState', 'groups', 'certificateUserIds', 'rollout', 'domains') },
  ),
];

function role(templateId: string, displayName: string, description: string, may: DirectoryRole['may']): DirectoryRole {
  return { templateId, displayName, description, may };
}

/** By template id, without regard to case. */
export function directoryRole(templateId: string): DirectoryRole | undefined {
  return directoryRoles.find((directoryRole) => directoryRole.templateId === templateId.toLowerCase());
}
