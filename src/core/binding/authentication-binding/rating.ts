import type { Certificate } from '../../x509/certificate.ts';
import type { AffinityLevel, AuthenticationMode, AuthenticationRule } from '../policy.ts';

/** How strong a certificate is, and which tier of rules said so. */
export interface Rating {
  readonly mode: AuthenticationMode;
  /** How hard to reuse the value must be by which the certificate names its user (UB-6). */
  readonly requiredAffinity: AffinityLevel;
  readonly decidedBy: Tier | 'default';
  /** The issuers and OIDs of the rules that decided. */
  readonly identifiers: readonly string[];
}
export type Tier = AuthenticationRule['x509CertificateRuleType'];

/** What rating reads of a path: the certificates, leaf first, and the policies RFC 5280 §6.1 found valid for it. */
export interface RatedPath {
  readonly certificates: readonly Certificate[];
  readonly validPolicies?: readonly string[];
}
