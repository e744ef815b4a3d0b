/** A way a person has proven who they are, in the words of authentication strengths. */
export type AuthenticationMethod = 'password' | 'x509CertificateSingleFactor' | 'x509CertificateMultiFactor';

/** One factor, shown at one moment. Serialisable: it lives in sessions and in the sign-in log. */
export interface Proof {
  readonly method: AuthenticationMethod;
  readonly userId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Facts of the certificate used, when one was. */
  readonly certificate?: CertificateFacts;
}
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Plain big-endian hex, upper case. */
  readonly serialNumber: string;
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
  readonly issuerSubjectKeyIdentifier: string | undefined;
  readonly policyOids: readonly string[];
  readonly notAfter: string;
}

/** What policy let the person have: multifactor or not, and until when the answer holds. */
export interface AccessGrant {
  readonly multiFactor: boolean;
}
