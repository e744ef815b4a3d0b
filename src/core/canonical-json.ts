/** JSON with the members of objects in order of their names: the order in which they are written means nothing (RFC 8259 §4). */
export const canonicalJson = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

/** Whether two values say the same as JSON, whatever the order of their members. */
export const isSameJson = (value: unknown, second: unknown): boolean => canonicalJson(value) === canonicalJson(second);
