import { z } from 'zod';
import { type Parsed, parse, required } from './read.ts';

/**
 * Parameters in the form of a schema: the query of an address, or the body of a form (application/x-www-form-urlencoded). The
 * schema reads each parameter as the list of its values, in the order in which they came: {@link text} and the others below.
 */
export interface Form<Schema extends z.ZodObject> {
  /** What the schema makes of the parameters. */
  readonly fields: z.output<Schema>;
  /**
   * The same parameters with changes, for the next server or page: undefined removes one, a list has several values.
   *
   * @throws Error where the result is not of the form of the schema, which is a fault of the caller
   */
  with(changes: Changes): Form<Schema>;
  /** All parameters as they are sent, without a question mark: also those that the schema does not name. */
  toString(): string;
}

/** Parameters and their new values. */
export type Changes = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What parameters are read of: a query with or without its question mark, a body, or names and values. */
export type Source = string | readonly (readonly [name: string, value: string])[];

/** The longest value of a parameter in characters, by what it is. */
export const longest = {
  /** An id, a number, a choice, or a name of the protocol. */
  word: 256,
  /** What is typed, an address, or a list of words. */
  line: 4_096,
  /** A token, an assertion, or JSON; bodies and addresses have a limit of their own. */
  document: 65_536,
} as const;

/** Characters of the name of a parameter in a message. */
const longestName = 50;

const values = (most: number) => z.array(z.string().max(most, `it is longer than ${most} characters`));

/** The first value; undefined where there is none. */
export const text = (most: number = longest.line) => values(most).transform(([first]) => first);

/** The first value; empty where there is none. */
export const textOrEmpty = (most: number = longest.line) => values(most).transform(([first = '']) => first);

/** All values. */
export const texts = (most: number = longest.line) => values(most);

/** The value of a parameter that must not be sent twice (RFC 6749 §3.1, §3.2); undefined where there is none. */
export const single = (most: number = longest.line) =>
  values(most)
    .max(1, 'it is sent twice')
    .transform(([first]) => first);

/** The first value, where it is not too long; of a parameter that nothing depends on. */
export const hint = (most: number = longest.word) => text(most).catch(undefined);

/** The language that an address wishes for its page, which is no reason to refuse it. */
export const languageQuery = z.object({ mkt: hint(), ui_locales: hint() });

/** The answer of an authorize request, as it comes to the application (RFC 6749 §4.1.2). */
export const authorizeAnswer = z.object({
  code: text(longest.document),
  state: text(longest.document),
  error: text(),
  error_description: text(longest.document),
});

/** Parameters of any other name, which must not be sent twice either: for `catchall` of a schema. */
export const othersOnce = () => single(longest.document).transform((value): unknown => value);

/** Reads parameters in the form of a schema. */
export const parseForm = <Schema extends z.ZodObject>(schema: Schema, source: Source): Parsed<Form<Schema>> =>
  formOf(schema, new URLSearchParams(typeof source === 'string' ? source : source.map(([...pair]) => pair)));

/**
 * Reads parameters in the form of a schema.
 *
 * @param refuse makes the error of what is wrong, such as `code: it is sent twice`
 * @throws what `refuse` makes
 */
export const requireForm = <Schema extends z.ZodObject>(
  schema: Schema,
  source: Source,
  refuse: (problem: string) => Error,
): Form<Schema> => required(parseForm(schema, source), refuse);

/** What parameters say, in the form of a schema; undefined where they are of another form. */
export function readFields<Schema extends z.ZodObject>(schema: Schema, source: Source): z.output<Schema> | undefined {
  const parsed = parseForm(schema, source);
  return 'value' in parsed ? parsed.value.fields : undefined;
}

/** The names and values of a body or query, for a reader that spells names in its own way before it has {@link parseForm} read them. */
export const pairsIn = (source: string): readonly (readonly [name: string, value: string])[] => [
  ...new URLSearchParams(source),
];

/** The query of an address or of a path, without its question mark; empty where there is none. */
export const queryIn = (url: string): string => /\?([^#]*)/.exec(url)?.[1] ?? '';

function formOf<Schema extends z.ZodObject>(schema: Schema, parameters: URLSearchParams): Parsed<Form<Schema>> {
  const parsed = parse(schema, valuesByName(schema, parameters));
  if ('issue' in parsed) {
    const { path, problem } = parsed.issue;
    return { issue: { path: path.slice(0, 1).map((name) => String(name).slice(0, longestName)), problem } };
  }
  return {
    value: {
      fields: parsed.value,
      with: (changes) =>
        required(formOf(schema, changed(parameters, changes)), (problem) => new Error(`a changed form: ${problem}`)),
      toString: () => parameters.toString(),
    },
  };
}

/** Every parameter, and each that the schema names, with its values. */
function valuesByName(schema: z.ZodObject, parameters: URLSearchParams): Readonly<Record<string, readonly string[]>> {
  const byName = new Map<string, string[]>(Object.keys(schema.shape).map((name) => [name, []]));
  for (const [name, value] of parameters) {
    const earlier = byName.get(name);
    if (earlier) earlier.push(value);
    else byName.set(name, [value]);
  }
  return Object.fromEntries(byName);
}

function changed(parameters: URLSearchParams, changes: Changes): URLSearchParams {
  const result = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(changes)) {
    if (typeof value === 'string') result.set(name, value);
    else {
      result.delete(name);
      for (const item of value ?? []) result.append(name, item);
    }
  }
  return result;
}
