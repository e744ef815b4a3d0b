import { z } from 'zod';
import { readClaims, readJson } from '#schema/json.ts';

/** A JSON object, as a server answers it. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const jsonObject = z.record(z.string(), z.unknown());

/** The JSON object in a text; undefined for any other text. */
export const parseJson = (text: string): JsonObject | undefined => readJson(jsonObject, text);

/** A member that is a text and not empty. */
export function textIn(object: JsonObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A member that is an object. */
export function objectIn(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object?.[name];
  return isRecord(value) ? value : undefined;
}

/** The claims of a JWT that is not verified: the client only reads what its own server says. */
export const claimsIn = (jwt: string | undefined): JsonObject | undefined =>
  jwt === undefined ? undefined : readClaims(jsonObject, jwt);
