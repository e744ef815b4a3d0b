/** What OCSP responders answer about a certificate (RFC 6960). */
export const ocspReasons = {
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
