import type { z } from 'zod';
import { type Parsed, parse, required } from './read.ts';

/** What a JSON text says, in the form of a schema, or the first thing wrong with it. */
export function parseJson<T extends z.ZodType>(schema: T, text: string): Parsed<z.output<T>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return { issue: { path: [], problem: `it is not JSON (${(thrown as Error).message})` } };
  }
  return parse(schema, value);
}

/** What a JSON text says, in the form of a schema; undefined for a text of another form. */
export function readJson<T extends z.ZodType>(schema: T, text: string): z.output<T> | undefined {
  const parsed = parseJson(schema, text);
  return 'value' in parsed ? parsed.value : undefined;
}

/**
 * What a JSON text says, in the form of a schema.
 *
 * @param refuse makes the error of what is wrong, such as `record/deviceId: it is required`
 * @throws what `refuse` makes
 */
export function requireJson<T extends z.ZodType>(
  schema: T,
  text: string,
  refuse: (problem: string) => Error,
): z.output<T> {
  return required(parseJson(schema, text), refuse);
}

/** The same for a value that was read before. @throws what `refuse` makes */
export const requireShape = <T extends z.ZodType>(
  schema: T,
  value: unknown,
  refuse: (problem: string) => Error,
): z.output<T> => required(parse(schema, value), refuse);

/** The claims of a JWT whose signature is not verified, in the form of a schema; undefined for a text of another form. */
export const readClaims = <T extends z.ZodType>(schema: T, jwt: string): z.output<T> | undefined =>
  readJson(schema, Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
