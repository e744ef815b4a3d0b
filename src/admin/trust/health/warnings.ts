/** True also while a process of any node downloads it. */
const crlToCome =
  'A download that is under way brings the CRL, or else the next sign-in that needs it. `cardea crl refresh` downloads it at once.';

/**
 * What an administrator should see to about a CA and its CRLs: one table for the command line (`ca add`, `ca list`, `doctor`),
 * Graph and the admin center. A code is never renamed. `remedy` is the next step; `ID` stands for the CA's.
 */
const table = {
  authorityExpired: {
    message: (e: { subject: string; notAfter: string }) =>
      `${e.subject} expired at ${e.notAfter}, so no certificate that it issued is accepted`,
    remedy:
      'Upload its renewed certificate with `cardea ca add FILE`, then remove this one with `cardea ca remove ID`.',
    isCritical: true,
  },
  authorityExpires: {
    message: (e: { subject: string; days: number }) => `${e.subject} expires within ${e.days} days`,
    remedy: 'Before that time, upload its renewed certificate with `cardea ca add FILE`.',
    isCritical: false,
  },
  authorityNoRoot: {
    message: (e: { subject: string; issuer: string }) =>
      `${e.subject} is used as a root although ${e.issuer} issued it, so its revocation status is not checked`,
    remedy:
      'To check its revocation status, upload the issuer, and add this CA again with `cardea ca add FILE --intermediate`.',
    isCritical: false,
  },
  authoritySignatureRefused: {
    message: (e: { subject: string; issuer: string; algorithm: string }) =>
      `${e.issuer} signed ${e.subject} with ${e.algorithm}, which is not accepted, so no certificate below it is accepted`,
    remedy:
      'Issue the CA certificate again with SHA-256 or better, or add it as a root with `cardea ca add FILE --root`.',
    isCritical: true,
  },
  issuerNotInTrustStore: {
    message: (e: { issuer: string }) => `its issuer ${e.issuer} is not in the trust store`,
    remedy: 'Upload the issuer with `cardea ca add FILE`.',
    isCritical: false,
  },
  crlAddressMissing: {
    message: (e: { subject: string }) =>
      `${e.subject} has no CRL address, so the revocation status of the certificates that it issued is not checked`,
    remedy: 'Set the address with `cardea ca set ID --crl-url URL`.',
    isCritical: false,
  },
  crlAddressUnusual: {
    message: (e: { url: string }) =>
      `the address ${e.url} does not have the usual form http://host.example/path/list.crl`,
    remedy: 'Compare the address with the address that the CA publishes. `cardea ca set ID --crl-url URL` changes it.',
    isCritical: false,
  },
  crlMissing: {
    message: (e: { url: string }) => `no CRL from ${e.url} is available`,
    remedy: 'Make the address reachable from this server, or import the CRL with `cardea crl import FILE`.',
    isCritical: true,
  },
  crlNotDownloaded: {
    message: (e: { url: string }) => `the CRL from ${e.url} has not been downloaded yet`,
    remedy: crlToCome,
    isCritical: false,
  },
  crlExpired: {
    message: (e: { url: string }) => `the CRL from ${e.url} has expired, and no new CRL could be downloaded`,
    remedy: 'Publish a new CRL. `cardea crl refresh` downloads it at once.',
    isCritical: true,
  },
  crlRenewalDue: {
    message: (e: { url: string }) =>
      `the CRL from ${e.url} has expired, and the server has not downloaded the next one yet`,
    remedy: crlToCome,
    isCritical: false,
  },
  crlOfAnotherKey: {
    message: (e: { url: string; key: string }) =>
      `the CRL from ${e.url} names the key ${e.key}, which is not the key of the CA`,
    remedy: 'Set the address of the CRL that this CA signs: `cardea ca set ID --crl-url URL`.',
    isCritical: true,
  },
  crlFetchFailed: {
    message: (e: { url: string; problem: string }) => `the last download from ${e.url} failed: ${e.problem}`,
    remedy: 'Make the address reachable from this server.',
    isCritical: false,
  },
} as const;

export type TrustWarningCode = keyof typeof table;

export interface TrustWarning {
  readonly code: TrustWarningCode;
  /** A sentence. */
  readonly text: string;
  readonly remedy: string;
  /** Sign-ins fail. */
  readonly isCritical: boolean;
  /** By when it has to be seen to. */
  readonly dueDateTime?: Date | undefined;
}

type EvidenceOf<C extends TrustWarningCode> = Parameters<(typeof table)[C]['message']>[0];

/** A warning of the table. @param dueDateTime by when it has to be seen to */
export function trustWarning<C extends TrustWarningCode>(
  code: C,
  evidence: EvidenceOf<C>,
  dueDateTime?: Date,
): TrustWarning {
  const { message, remedy, isCritical } = table[code];
  const text = (message as (e: EvidenceOf<C>) => string)(evidence);
  return { code, text: `${text[0]!.toUpperCase()}${text.slice(1)}.`, remedy, isCritical, dueDateTime };
}
