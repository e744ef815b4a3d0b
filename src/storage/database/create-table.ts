import type { Kysely } from 'kysely';

/** A table as a migration writes it down. */
export interface Table {
  readonly table: string;
  /** Names with `#` for a whole number (else text) and `!` for not null. */
  readonly columns: string;
  /** `primary a b`, `unique a b`, `index a b` */
  readonly keys: readonly string[];
}

/** Makes a table with its keys and indexes. */
export async function createTable(db: Kysely<unknown>, { table, columns, keys }: Table): Promise<void> {
  let building = db.schema.createTable(table);
  for (const column of columns.split(' ')) {
    const name = column.replace(/[#!]/g, '');
    building = building.addColumn(name, column.includes('#') ? 'bigint' : 'text', (c) =>
      column.includes('!') ? c.notNull() : c,
    );
  }
  for (const key of keys) {
    const [kind, ...names] = key.split(' ') as [string, ...string[]];
    if (kind === 'primary') building = building.addPrimaryKeyConstraint(`${table}_key`, names as never[]);
    if (kind === 'unique') building = building.addUniqueConstraint(`${table}_${names.join('_')}`, names as never[]);
  }
  await building.execute();
  for (const key of keys.filter((one) => one.startsWith('index '))) {
    const names = key.split(' ').slice(1);
    await db.schema
      .createIndex(`${table}_by_${names.join('_')}`)
      .on(table)
      .columns(names as never[])
      .execute();
  }
}
