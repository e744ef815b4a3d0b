import type { Area } from '../roles/areas.ts';

/** Where an activity of the audit log belongs (Graph: `loggedByService`, `category`), and what kind of thing it is done to. */
export interface Activity {
  readonly service: string;
  readonly category: string;
  /** `targetResources.type`. */
  readonly target: string;
}

/** A change by Graph or by the command line that was refused, or a read by Graph that its caller may not make. */
export const refusedCall = 'Refused Graph request';
export const refusedCommand = 'Refused command';

const coreDirectory = 'Core Directory';
const methods = 'Authentication Methods';
const rollout = 'Hybrid/App proxy service';

/** Service, category and target; then the names of activities, in the spelling detection rules look for (graph-api §12.3). */
const groups: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    coreDirectory,
    'Policy',
    'Policy',
    ['certificateBasedApplicationConfigurations', 'mutualTlsOauthConfigurations'].flatMap((kind) =>
      ['Add', 'Update', 'Delete'].map((verb) => `${verb} ${kind}`),
    ),
  ],
  [
    methods,
    'ApplicationManagement',
    'Policy',
    [
      'Authentication Methods Policy Update',
      'Authentication Methods Policy Reset',
      'Authentication Strength Policy Create',
      'Authentication Strength Policy Update',
      'Authentication Strength Policy Delete',
      'Authentication Strength Combination Configuration Create',
      'Authentication Strength Combination Configuration Update',
      'Authentication Strength Combination Configuration Delete',
    ],
  ],
  [methods, 'UserManagement', 'User', ['Register security info', 'Delete security info']],
  [
    coreDirectory,
    'CertificateBasedAuthConfiguration',
    'Other',
    [
      'Add CertificationBasedAuthConfiguration',
      'Delete CertificationBasedAuthConfiguration',
      'Update blocked certificates',
    ],
  ],
  [
    coreDirectory,
    'PublicKeyInfrastructure',
    'Other',
    [
      'Add certificate authority',
      'Update certificate authority',
      'Delete certificate authority',
      'Restore certificate authority',
      'Hard Delete certificate authority',
      'Add PKI',
      'Update PKI',
      'Delete PKI',
      'Restore PKI',
      'Hard Delete PKI',
      'Upload to PKI',
      'Import CRL',
    ],
  ],
  [
    coreDirectory,
    'UserManagement',
    'User',
    [
      'Add user',
      'Update user',
      'Delete user',
      'Restore user',
      'Hard Delete user',
      'Enable account',
      'Disable account',
      'Reset password',
      'Remove user password',
      'Set force change user password',
      'Update StsRefreshTokenValidFrom Timestamp',
      'End sign-ins of disabled user',
      'User reported suspicious sign-in',
      'End session',
    ],
  ],
  [coreDirectory, 'UserManagement', 'Other', ['End sign-ins of certificate']],
  [coreDirectory, 'KeyManagement', 'Other', ['Rotate signing key']],
  [
    coreDirectory,
    'GroupManagement',
    'Group',
    [
      'Add group',
      'Update group',
      'Delete group',
      'Restore group',
      'Hard Delete group',
      'Add member to group',
      'Remove member from group',
      'Add owner to group',
      'Remove owner from group',
    ],
  ],
  [
    coreDirectory,
    'RoleManagement',
    'Role',
    ['Add member to role', 'Remove member from role', 'Add role from template'],
  ],
  [
    coreDirectory,
    'ApplicationManagement',
    'Application',
    [
      'Add application',
      'Update application',
      'Delete application',
      'Restore application',
      'Hard Delete application',
      'Update application - Certificates and secrets management',
      'Add owner to application',
      'Remove owner from application',
    ],
  ],
  [
    coreDirectory,
    'ApplicationManagement',
    'ServicePrincipal',
    [
      'Add service principal',
      'Update service principal',
      'Remove service principal',
      'Add delegated permission grant',
      'Update delegated permission grant',
      'Remove delegated permission grant',
      'Add app role assignment to service principal',
      'Remove app role assignment from service principal',
      'Add app role assignment grant to user',
      'Remove app role assignment from user',
      'Add app role assignment grant to group',
      'Remove app role assignment from group',
      'Consent to application',
    ],
  ],
  [
    coreDirectory,
    'DirectoryManagement',
    'Directory',
    [
      'Add tenant',
      'Delete tenant',
      'Add unverified domain',
      'Verify domain',
      'Update domain',
      'Remove unverified domain',
      'Remove verified domain',
      'Set domain authentication',
      'Set federation settings on domain',
      'Set Company Information',
      'Update company branding',
      'Update company branding logo',
    ],
  ],
  [coreDirectory, 'DirectoryManagement', 'Other', [refusedCall, refusedCommand]],
  [
    'Conditional Access',
    'Policy',
    'Policy',
    [
      'Add Conditional Access policy',
      'Update Conditional Access policy',
      'Delete Conditional Access policy',
      'Add named location',
      'Update named location',
      'Delete named location',
      'Restore Conditional Access policy',
      'Restore named location',
      'Hard Delete Conditional Access policy',
      'Hard Delete named location',
      'Add AuthenticationContextClassReference',
      'Update AuthenticationContextClassReference',
      'Delete AuthenticationContextClassReference',
    ],
  ],
  [
    rollout,
    'Authentication',
    'Policy',
    [
      'Create rollout policy for feature',
      'Update rollout policy of feature',
      'Delete rollout policy of feature',
      'Add a group to feature rollout',
      'Remove a group from feature rollout',
    ],
  ],
  [
    'Device Registration Service',
    'Device',
    'Device',
    [
      'Register device',
      'Unregister device',
      'Update device',
      'Delete device',
      'Renew device registration',
      'Add Windows Hello for Business credential',
    ],
  ],
  [
    coreDirectory,
    'Device',
    'Device',
    [
      'Add device',
      'Device no longer compliant',
      'Add registered owner to device',
      'Remove registered owner from device',
      'Add registered users to device',
      'Remove registered users from device',
    ],
  ],
  ['Device Registration Service', 'Policy', 'Policy', ['Set device registration policies']],
];

