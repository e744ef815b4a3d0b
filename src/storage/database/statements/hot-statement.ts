import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Database } from '../schema.ts';

/** Stands for a value that comes with each execution, while the text of a statement is built. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

/** Values of a statement, by their names. */
export type Values = Readonly<Record<string, string | number | Uint8Array | null>>;

/**
 * A statement of each sign-in: Kysely builds its text once for a database, where building it takes longer than executing it.
 *
 * @param build makes the statement. Each value is taken by its name, goes into the statement as a parameter, and decides nothing about
 *   its text; there are no values to spread or to list. Each of the few kinds has a text of its own
 */
export function hotStatement<V extends object, R, K extends string = 'usual'>(
  build: (database: Database, values: V, kind: K) => Pick<Compilable<R>, 'compile'>,
): (database: Database, values: V, kind?: K) => Promise<QueryResult<R>> {
  const texts = new WeakMap<object, Map<K, CompiledQuery<R>>>();
  return (database, values, kind = 'usual' as K) => {
    const { adapter } = database.getExecutor(); // a database shares it with its transactions
    const kinds = texts.get(adapter) ?? new Map<K, CompiledQuery<R>>();
    const query = kinds.get(kind) ?? build(database, slots as V, kind).compile();
    texts.set(adapter, kinds.set(kind, query));
    const parameters = query.parameters.map((value) =>
      value instanceof Slot ? (values as Record<string, unknown>)[value.name] : value,
    );
    return database.executeQuery<R>({ ...query, parameters });
  };
}
