/** Conditional Access as Graph writes it, as far as the pages use it. */
export interface Policy {
  readonly id: string;
  readonly displayName: string;
  readonly state: PolicyState;
  readonly createdDateTime: string | null;
  readonly modifiedDateTime: string | null;
  readonly deletedDateTime?: string | null;
  readonly conditions: Conditions;
  readonly grantControls: GrantControls | null;
  readonly sessionControls: SessionControls | null;
}
export type PolicyState = 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced';

export interface Conditions {
  readonly clientAppTypes: readonly string[];
  readonly users: Lists<
    'includeUsers' | 'excludeUsers' | 'includeGroups' | 'excludeGroups' | 'includeRoles' | 'excludeRoles'
  >;
  readonly applications: Lists<
    'includeApplications' | 'excludeApplications' | 'includeUserActions' | 'includeAuthenticationContextClassReferences'
  >;
  readonly locations: Lists<'includeLocations' | 'excludeLocations'> | null;
  readonly platforms: Lists<'includePlatforms' | 'excludePlatforms'> | null;
  readonly devices: { readonly deviceFilter: { readonly mode: string; readonly rule: string } | null } | null;
}
type Lists<K extends string> = { readonly [name in K]?: readonly string[] };

export interface GrantControls {
  readonly operator: 'AND' | 'OR';
  readonly builtInControls: readonly string[];
  readonly authenticationStrength: { readonly id: string; readonly displayName?: string } | null;
}
export interface SessionControls {
  readonly signInFrequency: {
    readonly value: number | null;
    readonly type: 'hours' | 'days' | null;
    readonly frequencyInterval: 'timeBased' | 'everyTime';
    readonly isEnabled: boolean | null;
  } | null;
  readonly persistentBrowser: { readonly mode: 'always' | 'never' | null; readonly isEnabled: boolean | null } | null;
}

export interface NamedLocation {
  readonly id: string;
  readonly displayName: string;
  readonly isTrusted: boolean;
  readonly ipRanges: readonly { readonly cidrAddress: string }[];
  readonly createdDateTime: string | null;
  readonly modifiedDateTime: string | null;
  readonly deletedDateTime?: string | null;
}

export interface Strength {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly policyType: 'builtIn' | 'custom';
  readonly allowedCombinations: readonly string[];
  readonly combinationConfigurations: readonly CombinationConfiguration[];
}

/** What limits certificates or passkeys in some of the combinations of a strength. */
export interface CombinationConfiguration {
  readonly '@odata.type': string;
  readonly id?: string;
  readonly appliesToCombinations: readonly string[];
  readonly allowedIssuerSkis?: readonly string[];
  readonly allowedPolicyOIDs?: readonly string[];
}

export interface AuthenticationContext {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly isAvailable: boolean;
}

export const base = '/identity/conditionalAccess';
export const paths = {
  policies: `${base}/policies`,
  locations: `${base}/namedLocations`,
  contexts: `${base}/authenticationContextClassReferences`,
  strengths: '/policies/authenticationStrengthPolicies',
  deletedPolicies: `${base}/deletedItems/policies`,
  deletedLocations: `${base}/deletedItems/namedLocations`,
} as const;

export const stateNames: Readonly<Record<PolicyState, string>> = {
  enabled: 'On',
  disabled: 'Off',
  enabledForReportingButNotEnforced: 'Report-only',
};
export const stateTones = {
  enabled: 'good',
  disabled: 'neutral',
  enabledForReportingButNotEnforced: 'warning',
} as const;

/** A policy that asks for nothing yet: report-only, for no user. */
export const blankPolicy: Policy = {
  id: '',
  displayName: '',
  state: 'enabledForReportingButNotEnforced',
  createdDateTime: null,
  modifiedDateTime: null,
  conditions: {
    clientAppTypes: ['all'],
    users: {},
    applications: {},
    locations: null,
    platforms: null,
    devices: null,
  },
  grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: null },
  sessionControls: null,
};
