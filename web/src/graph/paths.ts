/** What a list asks of Graph. Undefined and empty parts are left out. */
export interface ListQuery {
  readonly select?: readonly string[];
  readonly filter?: string | undefined;
  readonly search?: string | undefined;
  readonly orderby?: string | undefined;
  readonly expand?: string | undefined;
  readonly top?: number;
  readonly count?: boolean;
}

/** A path with its OData query: `/users?$top=50&$search="displayName:ana"`. */
export function listPath(path: string, { select, count, ...rest }: ListQuery): string {
  const pairs = Object.entries({ ...rest, select: select?.join(','), count: count ? 'true' : undefined });
  const query = pairs.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`$${name}=${encodeURIComponent(String(value))}`],
  );
  return query.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${query.join('&')}`;
}

/** A text in an OData string literal, quotes included. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A `$search` for a text in any of the properties; undefined for an empty text. */
export function searchIn(text: string, properties: readonly string[]): string | undefined {
  const term = text.trim().replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return term === '' ? undefined : properties.map((property) => `"${property}:${term}"`).join(' OR ');
}

/** Conditions joined by `and`; undefined where there is none. */
export function allOf(...conditions: readonly (string | undefined)[]): string | undefined {
  const present = conditions.filter((condition) => condition);
  return present.length === 0 ? undefined : present.join(' and ');
}
