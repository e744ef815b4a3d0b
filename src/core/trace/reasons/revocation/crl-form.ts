/** Why octets that were to be a CRL cannot be read as one. */
export const crlFormReasons = {
  crlNotACrl: {
    entra: 500174,
    references: 'CRL-13',
    message: (e: { url: string; contentType: string; looksLike: string }) =>
      `${e.url}${e.contentType ? ` (${e.contentType})` : ''} is ${e.looksLike}, not a CRL`,
    remedy:
      'Use a CRL file (.crl). If it is an address, open it in a browser: it provides a sign-in page, an error page or another file.',
  },
  crlTruncated: {
    entra: 500174,
    references: 'CRL-13',
    message: (e: { url: string; received: number; expected: number }) =>
      `${e.url} ended after ${e.received} of ${e.expected < 0 ? 'an unknown number of' : e.expected} bytes`,
    remedy: 'Publish the file again. Check for proxies that truncate long responses.',
  },
  crlContentTypeRefused: {
    entra: 500174,
    references: 'CRL-12',
    message: (e: { url: string; contentType: string }) =>
      `${e.url} is served as ${e.contentType}, which the policy refuses`,
    remedy: 'Serve it as application/pkix-crl, or allow this type.',
  },
  crlEncodingRefused: {
    entra: 500174,
    references: 'CRL-12',
    message: (e: { url: string; encoding: string; problem: string }) =>
      `${e.url} is encoded as ${e.encoding}: ${e.problem}`,
    remedy: 'Serve the file without content encoding.',
  },
  crlExtensionUnknown: {
    entra: 500174,
    references: 'CRL-21, RFC 5280 §5.2, §5.3',
    message: (e: { url: string; oid: string; place: string; offset: number }) =>
      `${e.url} has the critical ${e.place} ${e.oid} at byte ${e.offset}, which is not supported`,
    remedy: 'Configure the CA not to write this extension, or not to mark it as critical.',
  },
  crlMalformed: {
    entra: 2205011,
    references: 'CRL-13, RFC 5280 §5.1, X.690',
    message: (e: { url: string; reading: string; offset: number; problem: string }) =>
      `${e.url} is not a well-formed CRL: ${e.problem} at byte ${e.offset} while reading ${e.reading}`,
    remedy: 'Publish the CRL in DER (binary), as the CA created it.',
  },
  crlIsPem: {
    entra: 2205011,
    references: 'CRL-13',
    message: (e: { url: string; label: string }) => `${e.url} is text in PEM (${e.label}), not DER`,
    remedy:
      'Publish it in DER (`openssl crl -in list.pem -outform der -out list.crl`), or set `crlForms` to `any`. `cardea crl import` reads PEM.',
  },
  crlTooLarge: {
    entra: 2205014,
    references: 'CRL-10',
    message: (e: { url: string; size: number; limit: number; inBackground: boolean }) =>
      `${e.url} is larger than ${e.limit} bytes (${e.size} so far)${e.inBackground ? '; the download continues in the background' : ''}`,
    remedy:
      'Publish a smaller CRL (partition it, or remove expired certificates), or raise the limit. The user can try again in a few minutes.',
    userMessage: 'The revocation list for your certificate is large. Try again in a few minutes.',
  },
};
