/** Ways to prove who one is, in the words of authentication strengths (Graph `authenticationMethodModes`). */
export const authenticationMethods = [
  'password',
  'voice',
  'hardwareOath',
  'softwareOath',
  'sms',
  'fido2',
  'windowsHelloForBusiness',
  'microsoftAuthenticatorPush',
  'deviceBasedPush',
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'email',
  'x509CertificateSingleFactor',
  'x509CertificateMultiFactor',
  'federatedSingleFactor',
  'federatedMultiFactor',
  'qrCodePin',
] as const;
export type AuthenticationMethod = (typeof authenticationMethods)[number];

/** One factor, shown at one moment. Serializable: it lives in sessions and in the sign-in log. */
export interface Proof {
  readonly method: AuthenticationMethod;
  readonly userId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Facts of the certificate used, when one was. */
  readonly certificate?: CertificateFacts;
  /** The model of the passkey used, when one was. */
  readonly aaguid?: string;
}

/** What a certificate behind a proof is remembered by; in proofs of earlier versions, the hash of all of it. */
export const certificateKeyOf = ({ certificate }: Proof): string | undefined =>
  certificate?.tbsSha256 ?? certificate?.sha256Thumbprint;

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Plain big-endian hex, upper case. */
  readonly serialNumber: string;
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
  /** What the certificate is remembered by; absent in proofs of earlier versions. */
  readonly tbsSha256?: string;
  /** The leaf's own authority key identifier, upper-case hex; strengths compare it (CAP-13). */
  readonly issuerSubjectKeyIdentifier: string | undefined;
  readonly policyOids: readonly string[];
  readonly notAfter: string;
}

/** What policy let the person have: multifactor or not, and until when the answer holds. */
export interface AccessGrant {
  readonly multiFactor: boolean;
  /** Authentication contexts asked for and satisfied; they become `acrs` (TOK-6). */
  readonly authenticationContexts?: readonly string[];
  /** The shortest sign-in frequency of the policies that applied, in seconds. */
  readonly signInFrequency?: number;
  /** Whether the browser session outlives the browser; absent when no policy says. */
  readonly persistentBrowser?: 'always' | 'never';
}
