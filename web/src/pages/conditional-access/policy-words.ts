import type { ValueWords } from '../../components/data/changed-values.tsx';
import { controlWords } from '../../components/data/words.ts';
import { type Choice, labelOf } from '../../components/forms/choices.ts';
import type { NamedKind } from '../../graph/names.ts';
import {
  clients,
  filterModes,
  frequencyIntervals,
  frequencyUnits,
  operators,
  persistentModes,
  platforms,
} from './choices.ts';
import { stateNames } from './model.ts';

/** What a value instead of an id stands for. */
const standIns: Readonly<Record<string, string>> = {
  All: 'All',
  None: 'None',
  all: 'All',
  AllTrusted: 'All trusted locations',
  GuestsOrExternalUsers: 'Guests or external users',
  'urn:user:registersecurityinfo': 'Register security information',
};

/** What the values at a path are the ids of. */
const references: Readonly<Record<string, NamedKind>> = {
  'conditions.users.includeUsers': 'users',
  'conditions.users.excludeUsers': 'users',
  'conditions.users.includeGroups': 'groups',
  'conditions.users.excludeGroups': 'groups',
  'conditions.users.includeRoles': 'directoryRoles',
  'conditions.users.excludeRoles': 'directoryRoles',
  'conditions.applications.includeApplications': 'servicePrincipals',
  'conditions.applications.excludeApplications': 'servicePrincipals',
  'conditions.applications.includeAuthenticationContextClassReferences': 'authenticationContexts',
  'conditions.locations.includeLocations': 'namedLocations',
  'conditions.locations.excludeLocations': 'namedLocations',
  'grantControls.authenticationStrength.id': 'authenticationStrengths',
};

const choices: Readonly<Record<string, readonly Choice<string>[]>> = {
  state: Object.entries(stateNames).map(([id, label]) => ({ id, label })),
  'conditions.clientAppTypes': clients,
  'conditions.platforms.includePlatforms': platforms,
  'conditions.platforms.excludePlatforms': platforms,
  'conditions.devices.deviceFilter.mode': filterModes,
  'grantControls.operator': operators,
  'sessionControls.signInFrequency.frequencyInterval': frequencyIntervals,
  'sessionControls.signInFrequency.type': frequencyUnits,
  'sessionControls.persistentBrowser.mode': persistentModes,
};

/** How the values of a Conditional Access policy are called. */
export const policyWords: ValueWords = {
  names: {
    displayName: 'Name',
    state: 'Enable policy',
    'conditions.users.includeUsers': 'Included users',
    'conditions.users.excludeUsers': 'Excluded users',
    'conditions.users.includeGroups': 'Included groups',
    'conditions.users.excludeGroups': 'Excluded groups',
    'conditions.users.includeRoles': 'Included directory roles',
    'conditions.users.excludeRoles': 'Excluded directory roles',
    'conditions.applications.includeApplications': 'Included resources',
    'conditions.applications.excludeApplications': 'Excluded resources',
    'conditions.applications.includeUserActions': 'User actions',
    'conditions.applications.includeAuthenticationContextClassReferences': 'Authentication contexts',
    'conditions.clientAppTypes': 'Client apps',
    'conditions.locations.includeLocations': 'Included locations',
    'conditions.locations.excludeLocations': 'Excluded locations',
    'conditions.platforms.includePlatforms': 'Included device platforms',
    'conditions.platforms.excludePlatforms': 'Excluded device platforms',
    'conditions.devices.deviceFilter.mode': 'Devices matching the rule',
    'conditions.devices.deviceFilter.rule': 'Rule syntax',
    'grantControls.operator': 'For multiple controls',
    'grantControls.builtInControls': 'Grant controls',
    'grantControls.authenticationStrength.id': 'Require authentication strength',
    'sessionControls.signInFrequency.isEnabled': 'Sign-in frequency',
    'sessionControls.signInFrequency.frequencyInterval': 'Reauthentication',
    'sessionControls.signInFrequency.value': 'Sign-in frequency: every',
    'sessionControls.signInFrequency.type': 'Sign-in frequency: unit',
    'sessionControls.persistentBrowser.isEnabled': 'Persistent browser session',
    'sessionControls.persistentBrowser.mode': 'Persistent browser session: mode',
  },
  messageOf(path, value, nameOf) {
    if (typeof value !== 'string') return undefined;
    if (path === 'grantControls.builtInControls') return controlWords(value);
    const kind = references[path];
    return standIns[value] ?? (kind ? nameOf(kind, value) : labelOf(choices[path] ?? [], value));
  },
};
