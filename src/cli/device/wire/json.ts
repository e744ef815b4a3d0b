/** A JSON object, as a server answers it. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON object in a text; undefined for any other text. */
export function parseJson(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

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
export function claimsIn(jwt: string | undefined): JsonObject | undefined {
  const part = jwt?.split('.')[1];
  return part === undefined ? undefined : parseJson(Buffer.from(part, 'base64url').toString('utf8'));
}
