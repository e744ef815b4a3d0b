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
