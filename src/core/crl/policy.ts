import type { AlgorithmPolicy } from '../x509/algorithms/algorithm-policy.ts';

/** What a tenant has decided about revocation. `crlValidationConfiguration` of the method is one. */
export interface RevocationPolicy {
  /** CRL-24: enabled, a leaf whose issuer has no CRL configured is refused. */
  readonly state: 'enabled' | 'disabled';
  /** CRL-25, CRL-26: hex, in any case, with or without colons. What these CAs issued is not checked at all. */
  readonly exemptedCertificateAuthoritiesSubjectKeyIdentifiers: readonly string[];
  /** How long after nextUpdate a CRL may still be used. Not Entra's; zero unless chosen. */
  readonly graceSeconds?: number;
  /** Which signatures on CRLs count; the default unless said otherwise. */
  readonly algorithms?: AlgorithmPolicy;
  /** Certificates refused whatever the CRLs say. Not Entra's; takes effect at once. */
  readonly blocked?: readonly BlockedCertificate[];
}

/** What an administrator reads of an entry; no sign-in looks at it. */
interface BlockedDetails {
  readonly note?: string;
  /** Names as text, and the serial number in upper-case hex, where the certificate itself was given. */
  readonly subject?: string;
  readonly issuer?: string;
  readonly certificateSerialNumber?: string;
  /** ISO 8601 UTC. */
  readonly createdDateTime?: string;
  readonly createdBy?: string;
}

/**
 * A certificate on the local block list: by the hash of its to-be-signed part, beside which the thumbprint is for people;
 * by the thumbprint alone, as earlier versions wrote it; or by its issuer's key and its serial number. All hex.
 */
export type BlockedCertificate = BlockedDetails &
  (
    | { readonly tbsSha256: string; readonly sha256Thumbprint?: string }
    | { readonly sha256Thumbprint: string }
    | { readonly issuerSubjectKeyIdentifier: string; readonly serialNumber: string }
  );
