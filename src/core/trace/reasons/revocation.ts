import { toleranceText } from '../tolerances.ts';

const retry = 'The user can try again in a few minutes.';

/** A revoked certificate, and the CRL that lists it. */
interface Revoked {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly reason: string;
  readonly revokedAt: string;
  readonly url: string;
  readonly tolerances?: readonly string[];
}
const revocationText = (e: Revoked) =>
  `was revoked by ${e.issuer} at ${e.revokedAt} (${e.reason}), according to ${e.url}${toleranceText(e.tolerances)}`;

/** Is anything on the path revoked? Numbers and parameters as in §12 of the specification. */
export const revocationReasons = {
  revocationChecked: {
    references: 'RFC 5280 §6.3',
    message: (e: {
      checked: readonly string[];
      unchecked: readonly string[];
      /** CRLs and certificates that were read in spite of slips. */
      slips?: readonly { readonly source: string; readonly tolerances: readonly string[] }[];
    }) => {
      const slips = (e.slips ?? []).map(
        ({ source, tolerances }) => `; ${source}${toleranceText(tolerances).replace(';', ' was')}`,
      );
      if (e.checked.length === 0) return `revocation is not checked: ${e.unchecked.join(', ')}${slips.join('')}`;
      const unchecked = e.unchecked.length === 0 ? '' : `; not checked: ${e.unchecked.join(', ')}`;
      return `not revoked according to ${e.checked.join(', ')}${unchecked}${slips.join('')}`;
    },
  },
  crlRead: {
    references: 'RFC 5280 §5',
    message: (e: { issuer: string; entries: number }) => `a CRL of ${e.issuer} with ${e.entries} entries`,
  },
  crlAccepted: {
    references: 'RFC 5280 §6.3.3',
    message: (e: { issuer: string; number: string }) => `CRL ${e.number} of ${e.issuer}`,
  },

  // Revoked
  certificateRevoked: {
    entra: 500171,
    references: 'CRL-22, RFC 5280 §6.3.3 (i), (j)',
    message: (e: Revoked) => `${e.subject || '(empty subject)'}, serial ${e.serialNumber}, ${revocationText(e)}`,
    remedy: 'Issue a new certificate. If the revocation was a mistake, publish a corrected CRL.',
    userMessage: 'Your certificate has been revoked. Choose another certificate or ask for a new one.',
  },
  authorityRevoked: {
    entra: 500171,
    references: 'CRL-23, RFC 5280 §6.3.3 (i), (j)',
    message: (e: Revoked) => `the CA ${e.subject}, serial ${e.serialNumber}, ${revocationText(e)}`,
    remedy:
      'Certificates of this CA cannot be used any more. Remove the CA from the trust store, and issue certificates from another CA.',
    userMessage: 'The authority that issued your certificate has been revoked. Contact your administrator.',
  },
  certificateBlocked: {
    entra: 500171,
    references: '§13',
    message: (e: { subject: string; issuer: string; serialNumber: string; note: string }) =>
      `${e.subject || '(empty subject)'}, serial ${e.serialNumber} of ${e.issuer}, is on the local block list${e.note ? `: ${e.note}` : ''}`,
    remedy: 'If the certificate was blocked by mistake, remove it from the block list: `cardea block remove`.',
    userMessage: 'Your certificate has been blocked by your administrator.',
  },

  // Time
  crlExpired: {
    entra: 500172,
    references: 'CRL-7, CRL-18, RFC 5280 §6.3.3 (a)',
    message: (e: { url: string; issuer: string; kind: string; now: string; thisUpdate: string; nextUpdate: string }) =>
      `the ${e.kind} CRL ${e.url} of ${e.issuer} expired at ${e.nextUpdate}; the current time is ${e.now}`,
    remedy: 'Publish a new CRL before the old CRL expires, and check the clocks of the CA and of this server.',
    userMessage: 'The revocation list for your certificate is out of date. Contact your administrator.',
  },
  crlNotYetValid: {
    entra: 500172,
    references: 'CRL-16, RFC 5280 §5.1.2.4',
    message: (e: { url: string; issuer: string; kind: string; now: string; thisUpdate: string; nextUpdate: string }) =>
      `the ${e.kind} CRL ${e.url} of ${e.issuer} is valid from ${e.thisUpdate}; the current time is ${e.now}`,
    remedy: 'Check the clocks of the CA and of this server.',
    userMessage: 'The revocation list for your certificate is not valid yet. Contact your administrator.',
  },
  crlNextUpdateMissing: {
    entra: 500172,
    references: 'RFC 5280 §5.1.2.5',
    message: (e: { url: string; issuer: string }) => `the CRL ${e.url} of ${e.issuer} has no nextUpdate`,
    remedy: 'Configure the CA to write nextUpdate.',
  },

  // Download
  crlNotKept: {
    references: '§2',
    message: (e: { url: string }) => `no current CRL from ${e.url} is cached, and a dry run downloads no CRL`,
    remedy:
      'A sign-in would download the CRL. To download it now for CAs in the trust store, choose Fetch now in PKI health (`cardea crl refresh`).',
  },
  crlDownloadFailed: {
    entra: 500173,
    references: 'CRL-12',
    message: (e: { url: string; status: number; proxy?: string }) =>
      `${e.url} answered ${e.status}${e.proxy === undefined ? '' : `, through the outbound proxy ${e.proxy}`}`,
    remedy:
      'Open the address from this server. A status of 403 usually comes from a firewall or a proxy; 404 means that no CRL is published at the address.',
    userMessage: 'The revocation list for your certificate could not be downloaded. Contact your administrator.',
  },
  crlUnreachable: {
    entra: 500173,
    references: 'CRL-12',
    message: (e: { url: string; problem: string }) => `${e.url} could not be reached: ${e.problem}`,
    remedy: 'Check name resolution, routing and firewalls between this server and the address.',
    userMessage: 'The revocation list for your certificate could not be downloaded. Contact your administrator.',
  },
  crlRedirected: {
    entra: 500173,
    references: 'docs/settings.md',
    message: (e: { url: string; status: number; location: string }) =>
      `${e.url} answered ${e.status} and points to ${e.location}, an address that is not configured`,
    remedy: 'Configure the final address.',
  },
  crlAddressRefused: {
    entra: 500173,
    references: 'docs/settings.md#addresses-that-cardea-connects-to',
    message: (e: { url: string; problem: string }) => `${e.url} was not downloaded: ${e.problem}`,
    remedy: 'Configure an http or https address that the download policy allows.',
  },
  crlMissing: {
    entra: 500175,
    references: 'CRL-17, RFC 5280 §6.3.3 (l)',
    message: (e: { subject: string; issuer: string; problem: string }) =>
      `no CRL covers ${e.subject || '(empty subject)'}, issued by ${e.issuer}: ${e.problem}`,
    remedy: 'Check that the CRL address of this CA provides the CRL for these certificates.',
    userMessage: 'The revocation status of your certificate is not known. Contact your administrator.',
  },
  crlNotConfigured: {
    entra: 500175,
    references: 'CRL-24, CRL-27',
    message: (e: { issuer: string; subjectKeyIdentifier: string }) =>
      `revocation must be checked, but ${e.issuer} (${e.subjectKeyIdentifier}) has no CRL address`,
    remedy: 'Set a CRL address for this CA, or exempt its subject key identifier from CRL validation.',
    userMessage: 'The revocation status of your certificate is not known. Contact your administrator.',
  },
  revocationDepthExceeded: {
    entra: 500175,
    references: 'CRL-1, PATH-12',
    message: (e: { authorities: number; limit: number }) =>
      `the path has ${e.authorities} CAs; revocation is checked for at most ${e.limit}`,
    remedy: 'Issue certificates from a CA that is closer to the root.',
  },
  deltaListWithoutBase: {
    entra: 500177,
    references: 'CRL-19, TS-6',
    message: (e: { issuer: string; deltaUrl: string }) =>
      `${e.issuer} has the delta CRL ${e.deltaUrl}, but no base CRL`,
    remedy: 'Set the base CRL address of this CA, or remove the delta CRL address.',
  },
  crlIncomplete: {
    entra: 500178,
    references: 'CRL-17, CRL-18',
    message: (e: { url: string; type: string; issuer: string; problem: string }) =>
      `the ${e.type} CRL of ${e.issuer} at ${e.url} cannot be used: ${e.problem}`,
    remedy: `Publish a base CRL and a delta CRL that belong together. ${retry}`,
    userMessage: 'The revocation list for your certificate is incomplete. Try again in a few minutes.',
  },
  crlFault: {
    entra: 500178,
    references: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    message: (e: { url: string }) =>
      `${e.url} could not be used because of a failure of this server; see its log for details`,
    remedy: 'Check the log of the server, for example for a full disk or too little memory.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  crlNumberMissing: {
    entra: 500178,
    references: 'CRL-15, RFC 5280 §5.2.3',
    message: (e: { url: string; issuer: string }) => `the CRL ${e.url} of ${e.issuer} has no CRL number`,
    remedy: 'Configure the CA to write CRL numbers.',
  },
  crlNumberWentBack: {
    entra: 500178,
    references: 'CRL-15',
    message: (e: { url: string; issuer: string; number: string; highestNumber: string }) =>
      `${e.url} is the CRL ${e.number} of ${e.issuer}, but the CRL ${e.highestNumber} was seen before`,
    remedy: 'The address provides an old CRL. Publish the current CRL. Every new CRL needs a higher number.',
  },
  crlTimedOut: {
    entra: 500179,
    references: 'CRL-11',
    message: (e: { urls: readonly string[]; seconds: number }) =>
      `the CRLs ${e.urls.join(', ')} could not be downloaded within ${e.seconds} s`,
    remedy: `Publish smaller CRLs, or publish them closer to this server. ${retry}`,
    userMessage: 'Checking your certificate took too long. Try again in a few minutes.',
  },
  crlDownloadSlow: {
    entra: 2205012,
    references: 'CRL-11',
    message: (e: { url: string; seconds: number; received: number }) =>
      `${e.url} had sent ${e.received} bytes after ${e.seconds} s; the download continues in the background`,
    remedy: `Publish a smaller CRL, or publish it closer to this server. ${retry}`,
    userMessage: 'The revocation list for your certificate is still being downloaded. Try again in a few minutes.',
  },
  crlDownloadInProgress: {
    entra: 2205013,
    references: 'CRL-8, CRL-9',
    message: (e: { url: string }) => `${e.url} is already being downloaded`,
    remedy: retry,
    userMessage: 'The revocation list for your certificate is being downloaded. Try again in a few minutes.',
  },

  // Whose CRL
  crlSignerMismatch: {
    entra: 2205015,
    references: 'CRL-14, TS-8, RFC 5280 §5.2.1',
    message: (e: {
      url: string;
      issuer: string;
      authorityKeyIdentifier: string;
      subjectKeyIdentifier: string;
      /** The CA that has the address. Absent in entries of earlier versions. */
      authority?: string;
    }) =>
      e.authority === undefined
        ? `${e.url} names the key ${e.authorityKeyIdentifier || '(none)'}, but ${e.issuer} has ${e.subjectKeyIdentifier || '(none)'}`
        : `${e.url} is a CRL of ${e.issuer} with the key ${e.authorityKeyIdentifier || '(none)'}, not of ${e.authority} with the key ${e.subjectKeyIdentifier || '(none)'}`,
    remedy:
      'The address provides the CRL of another CA. Correct the CRL address of the CA that the message names last (`cardea ca set ID --crl-url URL`). If the CA has a new key, upload its new certificate.',
  },
  crlSignatureWrong: {
    entra: 2205015,
    references: 'CRL-14, RFC 5280 §6.3.3 (g)',
    message: (e: { url: string; issuer: string; algorithm: string }) =>
      `the signature (${e.algorithm}) of ${e.url} was not made with the key of ${e.issuer}`,
    remedy: 'The file was changed, or it is not a CRL of this CA. Publish the CRL again.',
  },
  crlSignerNotAllowed: {
    entra: 2205015,
    references: 'PATH-9, RFC 5280 §6.3.3 (f)',
    message: (e: { url: string; issuer: string; problem: string }) =>
      `${e.issuer} signed ${e.url}, but is not allowed to: ${e.problem}`,
    remedy: 'A signer of CRLs needs the key usage cRLSign and a valid path to the same root.',
  },
  crlAlgorithmRefused: {
    entra: 2205015,
    references: 'PATH-13',
    message: (e: { url: string; algorithm: string; problem: string }) =>
      `${e.url} is signed with ${e.algorithm}: ${e.problem}`,
    remedy: 'Configure the CA to sign its CRLs with SHA-256 or better.',
  },
};
