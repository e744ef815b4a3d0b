import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../schema.ts';
import { softMark } from '../statements/statement-channel.ts';

/** Characters that a probe writes: less would fit into pages that a database has although its disk is full. */
const probeCharacters = 8192;

/** Writes a row of the size of a log entry and removes it, in two commits that wait for no disk. @throws diskFull and its siblings, as every write does */
export async function probeWrite(database: Database): Promise<void> {
  const marker = randomUUID().padEnd(probeCharacters, '.');
  const mark = sql.raw(softMark);
  await sql`insert into opened (marker) values (${marker}) ${mark}`.execute(database);
  await sql`delete from opened ${mark}`.execute(database);
}
