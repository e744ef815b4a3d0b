import { sql, type Transaction } from 'kysely';
import type { Database, Schema } from './schema.ts';

/**
 * Runs stores inside one transaction: what they each call a transaction becomes a part of it, and when `work` throws,
 * nothing of all they did is left.
 */
export function inTransaction<T>(database: Database, work: (inside: Database) => Promise<T>): Promise<T> {
  return database.transaction().execute((step) => work(joining(step)));
}

/**
 * The transaction as a database whose own transactions are savepoints in it: Kysely's query builders know no nesting, and
 * PostgreSQL takes nothing more after an error that was not rolled back to somewhere.
 */
function joining(step: Transaction<Schema>): Database {
  let parts = 0;
  const inside: Database = new Proxy(step as Database, {
    get(target, name) {
      if (name === 'transaction') return () => builder;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const builder = {
    setIsolationLevel: () => builder,
    async execute<T>(work: (again: Database) => Promise<T>): Promise<T> {
      const name = sql.id(`part_${++parts}`);
      await sql`savepoint ${name}`.execute(step);
      try {
        const result = await work(inside);
        await sql`release savepoint ${name}`.execute(step);
        return result;
      } catch (problem) {
        await sql`rollback to savepoint ${name}`.execute(step);
        throw problem;
      }
    },
  };
  return inside;
}
