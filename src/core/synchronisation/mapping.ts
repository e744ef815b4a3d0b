import type { Expression } from './expression/node.ts';

/** How objects of one domain are mapped. */
export interface Mapping {
  /** DNS name of the domain. */
  readonly domain: string;
  readonly netBiosName: string;
  /** Verified domains of the tenant, in lower case; the first is its default. */
  readonly verifiedDomains: readonly string[];
  readonly sourceAnchor: 'objectGUID' | 'mS-DS-ConsistencyGuid';
  /** For `certificateUserIds`; undefined takes every value of altSecurityIdentities. */
  readonly certificateUserIds: Expression | undefined;
}

/** Attributes of every object that is read (windows-sign-in §6.3). */
export const readAttributes = {
  every: ['objectGUID', 'objectSid', 'sAMAccountName', 'displayName', 'cn', 'uSNChanged', 'whenChanged'],
  user: [
    ...[
      'userPrincipalName',
      'userAccountControl',
      'mail',
      'proxyAddresses',
      'mailNickname',
      'givenName',
      'sn',
      'title',
    ],
    ...[
      'department',
      'company',
      'physicalDeliveryOfficeName',
      'telephoneNumber',
      'mobile',
      'employeeID',
      'employeeType',
    ],
    ...['l', 'st', 'postalCode', 'streetAddress', 'co', 'preferredLanguage', 'altSecurityIdentities'],
    'mS-DS-ConsistencyGuid',
  ],
  group: ['mail', 'proxyAddresses', 'mailNickname', 'description', 'groupType'],
  computer: ['userAccountControl', 'userCertificate', 'dNSHostName', 'operatingSystem', 'operatingSystemVersion'],
} as const;

/** Attributes whose values are octets, in lower case. */
export const binaryAttributes = ['objectGUID', 'objectSid', 'mS-DS-ConsistencyGuid', 'userCertificate'] as const;
