import type { Nothing } from '../../reason.ts';

/** Backups and restores of an installation. */
export const upkeepReasons = {
  backupExists: {
    cites: 'docs/admin/backup.md',
    words: ({ file }: { file: string }) => `The file ${file} exists already.`,
    remedy: 'Name another file, or move that one away. A backup replaces no file.',
  },
  backupUnreadable: {
    cites: 'docs/admin/backup.md',
    words: ({ file, problem }: { file: string; problem: string }) =>
      `The file ${file} cannot be used as a backup: ${problem}.`,
    remedy: 'Name a file that "cardea backup" of this or an earlier version wrote.',
  },
  backupNotWritten: {
    cites: 'docs/admin/backup.md',
    words: ({ file, problem }: { file: string; problem: string }) => `The backup ${file} was not written: ${problem}.`,
    remedy: 'Name a file in a folder where the server may write, with room for the database.',
  },
  backupPassphraseNeeded: {
    cites: 'docs/admin/backup.md',
    words: (_: Nothing) => 'The backup of a PostgreSQL installation is its secret key, and that needs a passphrase.',
    remedy: 'Name a file with the passphrase: --passphrase-file FILE. Back up the database with pg_dump.',
  },
  backupPassphraseWrong: {
    cites: 'docs/admin/backup.md',
    words: ({ file }: { file: string }) => `The passphrase does not open the secrets in ${file}, or they were changed.`,
    remedy: 'Give the passphrase that the backup was made with: --passphrase-file FILE.',
  },
  restoreFolderTaken: {
    cites: 'docs/admin/backup.md',
    words: ({ folder, name }: { folder: string; name: string }) =>
      `The data folder ${folder} has the file ${name} already. A restore replaces no file.`,
    remedy: 'Name a new folder with --data, or move the old one away first.',
  },
};
