import { type Kysely, sql } from 'kysely';
import type { Sealing } from '../../stores/trust/key-store.ts';
import { openFacts, readFacts } from '../facts.ts';
import { inTransaction } from '../in-transaction.ts';
import type { Database } from '../schema.ts';
import { secretRecord } from '../secret-key.ts';
import { type SealedTable, sealedTables, sealLabels } from './labels.ts';

/** How many rows each secret of the installation sealed. */
export interface SealCount {
  /** In the order of the secrets: the first one seals. */
  readonly rows: readonly number[];
  /** Rows that no secret opens. */
  readonly unreadable: number;
}

/** Rows of one statement, and of one transaction. */
const sliceRows = 200;

interface SealedRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly sealed: string;
}

/** Counts the rows under each secret. It reads every sealed row. */
export async function countSealed(database: Database, sealing: Sealing): Promise<SealCount> {
  const rows = Array.from({ length: sealing.count }, () => 0);
  let unreadable = 0;
  const count = (index: number | undefined) => {
    if (index === undefined) unreadable++;
    else rows[index]!++;
  };
  for (const table of tables)
    for await (const slice of slicesOf(database, table))
      for (const row of slice) count(sealing.sealedBy(row.sealed, labelOf(table, row)));
  const record = (await readFacts(database as Kysely<never>)).get(secretRecord);
  if (record !== undefined) count(sealing.sealedBy(record, secretRecord));
  return { rows, unreadable };
}

/**
 * Seals with the first secret what an older one sealed, slice by slice in a transaction each, while the database is used. A
 * call that was interrupted is repeated: a row under the first secret is left as it is, and one that changes meanwhile too.
 * A row that no secret opens stays. @returns the number of rows that were sealed again
 */
export async function reseal(database: Database, sealing: Sealing): Promise<number> {
  let count = 0;
  for (const table of tables)
    for await (const slice of slicesOf(database, table))
      count += await resealSlice(database, table, { slice, sealing });
  const facts = await openFacts(database as Kysely<never>);
  const record = (await facts.all()).get(secretRecord);
  const again = record === undefined ? undefined : sealAgain(sealing, record, secretRecord);
  if (again === undefined) return count;
  await facts.set(secretRecord, again);
  return count + 1;
}

const tables = Object.keys(sealedTables) as SealedTable[];
const labelOf = (table: SealedTable, { tenant_id, id }: SealedRow): string => sealLabels[table](tenant_id, id);

/** Undefined where the first secret sealed it, or none of them did. */
function sealAgain(sealing: Sealing, envelope: string, label: string): string | undefined {
  const index = sealing.sealedBy(envelope, label);
  return index === undefined || index === 0 ? undefined : sealing.seal(sealing.open(envelope, label), label);
}

async function resealSlice(
  database: Database,
  table: SealedTable,
  { slice, sealing }: { readonly slice: readonly SealedRow[]; readonly sealing: Sealing },
): Promise<number> {
  const changes = slice.flatMap((row) => {
    const again = sealAgain(sealing, row.sealed, labelOf(table, row));
    return again === undefined ? [] : [{ row, again }];
  });
  if (changes.length === 0) return 0;
  return inTransaction(database, async (inside) => {
    let count = 0n;
    for (const { row, again } of changes) {
      const result = await sql`update ${sql.table(table)} set sealed = ${again}
        where tenant_id = ${row.tenant_id} and ${sql.ref(sealedTables[table])} = ${row.id} and sealed = ${row.sealed}`.execute(
        inside,
      );
      count += result.numAffectedRows ?? 0n;
    }
    return Number(count);
  });
}

/** Every row of a table in the order of its primary key. */
async function* slicesOf(database: Database, table: SealedTable): AsyncGenerator<readonly SealedRow[]> {
  const id = sql.ref(sealedTables[table]);
  let last: SealedRow | undefined;
  for (;;) {
    const after = last === undefined ? sql`` : sql`where (tenant_id, ${id}) > (${last.tenant_id}, ${last.id})`;
    const { rows } = await sql<SealedRow>`select tenant_id, ${id} as id, sealed from ${sql.table(table)} ${after}
      order by tenant_id, ${id} limit ${sliceRows}`.execute(database);
    yield rows;
    if (rows.length < sliceRows) return;
    last = rows.at(-1);
  }
}
