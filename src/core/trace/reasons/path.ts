import type { Nothing } from '../reason.ts';
import { toleranceText } from '../tolerances.ts';

const otherCard = 'This certificate cannot be used here. Choose another certificate or contact your administrator.';

const whyLegacy: Readonly<Record<string, string>> = {
  onlyInClassicStore: 'it is in the classic store only',
  listOnlyInClassicStore: 'it has a CRL in the classic store only',
  listsDiffer: 'its CRL addresses differ between the stores',
};

/** Building and validating a certification path (RFC 5280 §6.1). */
export const pathReasons = {
  pathValid: {
    cites: 'RFC 5280 §6.1',
    words: (e: {
      anchor: string;
      intermediates: readonly string[];
      /** The CAs that were read in spite of slips. */
      slips?: readonly { readonly subject: string; readonly tolerances: readonly string[] }[];
    }) =>
      `chains to ${e.anchor} through ${e.intermediates.length === 1 ? '1 intermediate' : `${e.intermediates.length} intermediates`}${(e.slips ?? []).map(({ subject, tolerances }) => `; ${subject}${toleranceText(tolerances).replace(';', ' was')}`).join('')}`,
  },
  legacyStoreUsed: {
    cites: 'COEX-1, §2.6',
    words: (e: { authorities: readonly { subject: string; why: string }[] }) =>
      `Is Legacy Store Used: 1 (${e.authorities.map(({ subject, why }) => `${subject}: ${whyLegacy[why] ?? why}`).join('; ')})`,
    remedy: 'To leave the classic store, upload these CAs with the same lists to the PKI-based one.',
  },
  issuerNotTrusted: {
    entra: 500176,
    cites: 'PATH-3, RFC 5280 §6.1.1 (d)',
    words: (e: { subject: string; issuer: string; authorityKeyIdentifier: string }) =>
      `no uploaded CA is ${e.issuer}${e.authorityKeyIdentifier ? ` with key identifier ${e.authorityKeyIdentifier}` : ''}, which issued ${e.subject}`,
    remedy: 'Upload that CA and every CA above it: `cardea ca add`. Check that its SKI is the AKI of the certificate.',
    person: 'Your certificate was issued by an authority that is not trusted here. Choose another certificate.',
  },
  rootNotReached: {
    entra: 500176,
    cites: 'TS-1, PATH-3',
    words: (e: { subject: string; issuer: string }) =>
      `the chain ends at ${e.subject}: its issuer ${e.issuer} was not uploaded`,
    remedy: 'Upload every CA from the issuer of the card up to and including the root.',
    person: 'Your certificate was issued by an authority that is not trusted here. Choose another certificate.',
  },
  pathTooLong: {
    entra: 50017,
    cites: 'PATH-12',
    words: (e: { limit: number }) => `more than ${e.limit} CAs stand between the certificate and a root`,
    remedy: 'Upload a root that is nearer.',
  },
  pathBudgetSpent: {
    entra: 50017,
    cites: 'CVE-2018-16875',
    words: (e: { budget: string; limit: number }) =>
      `no valid path was found within the limit of ${e.limit} (${e.budget})`,
    remedy: 'Delete CAs that are not needed: expired ones, and those that share a name with many others.',
  },
  signatureRight: { cites: 'RFC 5280 §6.1.3 (a)(1)', words: (_: Nothing) => 'the signature is right' },
  signatureWrong: {
    entra: 50017,
    cites: 'RFC 5280 §6.1.3 (a)(1)',
    words: (e: { subject?: string; issuer?: string }) =>
      e.subject === undefined
        ? 'the signature is wrong'
        : `the signature on ${e.subject} was not made by the uploaded ${e.issuer}`,
    remedy: 'A CA of the same name is uploaded, but not the one that issued this. Upload that one.',
    person: otherCard,
  },
  algorithmRefused: {
    entra: 50017,
    cites: 'PATH-13',
    words: (e: { algorithm: string; line: string }) =>
      `the signature algorithm ${e.algorithm} does not count here (${e.line})`,
    remedy: 'Have the certificate issued again with SHA-256 or better.',
    person: otherCard,
  },
  keyRefused: {
    entra: 50032,
    cites: 'PATH-13',
    words: (e: { found: string; line: string }) => `the key ${e.found} does not count here (${e.line})`,
    remedy: 'Have the certificate issued again with a stronger key.',
    person: 'The key of your certificate is too weak. Choose another certificate.',
  },
  keyAccepted: { cites: 'PATH-13', words: (e: { type: string }) => `the ${e.type} key is sound and strong enough` },
  keyUnsound: {
    entra: 50032,
    cites: 'RFC 3279 §2.3, RFC 5480 §2, RFC 8410 §3, RFC 8032 §5.1.3, RFC 8017 §3.1',
    words: (e: { problem: string }) => `the public key is not sound: ${e.problem}`,
    remedy:
      'Make a new key. An RSA key has an odd exponent of 65537 or more, an odd modulus and NULL parameters; an EC key has a named curve and a point on it; an Ed25519 or Ed448 key is no point of small order.',
    person: otherCard,
  },
  keyUnreadable: {
    entra: 50017,
    cites: 'RFC 5280 §4.1.2.7',
    words: (_: Nothing) => 'the public key cannot be read',
    remedy: 'Have the certificate issued again with an RSA, EC or Edwards key.',
    person: otherCard,
  },
  certificateCurrent: { cites: 'PATH-6', words: (_: Nothing) => 'the certificate is valid now' },
  certificateNotCurrent: {
    entra: 500172,
    cites: 'PATH-6, PATH-7, RFC 5280 §4.1.2.5',
    words: (e: { subject: string; issuer: string; now: string; notBefore: string; notAfter: string }) =>
      `${e.subject}, issued by ${e.issuer}, is valid from ${e.notBefore} to ${e.notAfter}, and now is ${e.now}`,
    remedy: 'Renew it, or correct the clock of this server.',
    person: 'Your certificate is not valid at the current time. Choose another certificate or have it renewed.',
  },
  authorityConfirmed: { cites: 'RFC 5280 §6.1.4 (k)', words: (_: Nothing) => 'the issuer is a CA' },
  issuerNotAuthority: {
    entra: 50017,
    cites: 'RFC 5280 §6.1.4 (k)',
    words: (e: { subject: string }) => `${e.subject} issued a certificate without being a CA`,
    remedy: 'Only a certificate whose basic constraints say cA may issue others.',
    person: otherCard,
  },
  leafConfirmed: { cites: 'RFC 5280 §4.2.1.9', words: (_: Nothing) => 'the certificate is no CA' },
  leafIsAuthority: {
    entra: 50017,
    cites: 'RFC 5280 §4.2.1.9',
    words: (e: { subject: string }) => `${e.subject} is a CA certificate, and a CA certificate cannot sign a user in`,
    remedy: 'Use a certificate that was issued to a person.',
    person: otherCard,
  },
  pathLengthKept: { cites: 'RFC 5280 §6.1.4 (l)', words: (_: Nothing) => 'the path is not too long for its CAs' },
  pathLengthExceeded: {
    entra: 50017,
    cites: 'RFC 5280 §4.2.1.9, §6.1.4 (l)',
    words: (e: { subject: string }) => `${e.subject} stands below a CA that allows no further CA`,
    remedy: 'The CA that issued it had no right to make a CA. Have the card issued by another.',
    person: otherCard,
  },
  keyUsageAllows: { cites: 'RFC 5280 §4.2.1.3', words: (e: { needed: string }) => `key usage allows ${e.needed}` },
  keyUsageForbids: {
    entra: 50017,
    cites: 'RFC 5280 §4.2.1.3, §6.1.4 (n)',
    words: (e: { subject: string; needed: string; allowed: readonly string[] }) =>
      `the key usage of ${e.subject} (${e.allowed.join(', ')}) lacks ${e.needed}`,
    remedy: 'Have the certificate issued with that key usage.',
    person: otherCard,
  },
  extendedKeyUsageAllows: { cites: 'PATH-11', words: (_: { needed: string }) => 'the purpose is allowed' },
  extendedKeyUsageForbids: {
    entra: 50017,
    cites: 'PATH-11, RFC 5280 §4.2.1.12',
    words: (e: { subject: string; needed: string; allowed: readonly string[] }) =>
      `the extended key usage of ${e.subject} (${e.allowed.join(', ')}) lacks ${e.needed}`,
    remedy: 'Client authentication is 1.3.6.1.5.5.7.3.2. Have the certificate issued for it.',
    person: 'Your certificate is not meant for signing in. Choose another certificate.',
  },
  extensionsUnderstood: { cites: 'RFC 5280 §4.2', words: (_: Nothing) => 'every critical extension is understood' },
  criticalExtensionUnknown: {
    entra: 50017,
    cites: 'RFC 5280 §4.2, §6.1.4 (o)',
    words: (e: { subject: string; extension: string }) =>
      `${e.subject} has the critical extension ${e.extension}, which is not understood here`,
    remedy: 'A critical extension that is not understood must refuse the certificate. Have it issued without.',
    person: otherCard,
  },
  policyQualifierUnknown: {
    entra: 50017,
    cites: 'RFC 5280 §4.2.1.4',
    words: (e: { subject: string; qualifier: string }) =>
      `${e.subject} has critical certificate policies with the qualifier ${e.qualifier || '(none)'}, which is not understood here`,
    remedy: 'Have the certificate issued with the qualifiers of RFC 5280 only, or with policies that are not critical.',
    person: otherCard,
  },
  namesAllowed: { cites: 'RFC 5280 §4.2.1.10', words: (_: Nothing) => 'name constraints allow the names' },
  nameNotAllowed: {
    entra: 50017,
    cites: 'RFC 5280 §4.2.1.10, §6.1.3 (b), (c)',
    words: (e: { subject: string; name: string; problem: string }) =>
      `${e.subject} has the name ${e.name}: ${e.problem} of a CA above it`,
    remedy: 'The CA may not issue for this name. Have the card issued by one that may.',
    person: otherCard,
  },
  policyAccepted: { cites: 'RFC 5280 §6.1.3 (d)', words: (_: Nothing) => 'certificate policies are acceptable' },
  policyNotAcceptable: {
    entra: 50017,
    cites: 'RFC 5280 §6.1.3 (f), §6.1.5 (g)',
    words: (e: { subject: string }) => `a CA demands an explicit policy, and at ${e.subject} none is left that counts`,
    remedy: 'Have the card issued under a policy that the CAs above it allow.',
    person: otherCard,
  },
  policyMappingInvalid: {
    entra: 50017,
    cites: 'RFC 5280 §6.1.4 (a)',
    words: (e: { subject: string }) => `${e.subject} maps anyPolicy, which is forbidden`,
    remedy: 'The CA was issued wrongly and must be replaced.',
    person: otherCard,
  },
};
