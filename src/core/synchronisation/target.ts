import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';

/** A value that is not taken over, and why. */
export interface TargetProblem {
  readonly category: 'PropertyConflict' | 'Other';
  readonly propertyCausingError: string;
  readonly value: string;
}
interface Base {
  readonly sourceId: string;
  readonly displayName: string;
  /** Properties of Graph besides; null clears one. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly problems: readonly TargetProblem[];
}
export interface TargetUser extends Base {
  readonly kind: 'user';
  /** onPremisesImmutableId: objectGUID or mS-DS-ConsistencyGuid, base64. */
  readonly anchor: string;
  readonly userPrincipalName: string;
  readonly onPremisesUserPrincipalName: string | undefined;
  readonly mail: string | undefined;
  readonly accountEnabled: boolean;
  readonly certificateUserIds: readonly string[];
}
export interface TargetGroup extends Base {
  readonly kind: 'group';
  readonly memberIds: readonly string[];
}
/** The stub of a hybrid joined device (windows-sign-in §2.6): the computer completes it when it registers. */
export interface TargetComputer extends Base {
  readonly kind: 'computer';
  readonly accountEnabled: boolean;
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  readonly onPremisesSecurityIdentifier: string | null;
  /** Base64 of DER. */
  readonly onPremisesCertificates: readonly string[];
}
/** An object as the directory here is to have it. */
export type Target = TargetUser | TargetGroup | TargetComputer;

/** Changes with every value that is written: SHA-256, base64url. */
export const digestOf = (target: Target): string =>
  createHash('sha256')
    .update(canonicalJson(target) ?? '')
    .digest('base64url');
