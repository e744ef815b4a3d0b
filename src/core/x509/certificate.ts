import type { Extension, GeneralName, PolicyInformation } from './extensions.ts';
import type { Name } from './name.ts';

/** An X.509 certificate as read from strict DER (RFC 5280 §4.1). Byte views point into `der`; nothing is copied. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The bytes that were signed. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Content octets as encoded, big-endian two's complement. */
  readonly serialNumber: Uint8Array;
  /** DER of the AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER of SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  readonly subjectAltName: readonly GeneralName[];
  readonly certificatePolicies: readonly PolicyInformation[];
  /** SHA-1 and SHA-256 over `der`, upper-case hex. */
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
}
