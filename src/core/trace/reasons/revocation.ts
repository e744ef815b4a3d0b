import { toleranceText } from '../tolerances.ts';

/** Is anything on the path revoked? Numbers and parameters as in §12 of the specification. */
const retry = 'The person can try again in a few minutes.';

export const revocationReasons = {
  revocationChecked: {
    cites: 'RFC 5280 §6.3',
    words: (e: {
      checked: readonly string[];
      unchecked: readonly string[];
      /** CRLs and certificates that were read in spite of slips. */
      slips?: readonly { readonly source: string; readonly tolerances: readonly string[] }[];
    }) => {
      const slips = (e.slips ?? []).map(
        ({ source, tolerances }) => `; ${source}${toleranceText(tolerances).replace(';', ' was')}`,
      );
      if (e.checked.length === 0)
        return `no revocation list is configured for ${e.unchecked.join(', ')}${slips.join('')}`;
      const unchecked = e.unchecked.length === 0 ? '' : `; not checked: ${e.unchecked.join(', ')}`;
      return `not revoked according to ${e.checked.join(', ')}${unchecked}${slips.join('')}`;
    },
  },
  crlRead: {
    cites: 'RFC 5280 §5',
    words: (e: { issuer: string; entries: number }) => `a revocation list of ${e.issuer} with ${e.entries} entries`,
  },
  crlAccepted: {
    cites: 'RFC 5280 §6.3.3',
    words: (e: { issuer: string; number: string }) => `revocation list ${e.number} of ${e.issuer}`,
  },

  // Revoked
  certificateRevoked: {
    entra: 500171,
    cites: 'CRL-22, RFC 5280 §6.3.3 (i), (j)',
    words: (e: {
      subject: string;
      issuer: string;
      serialNumber: string;
      reason: string;
      revokedAt: string;
      url: string;
      tolerances?: readonly string[];
    }) =>
      `${e.subject || '(empty subject)'}, serial ${e.serialNumber}, was revoked by ${e.issuer} at ${e.revokedAt} (${e.reason}), says ${e.url}${toleranceText(e.tolerances)}`,
    remedy: 'Issue a new certificate. If the revocation was a mistake, publish a corrected list.',
    person: 'Your certificate has been revoked. Choose another certificate or ask for a new one.',
  },
  authorityRevoked: {
    entra: 500171,
    cites: 'CRL-23, RFC 5280 §6.3.3 (i), (j)',
    words: (e: {
      subject: string;
      issuer: string;
      serialNumber: string;
      reason: string;
      revokedAt: string;
      url: string;
      tolerances?: readonly string[];
    }) =>
      `the authority ${e.subject}, serial ${e.serialNumber}, was revoked by ${e.issuer} at ${e.revokedAt} (${e.reason}), says ${e.url}${toleranceText(e.tolerances)}`,
    remedy: 'Nothing this authority issued can be used. Remove it from the trust store and issue from another.',
    person: 'The authority that issued your certificate has been revoked. Contact your administrator.',
  },
  certificateBlocked: {
    entra: 500171,
    cites: '§13',
    words: (e: { subject: string; issuer: string; serialNumber: string; note: string }) =>
      `${e.subject || '(empty subject)'}, serial ${e.serialNumber} of ${e.issuer}, is on the local block list${e.note ? `: ${e.note}` : ''}`,
    remedy: 'Take it off the block list if it was put there by mistake.',
    person: 'Your certificate has been blocked by your administrator.',
  },

  // Time
  crlExpired: {
    entra: 500172,
    cites: 'CRL-7, CRL-18, RFC 5280 §6.3.3 (a)',
    words: (e: { url: string; issuer: string; kind: string; now: string; thisUpdate: string; nextUpdate: string }) =>
      `the ${e.kind} list ${e.url} of ${e.issuer} ended at ${e.nextUpdate}; it is ${e.now}`,
    remedy: 'Publish a new list before the old one ends, and check the clocks of the authority and of this server.',
    person: 'The revocation list for your certificate is out of date. Contact your administrator.',
  },
  crlNotYetValid: {
    entra: 500172,
    cites: 'CRL-16, RFC 5280 §5.1.2.4',
    words: (e: { url: string; issuer: string; kind: string; now: string; thisUpdate: string; nextUpdate: string }) =>
      `the ${e.kind} list ${e.url} of ${e.issuer} begins at ${e.thisUpdate}; it is ${e.now}`,
    remedy: 'Check the clocks of the authority and of this server.',
    person: 'The revocation list for your certificate is not valid yet. Contact your administrator.',
  },
  crlNextUpdateMissing: {
    entra: 500172,
    cites: 'RFC 5280 §5.1.2.5',
    words: (e: { url: string; issuer: string }) => `the list ${e.url} of ${e.issuer} does not say until when it holds`,
    remedy: 'Configure the authority to write nextUpdate.',
  },

  // Download
  crlNotKept: {
    cites: '§2',
    words: (e: { url: string }) => `no current list from ${e.url} is kept here, and a dry run fetches none`,
    remedy: 'A sign-in would fetch it. `cardea crl refresh` does so now for CAs that are in the trust store.',
  },
  crlDownloadFailed: {
    entra: 500173,
    cites: 'CRL-12',
    words: (e: { url: string; status: number }) => `${e.url} answered ${e.status}`,
    remedy: 'Open the address from this server. 403 is usually a firewall, 404 a list that was not published there.',
    person: 'The revocation list for your certificate could not be downloaded. Contact your administrator.',
  },
  crlUnreachable: {
    entra: 500173,
    cites: 'CRL-12',
    words: (e: { url: string; problem: string }) => `${e.url} could not be reached: ${e.problem}`,
    remedy: 'Check name resolution, routing and firewalls between this server and the address.',
    person: 'The revocation list for your certificate could not be downloaded. Contact your administrator.',
  },
  crlRedirected: {
    entra: 500173,
    cites: 'docs/settings.md',
    words: (e: { url: string; status: number; location: string }) =>
      `${e.url} answered ${e.status} and points to ${e.location}, an address that is not configured`,
    remedy: 'Configure the final address.',
  },
  crlAddressRefused: {
    entra: 500173,
    cites: 'docs/settings.md#addresses-that-cardea-connects-to',
    words: (e: { url: string; problem: string }) => `${e.url} is not fetched: ${e.problem}`,
    remedy: 'Configure an http or https address that the download policy allows.',
  },
  crlMissing: {
    entra: 500175,
    cites: 'CRL-17, RFC 5280 §6.3.3 (l)',
    words: (e: { subject: string; issuer: string; problem: string }) =>
      `no revocation list covers ${e.subject || '(empty subject)'}, issued by ${e.issuer}: ${e.problem}`,
    remedy: 'Check that the address configured for this authority serves the list for these certificates.',
    person: 'The revocation status of your certificate is not known. Contact your administrator.',
  },
  crlNotConfigured: {
    entra: 500175,
    cites: 'CRL-24, CRL-27',
    words: (e: { issuer: string; subjectKeyIdentifier: string }) =>
      `revocation must be checked, but ${e.issuer} (${e.subjectKeyIdentifier}) has no revocation list`,
    remedy: 'Give this authority a CRL address, or exempt its subject key identifier from CRL validation.',
    person: 'The revocation status of your certificate is not known. Contact your administrator.',
  },
  revocationDepthExceeded: {
    entra: 500175,
    cites: 'CRL-1, PATH-12',
    words: (e: { authorities: number; limit: number }) =>
      `the path has ${e.authorities} authorities; revocation is checked for at most ${e.limit}`,
    remedy: 'Issue from an authority nearer to the root.',
  },
  deltaListWithoutBase: {
    entra: 500177,
    cites: 'CRL-19, TS-6',
    words: (e: { issuer: string; deltaUrl: string }) =>
      `${e.issuer} has the delta list ${e.deltaUrl} but no base list it could complete`,
    remedy: 'Configure the base CRL address of this authority, or remove the delta address.',
  },
  crlIncomplete: {
    entra: 500178,
    cites: 'CRL-17, CRL-18',
    words: (e: { url: string; type: string; issuer: string; problem: string }) =>
      `the ${e.type} list of ${e.issuer} at ${e.url} cannot be used: ${e.problem}`,
    remedy: `Publish base and delta lists that belong together. ${retry}`,
    person: 'The revocation list for your certificate is incomplete. Try again in a few minutes.',
  },
  crlFault: {
    entra: 500178,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (e: { url: string }) =>
      `${e.url} could not be used because of a fault of this server; its log has the details`,
    remedy: 'Look into the log of the server: a full disk, too little memory.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  crlNumberMissing: {
    entra: 500178,
    cites: 'CRL-15, RFC 5280 §5.2.3',
    words: (e: { url: string; issuer: string }) => `the list ${e.url} of ${e.issuer} has no CRL number`,
    remedy: 'Configure the authority to number its lists.',
  },
  crlNumberWentBack: {
    entra: 500178,
    cites: 'CRL-15',
    words: (e: { url: string; issuer: string; number: string; highestNumber: string }) =>
      `${e.url} is list ${e.number} of ${e.issuer}, but list ${e.highestNumber} was seen before`,
    remedy: 'An old list is being served. Publish the current one; every new list needs a higher number.',
  },
  crlTimedOut: {
    entra: 500179,
    cites: 'CRL-11',
    words: (e: { urls: readonly string[]; seconds: number }) =>
      `the lists ${e.urls.join(', ')} did not all arrive within ${e.seconds} s`,
    remedy: `Publish smaller lists, or nearer to this server. ${retry}`,
    person: 'Checking your certificate took too long. Try again in a few minutes.',
  },
  crlDownloadSlow: {
    entra: 2205012,
    cites: 'CRL-11',
    words: (e: { url: string; seconds: number; received: number }) =>
      `${e.url} had sent ${e.received} bytes after ${e.seconds} s; the download goes on in the background`,
    remedy: `Publish a smaller list, or nearer to this server. ${retry}`,
    person: 'The revocation list for your certificate is still being downloaded. Try again in a few minutes.',
  },
  crlDownloadInProgress: {
    entra: 2205013,
    cites: 'CRL-8, CRL-9',
    words: (e: { url: string }) => `${e.url} is already being downloaded`,
    remedy: retry,
    person: 'The revocation list for your certificate is being downloaded. Try again in a few minutes.',
  },

  // Whose list
  crlSignerMismatch: {
    entra: 2205015,
    cites: 'CRL-14, TS-8, RFC 5280 §5.2.1',
    words: (e: {
      url: string;
      issuer: string;
      authorityKeyIdentifier: string;
      subjectKeyIdentifier: string;
      /** The CA that has the address. Absent in entries of earlier versions. */
      authority?: string;
    }) =>
      e.authority === undefined
        ? `${e.url} names the key ${e.authorityKeyIdentifier || '(none)'}, but ${e.issuer} has ${e.subjectKeyIdentifier || '(none)'}`
        : `${e.url} is a CRL of ${e.issuer} with the key ${e.authorityKeyIdentifier || '(none)'}, and not of ${e.authority} with the key ${e.subjectKeyIdentifier || '(none)'}`,
    remedy:
      'Correct the CRL address of the CA named last (`cardea ca set ID --crl-url URL`): the CRL of another CA is there. If the CA has a new key, upload its new certificate.',
  },
  crlSignatureWrong: {
    entra: 2205015,
    cites: 'CRL-14, RFC 5280 §6.3.3 (g)',
    words: (e: { url: string; issuer: string; algorithm: string }) =>
      `the signature (${e.algorithm}) of ${e.url} was not made with the key of ${e.issuer}`,
    remedy: 'The file was altered, or is not this authority’s. Publish the list again.',
  },
  crlSignerNotAllowed: {
    entra: 2205015,
    cites: 'PATH-9, RFC 5280 §6.3.3 (f)',
    words: (e: { url: string; issuer: string; problem: string }) =>
      `${e.issuer} signed ${e.url} but may not: ${e.problem}`,
    remedy: 'A signer of lists needs the key usage cRLSign and a valid path to the same root.',
  },
  crlAlgorithmRefused: {
    entra: 2205015,
    cites: 'PATH-13',
    words: (e: { url: string; algorithm: string; problem: string }) =>
      `${e.url} is signed with ${e.algorithm}: ${e.problem}`,
    remedy: 'Have the authority sign its lists with SHA-256 or better.',
  },
};