const activities: ReadonlyMap<string, Activity> = new Map(
  groups.flatMap(([service, category, target, names]) =>
    names.map((name) => [name, { service, category, target }] as const),
  ),
);

const targets: Readonly<Record<Area, string>> = {
  classicStore: 'Other',
  pkiStore: 'Other',
  methodPolicy: 'Policy',
  certificateUserIds: 'User',
  users: 'User',
  userCredentials: 'User',
  authenticationMethods: 'User',
  userState: 'User',
  groups: 'Group',
  accessPolicies: 'Policy',
  rollout: 'Policy',
  domains: 'Directory',
  organization: 'Directory',
  branding: 'Directory',
  applications: 'Application',
  devices: 'Device',
  signInLog: 'Other',
  auditLog: 'Other',
  roles: 'Role',
  deviceCompliance: 'Device',
  devicePolicy: 'Policy',
};

/** `targetResources.type` of what an operation of this area is done to. */
export const targetOf = (area: Area): string => targets[area];

/** What nothing else is known of. */
const otherActivity: Activity = { service: coreDirectory, category: 'DirectoryManagement', target: 'Other' };

/** Where an activity belongs; one of an older or a newer version, whose name is not in the table, is the directory's. */
export function activityOf(name: string): Activity {
  return activities.get(name) ?? otherActivity;
}

/** Whether this version writes changes of this name. Rows of an older one may have others. */
export const isActivity = (name: string): boolean => activities.has(name);

/** Names for which the test holds; undefined when it holds for names outside the table too, so that no list is complete. */
export function activitiesWhere(test: (name: string, activity: Activity) => boolean): readonly string[] | undefined {
  if (test('', otherActivity)) return undefined;
  return [...activities].filter(([name, activity]) => test(name, activity)).map(([name]) => name);
}
