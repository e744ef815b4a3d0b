import { z } from 'zod';

/**
 * The types that Graph has at the place of an object: `@odata.type` can name one of them, and no other (OData JSON Format 4.01
 * §4.6.3). At the place of an object that is not in here, it is not evaluated.
 */
export const odataTypes = z.registry<readonly string[]>();

/** What is wrong with the type that an object names at the place of the schema; undefined where nothing is. */
export function typeProblem(type: unknown, schema: unknown): string | undefined {
  const types = odataTypes.get(schema as z.ZodType);
  if (!types) return undefined;
  const name = typeof type === 'string' ? /^#?microsoft\.graph\.(\w+)$/i.exec(type)?.[1]?.toLowerCase() : undefined;
  if (types.some((item) => item.toLowerCase() === name)) return undefined;
  return `it must be ${types.map((item) => `#microsoft.graph.${item}`).join(' or ')}`;
}
