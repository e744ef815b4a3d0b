import { toleranceText } from '../tolerances.ts';

/** Reading one certificate, or a file of them that was uploaded or downloaded. */
export const certificateReasons = {
  bundleRead: {
    references: 'RFC 5652 §5.1',
    message: (e: { certificates: number }) => `the file contains ${e.certificates} certificates`,
  },
  bundleOfOtherKind: {
    references: 'RFC 5652 §5.1, RFC 7468',
    message: ({ kind }: { kind: string }) => `the file is ${kind}, not a file of certificates`,
    remedy:
      'Use a certs-only PKCS #7 file (.p7b, .p7c), or certificates in PEM or DER. Import a CRL with `cardea crl import`. Extract the CAs of a PKCS #12 file with `openssl pkcs12 -in FILE -nokeys -cacerts -out CAs.pem`.',
  },
  bundleUnreadable: {
    references: 'RFC 5652 §5.1, RFC 8551 §3.8, X.690',
    message: (e: { reading: string; offset: number; problem: string }) =>
      `the file is not a PKCS #7 file of certificates: ${e.problem} at byte ${e.offset} while reading ${e.reading}`,
    remedy:
      'Use a certs-only PKCS #7 file (.p7b, .p7c; DER, BER or PEM) or a PEM file of certificates. To create a PKCS #7 file: `openssl crl2pkcs7 -nocrl -certfile CAs.pem -outform DER -out CAs.p7b`.',
  },
  bundleTooLarge: {
    references: 'UP-3',
    message: (e: { bytes: number; limit: number }) => `the file has ${e.bytes} bytes; at most ${e.limit} are allowed`,
    remedy: 'Upload the CAs in several files.',
  },
  certificateRead: {
    references: 'RFC 5280 §4.1',
    message: (e: {
      subject: string;
      issuer: string;
      serialNumber: string;
      sha1Thumbprint: string;
      /** Absent in entries of earlier versions, as the next one. */
      policyOids?: readonly string[];
      /** Upper-case hex; names the CA that issued the certificate. */
      authorityKeyIdentifier?: string;
      /** Names of the slips that were read. */
      tolerances?: readonly string[];
    }) =>
      `${e.subject || '(empty subject)'}, serial ${e.serialNumber}, issued by ${e.issuer}${toleranceText(e.tolerances)}`,
  },
  certificateMissing: {
    entra: 50192,
    references: 'W-8',
    message: (e: { host: string }) => `no certificate arrived in the TLS handshake on ${e.host}`,
    remedy:
      'The user canceled the picker, the card is not inserted, or a proxy that inspects TLS removed the certificate. Exempt the certauth host from TLS inspection.',
    userMessage: 'No certificate was sent. Insert your smart card or choose a certificate, then try again.',
  },
  certificateUnreadable: {
    entra: 50017,
    references: 'RFC 5280 §4.1, X.690',
    message: (e: { reading: string; offset: number; problem: string }) =>
      `${e.problem} at byte ${e.offset} while reading ${e.reading}`,
    remedy: 'The certificate is not well-formed DER. Issue it again.',
    userMessage: 'The certificate could not be read. Choose another certificate.',
  },
};
