import type { Nothing } from '#core/trace/reason.ts';
import { fileProblemText } from '#core/trace/reasons/file-problem.ts';

/** Backups and restores of an installation. */
export const upkeepReasons = {
  backupExists: {
    references: 'docs/admin/backup.md',
    message: ({ file }: { file: string }) => `The file ${file} already exists.`,
    remedy: 'Specify another file, or move the existing file. A backup does not replace a file.',
  },
  backupUnreadable: {
    references: 'docs/admin/backup.md',
    message: ({ file, problem }: { file: string; problem: string }) =>
      `The file ${file} cannot be used as a backup: ${problem}.`,
    remedy: 'Specify a file that "cardea backup" of this or an earlier version created.',
  },
  backupNotWritten: {
    references: 'docs/admin/backup.md',
    message: ({ file, problem }: { file: string; problem: string }) =>
      `The backup ${file} was not written: ${fileProblemText(problem)}.`,
    remedy:
      'Specify a new file in a folder to which you can write. The disk of that folder and the disk of the data folder need space for a copy of the database each.',
  },
  backupPassphraseNeeded: {
    references: 'docs/admin/backup.md',
    message: (_: Nothing) =>
      'The backup of a PostgreSQL installation contains its secret key, which needs a passphrase.',
    remedy: 'Specify a file with the passphrase: --passphrase-file FILE. Back up the database with pg_dump.',
  },
  backupPassphraseWrong: {
    references: 'docs/admin/backup.md',
    message: ({ file }: { file: string }) =>
      `The passphrase for the secrets in ${file} is wrong, or the secrets were changed.`,
    remedy: 'Specify the passphrase with which the backup was created: --passphrase-file FILE.',
  },
  restoreFolderTaken: {
    references: 'docs/admin/backup.md',
    message: ({ folder, name }: { folder: string; name: string }) =>
      `The data folder ${folder} already contains the file ${name}. A restore does not replace a file.`,
    remedy: 'Specify a new folder with --data, or move the old folder first.',
  },
};
