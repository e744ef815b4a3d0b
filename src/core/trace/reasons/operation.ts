import type { Nothing } from '../reason.ts';

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

/** Everything that is not a sign-in: configuration, storage, the command line, what an administrator does. */
export const operationReasons = {
  cardFileUnreadable: {
    cites: 'RFC 7292 §4, RFC 7468',
    words: ({ why }: { why: string }) => `The card file cannot be read: ${why}.`,
    remedy: 'Use a PKCS #12 file (.p12, .pfx) or a PEM file that contains a certificate and its private key.',
  },
  cardPasswordWrong: {
    cites: 'RFC 7292 §5.1',
    words: (_: Nothing) => 'The password of the card file is wrong.',
    remedy: 'Specify the password with which the card file was created.',
  },
  cardEncryptionUnsupported: {
    cites: 'RFC 8018 §6.2',
    words: ({ algorithm }: { algorithm: string }) =>
      `The card file is protected by ${cardEncryptions[algorithm] ?? algorithm}, which is not supported.`,
    remedy:
      'Convert the file with OpenSSL 3: `openssl pkcs12 -legacy -in OLD.p12 -out card.pem && openssl pkcs12 -export -in card.pem -out NEW.p12`.',
  },
  cardFileIncomplete: {
    cites: 'RFC 7292 §4.2',
    words: ({ missing }: { missing: string }) => `The card file does not contain a ${missing}.`,
    remedy: 'Export the certificate together with its private key.',
  },
  tokenSoftwareMissing: {
    cites: 'PKCS #11',
    words: (e: { file: string; package: string }) =>
      `To use a card in a reader, Cardea needs ${e.file}, which is not installed.`,
    remedy: 'Install the missing software. On Debian: "apt-get install opensc opensc-pkcs11 libengine-pkcs11-openssl".',
  },
  tokenUnreadable: {
    cites: 'PKCS #11 §5.5',
    words: ({ problem }: { problem: string }) => `The card cannot be used: ${problem}.`,
    remedy: 'Insert the card. Use "pkcs11-tool -L" and "pkcs11-tool -O" to list the cards and their contents.',
  },
  tokenPinWrong: {
    cites: 'PKCS #11 CKR_PIN_INCORRECT',
    words: (_: Nothing) => 'The PIN is wrong.',
    remedy: 'Type the PIN again. A few wrong PINs in a row block the card.',
  },
  tokenPinLocked: {
    cites: 'PKCS #11 CKR_PIN_LOCKED',
    words: (_: Nothing) => 'The card is blocked, because a wrong PIN was entered too many times.',
    remedy: 'Ask the issuer of the card to unblock it.',
  },
  demoFilesUnreadable: {
    cites: 'README.md#two-commands',
    words: ({ file }: { file: string }) => `The state of the demo in ${file} cannot be read.`,
    remedy: 'Remove the file. The next start creates a new demo, which does not accept the cards of the old demo.',
  },
  demoFolderNotWritable: {
    cites: 'POSIX open(2)',
    words: ({ folder, why }: { folder: string; why: string }) => `Demo files cannot be written to ${folder}: ${why}.`,
    remedy: 'Choose a folder to which you can write, or free space on the disk.',
  },
  dataFolderInUse: {
    entra: 90033,
    cites: 'ARCHITECTURE.md#decisions',
    words: ({ folder }: { folder: string }) => `The data folder ${folder} is in use by another cardea process.`,
    remedy:
      'Stop the other process, specify another folder with --data, or use PostgreSQL, which several processes can share.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  dataFolderNotWritable: {
    entra: 90033,
    cites: 'POSIX open(2)',
    words: ({ folder, problem }: { folder: string; problem: string }) =>
      `Cardea cannot write to the data folder ${folder}: ${problem}.`,
    remedy: 'Give the user that runs Cardea write permission, or specify another folder with --data.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  diskFull: {
    entra: 90033,
    cites: 'SQLITE_FULL',
    words: ({ folder }: { folder: string }) => `The disk of ${folder} is full.`,
    remedy: 'Free space on the disk. No data was lost. Writes work again as soon as there is space.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseSyncFailed: {
    entra: 90033,
    cites: 'POSIX fdatasync(2)',
    words: ({ folder, problem }: { folder: string; problem: string }) =>
      `The disk did not take the write-ahead log of the database in ${folder}: ${problem}.`,
    remedy:
      'Check the disk, and that it has space. A server ends with this reason. Start it again: it continues with what is on the disk. No change that was confirmed is lost.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseDamaged: {
    entra: 90033,
    cites: 'SQLITE_CORRUPT, SQLITE_NOTADB',
    words: ({ problem }: { problem: string }) => `The database cannot be used: ${problem}.`,
    remedy: 'Restore the data folder from a backup. Nothing was changed.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseNewer: {
    entra: 90033,
    cites: 'docs/settings.md',
    words: (e: { migration: string; last: string }) =>
      `The database was last used by a newer version of Cardea: it has the migration ${e.migration}, and the last migration of this program is ${e.last}.`,
    remedy: 'Run the newer version, or restore the backup that was made before the update. Nothing was changed.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseSchemaChanged: {
    entra: 90033,
    cites: 'docs/settings.md',
    words: (e: { migration: string; problem: string }) =>
      `The database does not match this program. Migration ${e.migration}: ${e.problem}.`,
    remedy: 'Run the program that created the database, or an official release. Nothing was changed.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseUnavailable: {
    entra: 90033,
    cites: 'SQLSTATE 08006',
    words: ({ host, problem }: { host: string; problem: string }) =>
      `The PostgreSQL server at ${host} cannot be used: ${problem}.`,
    remedy: 'Start the PostgreSQL server, or correct the address in --database or CARDEA_DATABASE_URL.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  signInsBusy: {
    entra: 90033,
    cites: 'RFC 9110 §15.6.4',
    words: (_: Nothing) => 'The server already processes the maximum number of sign-ins.',
    remedy:
      'Try again in a few seconds. If this happens often, add processes (the setting workers) or raise signInWaitMilliseconds.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseBusy: {
    entra: 90033,
    cites: 'ARCHITECTURE.md#decisions',
    words: ({ folder, seconds }: { folder: string; seconds: number }) =>
      `Another process of this server locked the database in ${folder} for more than ${seconds} seconds.`,
    remedy: 'Try again. If the problem persists, check for a slow disk, or use PostgreSQL.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  secretKeyMissing: {
    entra: 90033,
    cites: 'docs/settings.md',
    words: ({ file }: { file: string }) =>
      `The secret key ${file} is missing, but the database contains keys that are sealed with it.`,
    remedy:
      'Restore the file from a backup, or set CARDEA_SECRET_KEY to its content. On a further node of an installation, set CARDEA_SECRET_KEY to the secret key of the other nodes. Only if the key is lost on all nodes, "cardea keys reset --confirm" makes the installation usable again.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  secretKeyWrong: {
    entra: 90033,
    cites: 'docs/settings.md',
    words: ({ source }: { source: string }) => `The secret key from ${source} does not open the keys in the database.`,
    remedy:
      'Restore the secret.key of this installation, or set CARDEA_SECRET_KEY to its content. All nodes of an installation have the same secret key. Only if it is lost on all nodes, "cardea keys reset --confirm" makes the installation usable again.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  signingTokenUnavailable: {
    entra: 90033,
    cites: 'docs/settings.md',
    words: ({ token, problem }: { token: string; problem: string }) =>
      `The PKCS #11 token ${token}, which has signing keys, cannot be used: ${problem}.`,
    remedy:
      'Check that the token is connected, and check signingTokenModule, signingTokenLabel and the PIN in CARDEA_SIGNING_TOKEN_PIN. Restart the server after a wrong PIN.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  userPrincipalNameTaken: {
    cites: 'UB-16',
    words: ({ userPrincipalName }: { userPrincipalName: string }) =>
      `The name ${userPrincipalName} belongs to another user of this tenant.`,
    remedy:
      'Choose another name (newUserPrincipalName or --upn for a deleted user that is restored), or rename the other user first.',
  },
  mailTaken: {
    cites: 'graph-api §6.1',
    words: ({ address }: { address: string }) => `The address ${address} belongs to another user of this tenant.`,
    remedy:
      'Choose another address, or change the address of the other user first. A deleted user can be restored without it (autoReconcileProxyConflict or --leave-taken-mail).',
  },
  certificateUserIdTaken: {
    cites: 'UB-16',
    words: ({ value }: { value: string }) =>
      `The certificateUserIds value ${value} belongs to another user of this tenant.`,
    remedy: 'Remove the value from the other user first. A value can belong to one user only.',
  },
  portUnavailable: {
    cites: 'POSIX bind(2)',
    words: ({ setting, port, problem }: { setting: string; port: number; problem: string }) =>
      `Cardea cannot listen on the port ${port} (${setting}): ${listenProblems[problem] ?? problem}.`,
    remedy: 'Stop the process that uses the port, give Cardea the permission to use it, or change the setting.',
  },
};

/** Errors of listen(2) and of the names of this computer. */
const listenProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process, or another setting of this one, uses it',
  EACCES: 'the user of Cardea may not use it',
  EADDRNOTAVAIL: 'this computer does not have the address of the setting',
  ENOTFOUND: 'the host name of the setting has no address',
};
