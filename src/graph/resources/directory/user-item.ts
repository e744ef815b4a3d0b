import type { UserEntry } from '#model/user.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { GraphResource } from '../../protocol/answers.ts';
import { withTag } from '../../protocol/etag.ts';

const storedProperties = {
  givenName: null,
  surname: null,
  jobTitle: null,
  mobilePhone: null,
  officeLocation: null,
  preferredLanguage: null,
  mailNickname: null,
  passwordPolicies: null,
  userType: 'Member',
  usageLocation: null,
  employeeId: null,
  employeeType: null,
  department: null,
  companyName: null,
  city: null,
  country: null,
  state: null,
  streetAddress: null,
  postalCode: null,
  faxNumber: null,
  ageGroup: null,
  consentProvidedForMinor: null,
  onPremisesImmutableId: null,
  onPremisesSamAccountName: null,
  onPremisesDomainName: null,
  onPremisesDistinguishedName: null,
  onPremisesSecurityIdentifier: null,
  onPremisesLastSyncDateTime: null,
  onPremisesSyncEnabled: null,
  showInAddressList: null,
  lastPasswordChangeDateTime: null,
} as const;
const listProperties = [
  ...(['businessPhones', 'otherMails', 'proxyAddresses', 'imAddresses', 'identities'] as const),
  'onPremisesProvisioningErrors',
] as const;
const emptyLists = Object.fromEntries(listProperties.map((name) => [name, []]));

/** What clients read and we do not keep: null instead of an error (Terraform asks for all of it). */
const alsoKnown = [
  'assignedLicenses',
  'assignedPlans',
  'creationType',
  'employeeHireDate',
  'employeeLeaveDateTime',
  'employeeOrgData',
  'externalUserState',
  'externalUserStateChangeDateTime',
  'isManagementRestricted',
  'isResourceAccount',
  'legalAgeGroupClassification',
  'manager',
  'onPremisesExtensionAttributes',
  'onPremisesObjectIdentifier',
  'provisionedPlans',
  'securityIdentifier',
  'preferredDataLocation',
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mailboxSettings',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
  'extensions',
  'memberOf',
  'customSecurityAttributes',
  'cloudRealtimeCommunicationInfo',
  'licenseAssignmentStates',
  'serviceProvisioningErrors',
  'print',
];
export const userResource: GraphResource = {
  type: 'user',
  set: 'users',
  defaults: [
    'businessPhones',
    'displayName',
    'givenName',
    'jobTitle',
    'mail',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'surname',
    'userPrincipalName',
    'id',
  ],
  alsoKnown,
};

/** A user as Graph shows one; what only `$select` brings is here too. The groups of a user are not part of the user's state. */
export function userItem(entry: UserEntry): Item {
  return withTag({ '@odata.type': '#microsoft.graph.user', ...itemOf(entry) }, stateOf(entry));
}

/** The same without its type, where the address says what it is. @param showsBindings whether the caller may see them; else they are null */
export function untypedUserItem(entry: UserEntry, showsBindings: boolean): Item {
  const item = itemOf(entry);
  if (!showsBindings) item.authorizationInfo = null;
  return withTag(item, stateOf(entry));
}

const stateOf = (entry: UserEntry) => ({ ...entry, user: { ...entry.user, groupIds: [] } });

function itemOf({ user, profile, createdDateTime, hasPassword }: UserEntry): Record<string, unknown> {
  return {
    id: user.id,
    deletedDateTime: null,
    displayName: user.displayName,
    userPrincipalName: user.userPrincipalName,
    mail: user.mail ?? null,
    accountEnabled: user.accountEnabled,
    onPremisesUserPrincipalName: user.onPremisesUserPrincipalName ?? null,
    authorizationInfo: { certificateUserIds: user.certificateUserIds },
    signInSessionsValidFromDateTime: user.signInSessionsValidFromDateTime ?? createdDateTime ?? null,
    refreshTokensValidFromDateTime: user.signInSessionsValidFromDateTime ?? createdDateTime ?? null,
    createdDateTime: createdDateTime ?? null,
    passwordProfile: hasPassword ? (profile.passwordProfile ?? null) : null,
    ...storedProperties,
    ...emptyLists,
    ...profile,
  };
}
