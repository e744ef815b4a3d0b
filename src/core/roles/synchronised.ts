import { passed, type Ruling, refused } from '../trace/ruling.ts';
import type { Caller } from './authorise.ts';
import { directorySynchronizationAccounts } from './directory-roles.ts';

/** Properties of a synchronized user that Active Directory decides, besides every `onPremises…` property. */
const ofUsers: ReadonlySet<string> = new Set([
  ...['userPrincipalName', 'displayName', 'givenName', 'surname', 'mail', 'mailNickname', 'proxyAddresses'],
  ...['jobTitle', 'department', 'companyName', 'officeLocation', 'employeeId', 'employeeType', 'preferredLanguage'],
  ...['businessPhones', 'mobilePhone', 'streetAddress', 'city', 'state', 'postalCode', 'country'],
  ...['authorizationInfo', 'certificateUserIds', 'identities'],
]);
/** The same of a group. */
const ofGroups: ReadonlySet<string> = new Set([
  ...['displayName', 'description', 'mail', 'mailEnabled', 'mailNickname', 'proxyAddresses', 'securityEnabled'],
  ...['members', 'members@odata.bind'],
]);

/**
 * Does Active Directory decide this property of an object that a synchronization manages (UB-22, graph-api §6.1)? `accountEnabled`
 * is decided on both sides: an account that was compromised can be disabled here at once.
 */
export const isSynchronisedProperty = (kind: 'user' | 'group', property: string): boolean =>
  property.startsWith('onPremises') || (kind === 'user' ? ofUsers : ofGroups).has(property);

/**
 * May this caller change these properties of an object that a synchronization manages? Only who holds the role Directory
 * Synchronization Accounts may change what Active Directory decides: no other administrator and no other application.
 */
export function mayChangeSynchronised(
  { roleIds }: Pick<Caller, 'roleIds'>,
  kind: 'user' | 'group',
  properties: readonly string[],
): Ruling<string> {
  const property = properties.find((name) => isSynchronisedProperty(kind, name));
  if (property !== undefined && !roleIds.includes(directorySynchronizationAccounts))
    return refused('graphUserSynchronised', { property });
  return passed(kind, 'graphCallAllowed', { scope: 'any', by: 'Directory Synchronization Accounts' });
}
