export interface Tenant {
  /** A GUID. */
  readonly id: string;
  readonly displayName: string;
  /** Lower case; the first is the default. */
  readonly domains: readonly Domain[];
}

export interface Domain {
  readonly id: string;
  readonly authenticationType: 'Managed' | 'Federated';
  readonly isVerified: boolean;
}

/** A domain that a tenant asks for and has not proved to hold: kept as an object of this kind, under its name. */
export interface UnverifiedDomain {
  /** What its TXT record must say. */
  readonly text: string;
}

/** How much a tenant has, for the question whether to remove it. Each number counts up to a hundred thousand. */
export interface TenantContents {
  readonly users: number;
  readonly groups: number;
  readonly applications: number;
  /** Registered devices. */
  readonly devices: number;
  /** CAs. */
  readonly authorities: number;
  /** Entries of the sign-in log. */
  readonly signIns: number;
  /** Entries of the audit log. */
  readonly audits: number;
}
