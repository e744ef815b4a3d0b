import type { AlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import type { AuthorityRevocation } from '#core/x509/trust-store.ts';

/** Both stores of a tenant at one moment. */
export interface TrustStoreState {
  /** Which keys a CA may have, by the tenant's method. */
  readonly algorithms: AlgorithmPolicy;
  /** That of the whole policy: another one means that something was edited meanwhile. */
  readonly version: string;
  readonly containers: readonly PkiContainer[];
  readonly authorities: readonly AuthorityRow[];
  readonly deletedContainers: readonly (PkiContainer & Deleted)[];
  readonly deletedAuthorities: readonly (AuthorityRow & Deleted)[];
}

export interface TrustStoreEdit<T> {
  /** Rows that are the same objects as before are left alone; `version` is not looked at. */
  readonly next: TrustStoreState;
  /** One audit row each. Without any, nothing is edited. */
  readonly changes: readonly TrustStoreChange[];
  readonly result: T;
}

export interface TrustStoreChange {
  readonly activity: string;
  readonly targetId: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** The CAs of one PKI (Graph: certificateBasedAuthPki). */
export interface PkiContainer {
  readonly id: string;
  readonly displayName: string | undefined;
  /** How the last upload ended; undefined when there was none. */
  readonly status: 'running' | 'succeeded' | 'failed' | undefined;
  readonly statusDetails: string | undefined;
  readonly uploadStartedDateTime: Date | undefined;
  readonly lastModifiedDateTime: Date;
  readonly createdDateTime: Date;
}

/** DEL-1: kept for thirty days among the {@link DeletedObjects}, under Graph's names of their kinds. */
export interface Deleted {
  readonly deletedDateTime: Date;
  /** A CA that went with its container comes back with it. */
  readonly deletedWithContainer?: boolean;
}

export interface AuthorityRow {
  readonly id: string;
  readonly der: Uint8Array;
  readonly displayName: string;
  readonly authorityType: 'root' | 'intermediate';
  readonly certificateRevocationListUrl: string | undefined;
  readonly deltaCertificateRevocationListUrl: string | undefined;
  readonly isIssuerHintEnabled: boolean;
  readonly revocation?: AuthorityRevocation;
  readonly store: 'pki' | 'classic';
  /** Of the PKI-based store alone. */
  readonly containerId?: string;
  readonly createdDateTime: Date;
}
