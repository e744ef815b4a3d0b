import type { Entry } from 'ldapts';
import { guidFrom, type SourceObject } from '#core/synchronisation/source-object.ts';

/** The name and objectGUID of `<GUID=…>;<SID=…>;CN=…`. */
export function readName(text: string): { readonly sourceId: string | undefined; readonly distinguishedName: string } {
  const sourceId = /<GUID=([0-9a-f-]{36})>/i.exec(text)?.[1]?.toLowerCase();
  return { sourceId, distinguishedName: text.replace(/^(?:<[^>]*>;)*/, '') };
}

/** Values of an attribute of an entry, octets as base64. The name is compared without regard to case. */
export function valuesIn(entry: Entry, attribute: string): readonly string[] {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
  return key === undefined || key === 'dn' ? [] : textsOf(entry[key]!);
}

const textsOf = (value: Entry[string]): string[] =>
  (Array.isArray(value) ? value : [value]).map((item) => (typeof item === 'string' ? item : item.toString('base64')));

/** objectGUID of an entry; undefined where the server gave none. */
export const sourceIdOf = (entry: Entry): string | undefined =>
  guidFrom(Buffer.from(valuesIn(entry, 'objectGUID')[0] ?? '', 'base64'));

/** A portion of `member` (MS-ADTS §3.1.1.3.1.3.3): the objectGUIDs, and where the next portion begins. */
export function memberPortion(entry: Entry): { readonly ids: readonly string[]; readonly next: number | undefined } {
  const key = Object.keys(entry).find((name) => /^member;range=/i.test(name));
  const values = key === undefined ? valuesIn(entry, 'member') : textsOf(entry[key]!);
  const last = key === undefined ? undefined : /-(\d+)$/.exec(key)?.[1];
  const ids = values.flatMap((value) => readName(value).sourceId ?? []);
  return { ids, next: last === undefined || values.length === 0 ? undefined : Number(last) + 1 };
}

/** An entry as an object; undefined for one without an objectGUID. */
export function objectOf(
  entry: Entry,
  kind: SourceObject['kind'],
  memberIds: readonly string[],
): SourceObject | undefined {
  const sourceId = sourceIdOf(entry);
  if (sourceId === undefined) return undefined;
  const attributes = new Map(
    Object.entries(entry).flatMap(([name, value]): [string, string[]][] =>
      name === 'dn' || /^member(;|$)/i.test(name) ? [] : [[name.toLowerCase(), textsOf(value)]],
    ),
  );
  for (const [name, values] of attributes) if (values.length === 0) attributes.delete(name);
  return { kind, sourceId, distinguishedName: readName(entry.dn).distinguishedName, attributes, memberIds };
}
