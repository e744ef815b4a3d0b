/** What OCSP responders answer about a certificate (RFC 6960). */
export const ocspReasons = {
  // OCSP, beyond Entra (CRL-4)
  ocspResponseRead: { references: 'RFC 6960 §4.2.1', message: (e: { url: string }) => `${e.url} answered` },
  ocspNotAsked: {
    references: '§2',
    message: (e: { url: string }) => `no request was sent to ${e.url}, because a dry run sends no OCSP requests`,
  },
  ocspGood: {
    references: 'RFC 6960 §2.2',
    message: (e: { url: string; serialNumber: string }) => `${e.url} reports the status good for ${e.serialNumber}`,
  },
  ocspStatusUnknown: {
    entra: 500175,
    references: 'RFC 6960 §2.2',
    message: (e: { url: string; serialNumber: string }) => `${e.url} reports the status unknown for ${e.serialNumber}`,
    remedy: 'The responder serves another CA, or the certificate is not known to it yet.',
  },
  ocspUnreachable: {
    entra: 500173,
    references: 'RFC 6960 §A.1',
    message: (e: { url: string; problem: string }) => `the OCSP responder ${e.url} cannot be reached: ${e.problem}`,
    remedy: 'Restore the responder, or set a CRL address of the CA as the second source.',
  },
  ocspAddressRefused: {
    entra: 500173,
    references: 'docs/settings.md#addresses-that-cardea-connects-to, RFC 6960 §A.1',
    message: (e: { url: string; problem: string }) => `no request is sent to the OCSP responder ${e.url}: ${e.problem}`,
    remedy: 'Specify an http or https address of a responder that the setting crlPrivateAddresses allows.',
  },
  ocspResponderRefused: {
    entra: 500173,
    references: 'RFC 6960 §4.2.1',
    message: (e: { url: string; status: string }) => `the OCSP responder ${e.url} returned an error: ${e.status}`,
    remedy: 'Check the responder. The responder does not serve this CA, or it is temporarily unavailable.',
  },
  ocspResponseUnreadable: {
    entra: 500174,
    references: 'RFC 6960 §4.2.1, X.690',
    message: (e: { url: string; reading: string; offset: number; problem: string }) =>
      `the response of ${e.url} is not an OCSP response: ${e.problem} at byte ${e.offset} while reading ${e.reading}`,
    remedy: 'Check that the address is that of an OCSP responder.',
  },
  ocspResponseForeign: {
    entra: 500175,
    references: 'RFC 6960 §3.2',
    message: (e: { url: string; serialNumber: string }) => `the response of ${e.url} is not about ${e.serialNumber}`,
    remedy: 'Check that the responder serves this CA.',
  },
  ocspNonceMissing: {
    entra: 500175,
    references: 'RFC 9654 §2.1',
    message: (e: { url: string }) =>
      `the response of ${e.url} does not contain the nonce of the request, so it may be an old response`,
    remedy: 'Use a responder that returns nonces, or do not require a nonce for this CA.',
  },
  ocspSignerRefused: {
    entra: 2205015,
    references: 'RFC 6960 §4.2.2.2',
    message: (e: { url: string; problem: string }) =>
      `the signer of the response of ${e.url} is not authorized by this CA: ${e.problem}`,
    remedy:
      'The CA must sign the response itself, or with a certificate that it issued with OCSPSigning and id-pkix-ocsp-nocheck.',
  },
  ocspResponseStale: {
    entra: 500172,
    references: 'RFC 6960 §3.2',
    message: (e: { url: string; now: string; producedAt?: string; thisUpdate: string; nextUpdate: string }) =>
      `the response of ${e.url}${e.producedAt ? `, produced at ${e.producedAt},` : ''} is valid from ${e.thisUpdate} to ${e.nextUpdate || '(no nextUpdate: ten minutes)'}; the current time is ${e.now}`,
    remedy: 'Correct the clock of the responder or of this server.',
  },
};
