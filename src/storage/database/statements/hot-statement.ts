import type { Compilable, QueryResult } from 'kysely';
import type { Database } from '../schema.ts';

/** Stands for a value that comes with each execution, while the text of a statement is built. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

type Values = Readonly<Record<string, string | number | Uint8Array | null>>;

/** A statement whose text each database builds once. */
interface Built {
  readonly query: ReturnType<Compilable['compile']>;
  readonly parameters: readonly unknown[];
}

const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

/**
 * A statement of each sign-in: Kysely builds its text once for a database, where building it takes longer than executing it.
 * @param build makes the statement. Each value is taken by its name, goes into the statement as a parameter, and decides nothing about
 *   its text; there are no values to spread or to list.
 */
export function hotStatement<V extends Values, R>(
  build: (database: Database, values: V) => Compilable<R>,
): (database: Database, values: V) => Promise<QueryResult<R>> {
  const texts = new WeakMap<object, Built>();
  return (database, values) => {
    const { adapter } = database.getExecutor(); // a database shares it with its transactions
    let built = texts.get(adapter);
    if (built === undefined) {
      const query = build(database, slots as V).compile();
      built = { query, parameters: query.parameters };
      texts.set(adapter, built);
    }
    const parameters = built.parameters.map((value) => (value instanceof Slot ? values[value.name] : value));
    return database.executeQuery<R>({ ...built.query, parameters } as never);
  };
}
