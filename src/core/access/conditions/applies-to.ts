import { matchesDeviceFilter, parseDeviceFilter } from '../device/device-filter.ts';
import type { AccessConditions, ConditionalAccessPolicy, NamedLocation } from '../policy.ts';
import { isInRange } from './ip-range.ts';
import type { Situation } from './situation.ts';

/** A condition by the name that a What If analysis has for it (Graph `whatIfAnalysisReasons`). */
export type UnmetCondition =
  | 'users'
  | 'application'
  | 'userActions'
  | 'authenticationContext'
  | 'clientApps'
  | 'location'
  | 'devicePlatform'
  | 'devices';

/** Does the policy speak of this situation? Every condition must hold; an exclusion beats an inclusion. */
export const appliesTo = (policy: ConditionalAccessPolicy, situation: Situation): boolean =>
  unmetCondition(policy, situation) === undefined;

/** The first condition for which the policy does not speak of this situation; undefined where it does. */
export function unmetCondition(
  { conditions }: ConditionalAccessPolicy,
  situation: Situation,
): UnmetCondition | undefined {
  if (!concernsUser(conditions.users, situation)) return 'users';
  if (!concernsApplication(conditions.applications, situation)) return targetOf(situation);
  if (!concernsClient(conditions, situation)) return 'clientApps';
  if (!concernsPlatform(conditions.platforms ?? {}, situation)) return 'devicePlatform';
  if (!concernsPlace(conditions.locations ?? {}, situation)) return 'location';
  if (!concernsDevice(conditions.devices ?? {}, situation)) return 'devices';
  return undefined;
}

/** What the situation is about: an authentication context, a user action, or an application. */
function targetOf({ authenticationContexts = [], userAction }: Situation): UnmetCondition {
  if (authenticationContexts.length > 0) return 'authenticationContext';
  return userAction === undefined ? 'application' : 'userActions';
}

function concernsUser(users: AccessConditions['users'], { user, roleTemplateIds = [] }: Situation): boolean {
  const isExcluded =
    names(users.excludeUsers, user.id) ||
    overlap(users.excludeGroups, user.groupIds) ||
    overlap(users.excludeRoles, roleTemplateIds);
  if (isExcluded) return false;
  const everybody = names(users.includeUsers, 'All');
  return (
    everybody ||
    names(users.includeUsers, user.id) ||
    overlap(users.includeGroups, user.groupIds) ||
    overlap(users.includeRoles, roleTemplateIds)
  );
}

/** An application, a user action, or an authentication context that a claims challenge asks for. */
function concernsApplication(applications: AccessConditions['applications'], situation: Situation): boolean {
  const { applicationId, resourceId = applicationId, authenticationContexts = [], userAction } = situation;
  if (overlap(applications.includeAuthenticationContextClassReferences, authenticationContexts)) return true;
  if (userAction !== undefined && names(applications.includeUserActions, userAction)) return true;
  // What is protected is the resource; only being excluded itself exempts it, not the client that asks for it.
  if (names(applications.excludeApplications, resourceId)) return false;
  const targetIds = [resourceId, applicationId];
  return names(applications.includeApplications, 'All') || overlap(applications.includeApplications, targetIds);
}

function concernsClient({ clientAppTypes }: AccessConditions, { clientAppType = 'browser' }: Situation): boolean {
  return names(clientAppTypes, 'all') || names(clientAppTypes, clientAppType);
}

/** The policy applies at a place that is not known, and it exempts no user from it. */
function concernsPlace(locations: NonNullable<AccessConditions['locations']>, situation: Situation): boolean {
  const { includeLocations = [], excludeLocations = [] } = locations;
  if (excludeLocations.some((location) => isAt(location, situation, false))) return false;
  return includeLocations.length === 0 || includeLocations.some((location) => isAt(location, situation, true));
}

function isAt(location: string, { ipAddress, namedLocations = [] }: Situation, unknown: boolean): boolean {
  if (location === 'All') return true;
  if (location === 'AllTrusted')
    return namedLocations.some((namedLocation) => namedLocation.isTrusted && isWithin(ipAddress, namedLocation));
  const namedLocation = namedLocations.find((namedLocation) => sameId(namedLocation.id, location));
  return namedLocation ? isWithin(ipAddress, namedLocation) : unknown;
}

/** The named locations that an IP address belongs to. */
export const locationsOf = (ipAddress: string, locations: readonly NamedLocation[]): readonly NamedLocation[] =>
  locations.filter((location) => isWithin(ipAddress, location));

function isWithin(ipAddress: string, { ipRanges }: NamedLocation): boolean {
  return ipRanges.some((range) => isInRange(ipAddress, range));
}

function concernsPlatform(platforms: NonNullable<AccessConditions['platforms']>, { platform }: Situation): boolean {
  const { includePlatforms = [], excludePlatforms = [] } = platforms;
  if (platform !== undefined && names(excludePlatforms, platform)) return false;
  return (
    includePlatforms.length === 0 ||
    platform === undefined ||
    names(includePlatforms, 'all') ||
    names(includePlatforms, platform)
  );
}

/**
 * Filter for devices. A device that did not prove itself has no properties, as one that is not registered in Entra. A rule
 * that is not understood was refused when the policy was entered; where one is stored anyway, the policy applies.
 */
function concernsDevice(devices: NonNullable<AccessConditions['devices']>, { device }: Situation): boolean {
  const { deviceFilter } = devices;
  if (!deviceFilter) return true;
  const rule = parseDeviceFilter(deviceFilter.rule);
  if (rule.outcome !== 'passed') return true;
  return matchesDeviceFilter(rule.value, device) === (deviceFilter.mode !== 'exclude');
}

function overlap(ids: readonly string[] | undefined, candidates: readonly string[]): boolean {
  return candidates.some((id) => names(ids, id));
}

function names(ids: readonly string[] | undefined, id: string): boolean {
  return ids?.some((item) => sameId(item, id)) ?? false;
}

function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
