import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { fileProblemText } from '#core/trace/reasons/file-problem.ts';
import { requireRegularFile } from '#net/regular-file.ts';
import { requireJson } from '#schema/json.ts';

/**
 * A backup is one file: the SQLite database of the installation with one table more, `cardea_backup`, which describes it. Where the
 * rows are in PostgreSQL, the file has that table alone.
 */
const description = z.object({
  format: z.literal(1),
  /** The version of Cardea that wrote it. */
  version: z.string(),
  database: z.enum(['sqlite', 'postgres']),
  createdDateTime: z.iso.datetime(),
  secrets: z
    .object({
      kdf: z.literal('scrypt'),
      N: z.int(),
      r: z.int(),
      p: z.int(),
      salt: z.string(),
      iv: z.string(),
      text: z.string(),
      tag: z.string(),
    })
    .optional(),
});
export type BackupDescription = z.output<typeof description>;

/** What the envelope of the secrets is bound to, so that it fits no other backup. */
export const labelOf = ({ version, database, createdDateTime }: BackupDescription): string =>
  `cardea backup 1 ${version} ${database} ${createdDateTime}`;

/** Adds the description to a copy of a database, or to a file that is not there yet. */
export function describeBackup(file: string, content: BackupDescription): void {
  const database = new DatabaseSync(file);
  try {
    // The copy is one file: no log of writes lies beside it.
    database.exec('pragma journal_mode = delete; create table cardea_backup (description text not null)');
    database.prepare('insert into cardea_backup (description) values (?)').run(JSON.stringify(content));
  } finally {
    database.close();
  }
}

/** Reads the description of a backup, and looks at every page of it. @throws backupUnreadable */
export function readBackup(file: string): BackupDescription {
  try {
    requireRegularFile(file);
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const row = database.prepare('select description from cardea_backup').get() as { description: string };
      const check = database.prepare('pragma integrity_check(1)').get() as { integrity_check: string };
      if (check.integrity_check !== 'ok') throw new Error(check.integrity_check);
      return requireJson(description, row.description, (problem) => new Error(`its description: ${problem}`));
    } finally {
      database.close();
    }
  } catch (problem) {
    throw fault('backupUnreadable', { file, problem: messageOf(problem) }, problem);
  }
}

/** Removes the description from the copy of a backup, which is a database as before then. */
export function stripDescription(file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec('drop table cardea_backup');
  } finally {
    database.close();
  }
}

function messageOf(problem: unknown): string {
  const { message } = problem as Error;
  if (problem instanceof z.ZodError) return 'it was written in another format';
  return message.includes('no such table')
    ? 'it is a database without the table cardea_backup'
    : fileProblemText(message);
}
