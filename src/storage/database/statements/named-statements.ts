import { boundedCache } from '#net/bounded-cache.ts';

/** How often a text is sent before it gets a name. */
const usesBeforeName = 3;

/** Texts that have a name. Each connection of the server holds as many plans. */
const mostNames = 200;

/** A text with the table of a day gets none: each day would leave its plans behind. */
const namesDay = /"(?:sign_ins|refusals)_\d{8}"/;

/** Texts whose uses are counted. */
const mostCounted = 1_000;

/**
 * Names of statements that are sent again and again: PostgreSQL parses and plans a named one once a connection. A text that
 * comes once, such as a list of many lengths, gets none.
 */
export class NamedStatements {
  readonly #uses = boundedCache<number>(mostCounted);
  readonly #names = new Map<string, string>();
  readonly #refused = new Set<string>();
  #count = 0;

  /** Counts a use. Undefined where the text has no name. */
  nameOf(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#refused.has(sql) || namesDay.test(sql)) return known;
    const uses = (this.#uses.get(sql) ?? 0) + 1;
    this.#uses.set(sql, uses);
    if (uses <= usesBeforeName || this.#names.size >= mostNames) return undefined;
    const name = `cardea_${++this.#count}`;
    this.#names.set(sql, name);
    return name;
  }

  /** The plan fits the tables no longer, which a newer server has changed: the text has no name from now on. */
  refuse(sql: string): void {
    this.#refused.add(sql);
    this.#names.delete(sql);
  }
}
