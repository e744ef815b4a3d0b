/** Reading one certificate. */
export const certificateReasons = {
  certificateRead: {
    cites: 'RFC 5280 §4.1',
    words: (e: { subject: string; issuer: string; serialNumber: string; sha1Thumbprint: string }) =>
      `${e.subject || '(empty subject)'}, serial ${e.serialNumber}, issued by ${e.issuer}`,
  },
  certificateMissing: {
    entra: 50192,
    cites: 'W-8',
    words: (e: { host: string }) => `no certificate arrived in the TLS handshake on ${e.host}`,
    remedy:
      'The picker was cancelled, the card is not inserted, or a proxy that inspects TLS removed the certificate: exempt the certauth host from inspection.',
    person: 'No certificate was sent. Insert your smart card or choose a certificate, then try again.',
  },
  certificateUnreadable: {
    entra: 50017,
    cites: 'RFC 5280 §4.1, X.690',
    words: (e: { reading: string; offset: number; problem: string }) =>
      `${e.problem} at byte ${e.offset} while reading ${e.reading}`,
    remedy: 'The certificate is not well-formed DER; have it issued again.',
    person: 'The certificate could not be read. Choose another certificate.',
  },
};
