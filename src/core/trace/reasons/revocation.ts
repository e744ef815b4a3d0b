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
  crlNotACrl: {
    entra: 500174,
    cites: 'CRL-13',
    words: (e: { url: string; contentType: string; looksLike: string }) =>
      `${e.url}${e.contentType ? ` (${e.contentType})` : ''} is ${e.looksLike}, and not a CRL`,
    remedy:
      'Give a CRL (.crl). An address: open it in a browser; a login page, an error page or another file is served there.',
  },
  crlTruncated: {
    entra: 500174,
    cites: 'CRL-13',
    words: (e: { url: string; received: number; expected: number }) =>
      `${e.url} ended after ${e.received} of ${e.expected < 0 ? 'an unknown number of' : e.expected} bytes`,
    remedy: 'Publish the file again; check for proxies that cut long answers.',
  },
  crlContentTypeRefused: {
    entra: 500174,
    cites: 'CRL-12',
    words: (e: { url: string; contentType: string }) =>
      `${e.url} is served as ${e.contentType}, which the policy refuses`,
    remedy: 'Serve it as application/pkix-crl, or allow this type.',
  },
  crlEncodingRefused: {
    entra: 500174,
    cites: 'CRL-12',
    words: (e: { url: string; encoding: string; problem: string }) =>
      `${e.url} is encoded as ${e.encoding}: ${e.problem}`,
    remedy: 'Serve the file without content encoding.',
  },
  crlExtensionUnknown: {
    entra: 500174,
    cites: 'CRL-21, RFC 5280 §5.2, §5.3',
    words: (e: { url: string; oid: string; place: string; offset: number }) =>
      `${e.url} carries the critical ${e.place} ${e.oid} at byte ${e.offset}, which is not understood`,
    remedy: 'Configure the authority not to write this extension, or not to mark it critical.',
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
  crlMalformed: {
    entra: 2205011,
    cites: 'CRL-13, RFC 5280 §5.1, X.690',
    words: (e: { url: string; reading: string; offset: number; problem: string }) =>
      `${e.url} is not a well-formed revocation list: ${e.problem} at byte ${e.offset} while reading ${e.reading}`,
    remedy: 'Publish the list in DER (binary), as the authority wrote it.',
  },
  crlIsPem: {
    entra: 2205011,
    cites: 'CRL-13',
    words: (e: { url: string; label: string }) => `${e.url} is text in PEM (${e.label}), not DER`,
    remedy:
      'Publish it in DER (`openssl crl -in list.pem -outform der -out list.crl`), or set `crlForms` to `any`. `cardea crl import` reads PEM.',
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
  crlTooLarge: {
    entra: 2205014,
    cites: 'CRL-10',
    words: (e: { url: string; size: number; limit: number; inBackground: boolean }) =>
      `${e.url} is larger than ${e.limit} bytes (${e.size} so far)${e.inBackground ? '; the download goes on in the background' : ''}`,
    remedy: `Publish a smaller list (partition it, or drop expired certificates), or raise the limit. ${retry}`,
    person: 'The revocation list for your certificate is large. Try again in a few minutes.',
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

  // OCSP, beyond Entra (CRL-4)
  ocspResponseRead: { cites: 'RFC 6960 §4.2.1', words: (e: { url: string }) => `${e.url} answered` },
  ocspNotAsked: {
    cites: '§2',
    words: (e: { url: string }) => `${e.url} was not asked: a dry run sends no request`,
  },
  ocspGood: {
    cites: 'RFC 6960 §2.2',
    words: (e: { url: string; serialNumber: string }) => `${e.url} says that ${e.serialNumber} is good`,
  },
  ocspStatusUnknown: {
    entra: 500175,
    cites: 'RFC 6960 §2.2',
    words: (e: { url: string; serialNumber: string }) => `${e.url} does not know ${e.serialNumber}`,
    remedy: 'The responder serves another CA, or has not heard of this certificate yet.',
  },
  ocspUnreachable: {
    entra: 500173,
    cites: 'RFC 6960 §A.1',
    words: (e: { url: string; problem: string }) => `the OCSP responder ${e.url} cannot be asked: ${e.problem}`,
    remedy: 'Bring the responder back, or let CRLs be the second source of this CA.',
  },
  ocspAddressRefused: {
    entra: 500173,
    cites: 'docs/settings.md#addresses-that-cardea-connects-to, RFC 6960 §A.1',
    words: (e: { url: string; problem: string }) => `the OCSP responder ${e.url} is not asked: ${e.problem}`,
    remedy: 'Configure a responder at an http or https address that the setting crlPrivateAddresses allows.',
  },
  ocspResponderRefused: {
    entra: 500173,
    cites: 'RFC 6960 §4.2.1',
    words: (e: { url: string; status: string }) => `the OCSP responder ${e.url} gave no answer: ${e.status}`,
    remedy: 'Look into the responder: it does not serve this CA, or cannot at the moment.',
  },
  ocspResponseUnreadable: {
    entra: 500174,
    cites: 'RFC 6960 §4.2.1, X.690',
    words: (e: { url: string; reading: string; offset: number; problem: string }) =>
      `the answer of ${e.url} is no OCSP response: ${e.problem} at byte ${e.offset} while reading ${e.reading}`,
    remedy: 'Check the address: it must be that of an OCSP responder.',
  },
  ocspResponseForeign: {
    entra: 500175,
    cites: 'RFC 6960 §3.2',
    words: (e: { url: string; serialNumber: string }) => `the answer of ${e.url} is not about ${e.serialNumber}`,
    remedy: 'The responder answers for another certificate; check that it serves this CA.',
  },
  ocspNonceMissing: {
    entra: 500175,
    cites: 'RFC 9654 §2.1',
    words: (e: { url: string }) => `the answer of ${e.url} does not carry our nonce: it may be an old one`,
    remedy: 'Use a responder that echoes nonces, or do not demand one for this CA.',
  },
  ocspSignerRefused: {
    entra: 2205015,
    cites: 'RFC 6960 §4.2.2.2',
    words: (e: { url: string; problem: string }) =>
      `the signer of the answer of ${e.url} is not authorized by this CA: ${e.problem}`,
    remedy: 'The CA itself must sign, or a certificate it issued with OCSPSigning and id-pkix-ocsp-nocheck.',
  },
  ocspResponseStale: {
    entra: 500172,
    cites: 'RFC 6960 §3.2',
    words: (e: { url: string; now: string; producedAt?: string; thisUpdate: string; nextUpdate: string }) =>
      `the answer of ${e.url}${e.producedAt ? `, made at ${e.producedAt},` : ''} is valid from ${e.thisUpdate} to ${e.nextUpdate || '(not said: ten minutes)'}, and now is ${e.now}`,
    remedy: 'Correct the clock of the responder or of this server.',
  },
};
