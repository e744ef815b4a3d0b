/** Conditional Access as Graph spells it (`conditionalAccessPolicy`), as far as it is enforced here. */
export interface ConditionalAccessPolicy {
  readonly id: string;
  readonly displayName: string;
  readonly state: 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced';
  readonly conditions: AccessConditions;
  readonly grantControls?: GrantControls | null;
  readonly sessionControls?: SessionControls | null;
  /** ISO 8601 UTC; absent where it was not kept. */
  readonly createdDateTime?: string;
  readonly modifiedDateTime?: string;
}
export interface AccessConditions {
  readonly users: {
    /** `All`, `None`, or user ids. */
    readonly includeUsers?: readonly string[];
    readonly excludeUsers?: readonly string[];
    readonly includeGroups?: readonly string[];
    readonly excludeGroups?: readonly string[];
    /** Role template ids. */
    readonly includeRoles?: readonly string[];
    readonly excludeRoles?: readonly string[];
  };
  readonly applications: {
    /** `All`, `None`, or application ids. */
    readonly includeApplications?: readonly string[];
    readonly excludeApplications?: readonly string[];
    readonly includeUserActions?: readonly string[];
    /** `c1`…`c99`. */
    readonly includeAuthenticationContextClassReferences?: readonly string[];
  };
  readonly clientAppTypes: readonly (ClientAppType | 'all')[];
  readonly locations?: {
    /** `All`, `AllTrusted`, or named locations. */
    readonly includeLocations?: readonly string[];
    readonly excludeLocations?: readonly string[];
  } | null;
  readonly platforms?: {
    readonly includePlatforms?: readonly string[];
    readonly excludePlatforms?: readonly string[];
  } | null;
  readonly devices?: {
    /** `rule` in the language of {@link parseDeviceFilter}; `mode` is `include` or `exclude`. */
    readonly deviceFilter?: { readonly mode: string; readonly rule: string } | null;
  } | null;
}
export type ClientAppType = 'browser' | 'mobileAppsAndDesktopClients' | 'exchangeActiveSync' | 'easSupported' | 'other';

export interface GrantControls {
  readonly operator: 'AND' | 'OR';
  /** `block`, `mfa`, `compliantDevice`, `domainJoinedDevice`. Whatever else stands here cannot be satisfied. */
  readonly builtInControls?: readonly string[];
  readonly authenticationStrength?: { readonly id: string } | null;
  readonly termsOfUse?: readonly string[];
}
export interface SessionControls {
  readonly signInFrequency?: {
    readonly value?: number | null;
    readonly type?: 'hours' | 'days' | null;
    readonly frequencyInterval?: 'timeBased' | 'everyTime';
    readonly authenticationType?: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication';
    readonly isEnabled?: boolean | null;
  } | null;
  readonly persistentBrowser?: {
    readonly mode?: 'always' | 'never' | null;
    readonly isEnabled?: boolean | null;
  } | null;
}

/** A named location of IP ranges in CIDR notation (Graph `ipNamedLocation`). */
export interface NamedLocation {
  readonly id: string;
  readonly displayName: string;
  readonly isTrusted: boolean;
  readonly ipRanges: readonly string[];
  /** ISO 8601 UTC; absent where it was not kept. */
  readonly createdDateTime?: string;
  readonly modifiedDateTime?: string;
}
