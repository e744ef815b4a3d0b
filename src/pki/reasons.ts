import type { Nothing } from '#core/trace/reason.ts';

/** Ciphers and hashes of old card files (RFC 7292 Appendix C, RFC 8018 Appendix B), which are not read. */
const cardEncryptions: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.12.1.1': 'RC4 with 128 bits',
  '1.2.840.113549.1.12.1.2': 'RC4 with 40 bits',
  '1.2.840.113549.1.12.1.4': 'Triple DES with two keys',
  '1.2.840.113549.1.12.1.5': 'RC2 with 128 bits',
  '1.2.840.113549.1.12.1.6': 'RC2 with 40 bits',
  '1.2.840.113549.1.5.1': 'DES with MD2',
  '1.2.840.113549.1.5.3': 'DES with MD5',
  '1.2.840.113549.1.5.4': 'RC2 with MD2',
  '1.2.840.113549.1.5.6': 'RC2 with MD5',
  '1.2.840.113549.1.5.10': 'DES with SHA-1',
  '1.2.840.113549.1.5.11': 'RC2 with SHA-1',
  '1.2.840.113549.2.5': 'MD5',
  '1.2.840.113549.3.2': 'RC2',
  '1.3.14.3.2.7': 'DES',
};

/** Card files (PKCS #12, RFC 7292), and the files of a demo. */
export const pkiReasons = {
  cardFileUnreadable: {
    references: 'RFC 7292 §4, RFC 7468',
    message: ({ why }: { why: string }) => `The card file cannot be read: ${why}.`,
    remedy: 'Use a PKCS #12 file (.p12, .pfx) or a PEM file that contains a certificate and its private key.',
  },
  cardPasswordWrong: {
    references: 'RFC 7292 §5.1',
    message: (_: Nothing) => 'The password of the card file is wrong.',
    remedy: 'Specify the password with which the card file was created.',
  },
  cardEncryptionUnsupported: {
    references: 'RFC 8018 §6.2',
    message: ({ algorithm }: { algorithm: string }) =>
      `The card file is protected by ${cardEncryptions[algorithm] ?? algorithm}, which is not supported.`,
    remedy:
      'Convert the file with OpenSSL 3: `openssl pkcs12 -legacy -in OLD.p12 -out card.pem && openssl pkcs12 -export -in card.pem -out NEW.p12`.',
  },
  cardFileIncomplete: {
    references: 'RFC 7292 §4.2',
    message: ({ missing }: { missing: string }) => `The card file does not contain a ${missing}.`,
    remedy: 'Export the certificate together with its private key.',
  },
  demoFilesUnreadable: {
    references: 'README.md#two-commands',
    message: ({ file }: { file: string }) => `The state of the demo in ${file} cannot be read.`,
    remedy: 'Remove the file. The next start creates a new demo, which does not accept the cards of the old demo.',
  },
  demoFolderNotWritable: {
    references: 'POSIX open(2)',
    message: ({ folder, why }: { folder: string; why: string }) => `Demo files cannot be written to ${folder}: ${why}.`,
    remedy: 'Choose a folder to which you can write, or free space on the disk.',
  },
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly pki: typeof pkiReasons;
  }
}
