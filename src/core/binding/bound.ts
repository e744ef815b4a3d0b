import type { AffinityLevel, UserProperty, X509CertificateField } from './policy.ts';
import type { User } from './user.ts';

declare const bound: unique symbol; // not exported: nobody else can write this key

/** A user whom a username binding ties to the certificate. Only `bindUser` makes one. */
export interface Bound {
  readonly user: User;
  readonly field: X509CertificateField;
  readonly property: UserProperty;
  /** The priority of the binding (LOG-5). */
  readonly rank: number;
  /** The value of the certificate that matched; of several SAN values this one (UB-30). */
  readonly value: string;
  readonly affinity: AffinityLevel;
  readonly [bound]: true;
}
