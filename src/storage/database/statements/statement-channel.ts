import { channel } from 'node:diagnostics_channel';

/** What the channel says of a statement that was sent to the database. */
export interface StatementMessage {
  readonly sql: string;
}

const statements = channel('cardea.database.statement');

/** Publishes the text of a statement, never its parameters, on the diagnostics channel `cardea.database.statement`. */
export function publishStatement(sql: string): void {
  if (statements.hasSubscribers) statements.publish({ sql } satisfies StatementMessage);
}

/**
 * What ends the text of a statement whose commit does not wait for the disk. It outlives the process and every later commit
 * that waits brings it to disk too; a power cut may take it.
 */
export const softMark = '/* soft */';

/** Whether the commit of a single statement does not wait for the disk. */
export const isSoft = (sql: string): boolean => sql.endsWith(softMark);
