import type { Nothing } from '../reason.ts';

/** Everything that is not a sign-in: configuration, storage, the command line, what an administrator does. */
export const operationReasons = {
  cardFileUnreadable: {
    cites: 'RFC 7292 §4, RFC 7468',
    words: ({ why }: { why: string }) => `The card file cannot be read: ${why}.`,
    remedy: 'Give a PKCS #12 (.p12, .pfx) or PEM file that holds a certificate and its private key.',
  },
  cardPasswordWrong: {
    cites: 'RFC 7292 §5.1',
    words: (_: Nothing) => 'The password does not open the card file.',
    remedy: 'Give the password the card file was made with.',
  },
  cardEncryptionUnsupported: {
    cites: 'RFC 8018 §6.2',
    words: ({ algorithm }: { algorithm: string }) =>
      `The card file is protected by ${algorithm}, which is not supported.`,
    remedy: 'Export the card again with AES-256 and SHA-256 ("openssl pkcs12 -export" of OpenSSL 3 does so).',
  },
  cardFileIncomplete: {
    cites: 'RFC 7292 §4.2',
    words: ({ missing }: { missing: string }) => `The card file holds no ${missing}.`,
    remedy: 'Export the certificate together with its private key.',
  },
  demoFilesUnreadable: {
    cites: 'Cardea demo',
    words: ({ file }: { file: string }) => `The demo's state in ${file} cannot be read.`,
    remedy: 'Remove the file to have a new demo made; the cards of the old one will no longer be known.',
  },
  demoFolderNotWritable: {
    cites: 'POSIX open(2)',
    words: ({ folder, why }: { folder: string; why: string }) => `Demo files cannot be written to ${folder}: ${why}.`,
    remedy: 'Choose a folder you may write to, or make room on the disk.',
  },
};
