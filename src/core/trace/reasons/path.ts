import type { Nothing } from '../reason.ts';
import { toleranceText } from '../tolerances.ts';

const otherCertificate =
  'This certificate cannot be used here. Choose another certificate or contact your administrator.';

const whyLegacy: Readonly<Record<string, string>> = {
  onlyInClassicStore: 'it is in the classic store only',
  listOnlyInClassicStore: 'it has a CRL in the classic store only',
  listsDiffer: 'its CRL addresses differ between the stores',
};

/** Building and validating a certification path (RFC 5280 §6.1). */
export const pathReasons = {
  pathValid: {
    references: 'RFC 5280 §6.1',
    message: (e: {
      anchor: string;
      intermediates: readonly string[];
      /** The CAs that were read in spite of slips. */
      slips?: readonly { readonly subject: string; readonly tolerances: readonly string[] }[];
    }) =>
      `chains to ${e.anchor} through ${e.intermediates.length === 1 ? '1 intermediate' : `${e.intermediates.length} intermediates`}${(e.slips ?? []).map(({ subject, tolerances }) => `; ${subject}${toleranceText(tolerances).replace(';', ' was')}`).join('')}`,
  },
  legacyStoreUsed: {
    references: 'COEX-1, §2.6',
    message: (e: { authorities: readonly { subject: string; why: string }[] }) =>
      `Is Legacy Store Used: 1 (${e.authorities.map(({ subject, why }) => `${subject}: ${whyLegacy[why] ?? why}`).join('; ')})`,
    remedy: 'To stop using the classic store, upload these CAs with the same CRL addresses to the PKI-based store.',
  },
  issuerNotTrusted: {
    entra: 500176,
    references: 'PATH-3, RFC 5280 §6.1.1 (d)',
    message: (e: { subject: string; issuer: string; authorityKeyIdentifier: string }) =>
      `the trust store has no CA ${e.issuer}${e.authorityKeyIdentifier ? ` with key identifier ${e.authorityKeyIdentifier}` : ''}, which issued ${e.subject}`,
    remedy:
      'Add this CA and every CA above it to the trust store (`cardea ca add`). Check that the SKI of the CA is the AKI of the certificate.',
    userMessage: 'Your certificate was issued by an authority that is not trusted here. Choose another certificate.',
  },
  rootNotReached: {
    entra: 500176,
    references: 'TS-1, PATH-3',
    message: (e: { subject: string; issuer: string }) =>
      `the chain ends at ${e.subject}: the trust store does not have its issuer ${e.issuer}`,
    remedy: 'Upload every CA from the issuer of the certificate up to and including the root.',
    userMessage: 'Your certificate was issued by an authority that is not trusted here. Choose another certificate.',
  },
  pathTooLong: {
    entra: 50017,
    references: 'PATH-12',
    message: (e: { limit: number }) => `the path from the certificate to a root has more than ${e.limit} CAs`,
    remedy: 'Upload a root that is closer to the certificate in the chain.',
  },
  pathBudgetSpent: {
    entra: 50017,
    references: 'CVE-2018-16875',
    message: (e: { budget: string; limit: number }) =>
      `no valid path was found within the limit of ${e.limit} (${e.budget})`,
    remedy: 'Delete CAs that are not needed: expired CAs, and CAs that share their name with many others.',
  },
  signatureRight: { references: 'RFC 5280 §6.1.3 (a)(1)', message: (_: Nothing) => 'the signature is valid' },
  signatureWrong: {
    entra: 50017,
    references: 'RFC 5280 §6.1.3 (a)(1)',
    message: (e: { subject?: string; issuer?: string }) =>
      e.subject === undefined
        ? 'the signature is not valid'
        : `the signature on ${e.subject} was not made with the key of the uploaded CA ${e.issuer}`,
    remedy: 'The trust store has a CA with the same name but another key. Upload the CA that issued the certificate.',
    userMessage: otherCertificate,
  },
  algorithmRefused: {
    entra: 50017,
    references: 'PATH-13',
    message: (e: { algorithm: string; line: string }) =>
      `the signature algorithm ${e.algorithm} is not accepted (${e.line})`,
    remedy: 'Issue the certificate again with SHA-256 or better.',
    userMessage: otherCertificate,
  },
  keyRefused: {
    entra: 50032,
    references: 'PATH-13',
    message: (e: { found: string; line: string }) => `the key ${e.found} is not accepted (${e.line})`,
    remedy: 'Issue the certificate again with a stronger key.',
    userMessage: 'The key of your certificate is too weak. Choose another certificate.',
  },
  keyAccepted: {
    references: 'PATH-13',
    message: (e: { type: string }) => `the ${e.type} key is valid and strong enough`,
  },
  keyUnsound: {
    entra: 50032,
    references: 'RFC 3279 §2.3, RFC 5480 §2, RFC 8410 §3, RFC 8032 §5.1.3, RFC 8017 §3.1',
    message: (e: { problem: string }) => `the public key is not valid: ${e.problem}`,
    remedy:
      'Create a new key. An RSA key must have an odd exponent of 65537 or more, an odd modulus and NULL parameters. An EC key must be a point on a named curve. An Ed25519 or Ed448 key must not be a point of small order.',
    userMessage: otherCertificate,
  },
  keyUnreadable: {
    entra: 50017,
    references: 'RFC 5280 §4.1.2.7',
    message: (_: Nothing) => 'the public key cannot be read',
    remedy: 'Issue the certificate again with an RSA, EC or Edwards key.',
    userMessage: otherCertificate,
  },
  certificateCurrent: { references: 'PATH-6', message: (_: Nothing) => 'the certificate is currently valid' },
  certificateNotCurrent: {
    entra: 500172,
    references: 'PATH-6, PATH-7, RFC 5280 §4.1.2.5',
    message: (e: { subject: string; issuer: string; now: string; notBefore: string; notAfter: string }) =>
      `${e.subject}, issued by ${e.issuer}, is valid from ${e.notBefore} to ${e.notAfter}; the current time is ${e.now}`,
    remedy: 'Renew the certificate, or correct the clock of this server.',
    userMessage: 'Your certificate has expired or is not valid yet. Choose another certificate or have it renewed.',
  },
  authorityConfirmed: { references: 'RFC 5280 §6.1.4 (k)', message: (_: Nothing) => 'the issuer is a CA' },
  issuerNotAuthority: {
    entra: 50017,
    references: 'RFC 5280 §6.1.4 (k)',
    message: (e: { subject: string }) => `${e.subject} issued a certificate, but is not a CA`,
    remedy: 'Only a certificate with cA in its basic constraints can issue other certificates.',
    userMessage: otherCertificate,
  },
  leafConfirmed: { references: 'RFC 5280 §4.2.1.9', message: (_: Nothing) => 'the certificate is not a CA' },
  leafIsAuthority: {
    entra: 50017,
    references: 'RFC 5280 §4.2.1.9',
    message: (e: { subject: string }) =>
      `${e.subject} is a CA certificate, and users cannot sign in with a CA certificate`,
    remedy: 'Use a certificate that was issued to a user.',
    userMessage: otherCertificate,
  },
  pathLengthKept: {
    references: 'RFC 5280 §6.1.4 (l)',
    message: (_: Nothing) => 'the path length constraints of the CAs are met',
  },
  pathLengthExceeded: {
    entra: 50017,
    references: 'RFC 5280 §4.2.1.9, §6.1.4 (l)',
    message: (e: { subject: string }) => `${e.subject} is below a CA whose path length constraint allows no further CA`,
    remedy: 'The issuer of this CA is not allowed to issue CAs. Issue the certificate from another CA.',
    userMessage: otherCertificate,
  },
  keyUsageAllows: {
    references: 'RFC 5280 §4.2.1.3',
    message: (e: { needed: string }) => `key usage allows ${e.needed}`,
  },
  keyUsageForbids: {
    entra: 50017,
    references: 'RFC 5280 §4.2.1.3, §6.1.4 (n)',
    message: (e: { subject: string; needed: string; allowed: readonly string[] }) =>
      `the key usage of ${e.subject} (${e.allowed.join(', ')}) does not include ${e.needed}`,
    remedy: 'Issue the certificate with this key usage.',
    userMessage: otherCertificate,
  },
  extendedKeyUsageAllows: {
    references: 'PATH-11',
    message: (_: { needed: string }) => 'the extended key usage allows the purpose',
  },
  extendedKeyUsageForbids: {
    entra: 50017,
    references: 'PATH-11, RFC 5280 §4.2.1.12',
    message: (e: { subject: string; needed: string; allowed: readonly string[] }) =>
      `the extended key usage of ${e.subject} (${e.allowed.join(', ')}) does not include ${e.needed}`,
    remedy: 'Issue the certificate for client authentication (1.3.6.1.5.5.7.3.2).',
    userMessage: 'Your certificate is not meant for signing in. Choose another certificate.',
  },
  extensionsUnderstood: {
    references: 'RFC 5280 §4.2',
    message: (_: Nothing) => 'every critical extension is supported',
  },
  criticalExtensionUnknown: {
    entra: 50017,
    references: 'RFC 5280 §4.2, §6.1.4 (o)',
    message: (e: { subject: string; extension: string }) =>
      `${e.subject} has the critical extension ${e.extension}, which is not supported`,
    remedy:
      'RFC 5280 requires that a certificate with an unsupported critical extension is refused. Issue the certificate without this extension.',
    userMessage: otherCertificate,
  },
  policyQualifierUnknown: {
    entra: 50017,
    references: 'RFC 5280 §4.2.1.4',
    message: (e: { subject: string; qualifier: string }) =>
      `${e.subject} has critical certificate policies with the qualifier ${e.qualifier || '(none)'}, which is not supported`,
    remedy: 'Issue the certificate with the qualifiers of RFC 5280 only, or with policies that are not critical.',
    userMessage: otherCertificate,
  },
  namesAllowed: { references: 'RFC 5280 §4.2.1.10', message: (_: Nothing) => 'name constraints allow the names' },
  nameNotAllowed: {
    entra: 50017,
    references: 'RFC 5280 §4.2.1.10, §6.1.3 (b), (c)',
    message: (e: { subject: string; name: string; problem: string }) =>
      `${e.subject} has the name ${e.name}: ${e.problem} of a CA above it`,
    remedy: 'The CA is not allowed to issue certificates for this name. Issue the certificate from another CA.',
    userMessage: otherCertificate,
  },
  policyAccepted: {
    references: 'RFC 5280 §6.1.3 (d)',
    message: (_: Nothing) => 'the certificate policies are acceptable',
  },
  policyNotAcceptable: {
    entra: 50017,
    references: 'RFC 5280 §6.1.3 (f), §6.1.5 (g)',
    message: (e: { subject: string }) =>
      `a CA requires an explicit policy, and ${e.subject} has no policy that is valid for the whole path`,
    remedy: 'Issue the certificate with a policy that the CAs above it allow.',
    userMessage: otherCertificate,
  },
  policyMappingInvalid: {
    entra: 50017,
    references: 'RFC 5280 §6.1.4 (a)',
    message: (e: { subject: string }) => `${e.subject} maps anyPolicy, which is forbidden`,
    remedy: 'The CA certificate is not valid. Replace it.',
    userMessage: otherCertificate,
  },
};
