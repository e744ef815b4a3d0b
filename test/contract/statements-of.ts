import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The texts of the statements that a piece of work sends. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const texts: string[] = [];
  const note = (message: unknown) => texts.push((message as { sql: string }).sql);
  subscribe('cardea.database.statement', note);
  try {
    await work();
  } finally {
    unsubscribe('cardea.database.statement', note);
  }
  return texts;
}
