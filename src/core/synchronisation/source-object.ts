/** An object of Active Directory as a domain controller gave it. */
export interface SourceObject {
  readonly kind: 'user' | 'group' | 'computer';
  /** objectGUID as text, in lower case. */
  readonly sourceId: string;
  readonly distinguishedName: string;
  /** By attribute name in lower case. Binary ones (`objectGUID`, `objectSid`, certificates) are base64. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  /** objectGUIDs of the members of a group; of those that are no members there any more none. */
  readonly memberIds: readonly string[];
}

/** The values of an attribute, none where the object does not have it. */
export const valuesOf = ({ attributes }: SourceObject, name: string): readonly string[] => attributes.get(name) ?? [];

export const firstOf = (object: SourceObject, name: string): string | undefined => valuesOf(object, name)[0];

/** A GUID from its sixteen octets: the first three parts are little-endian (MS-DTYP §2.3.4). Undefined for other lengths. */
export function guidFrom(octets: Uint8Array): string | undefined {
  if (octets.length !== 16) return undefined;
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((index) => octets[index]!.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A SID from its octets (MS-DTYP §2.4.2.2). Undefined where they are none. */
export function sidFrom(octets: Uint8Array): string | undefined {
  const count = octets[1] ?? 0;
  if (octets.length !== 8 + 4 * count || octets[0] !== 1) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const authority = view.getUint16(2) * 2 ** 32 + view.getUint32(4);
  const parts = Array.from({ length: count }, (_, index) => view.getUint32(8 + 4 * index, true));
  return ['S-1', authority, ...parts].join('-');
}

/** The octets of a GUID in the order of objectGUID: the other direction of {@link guidFrom}. */
export function octetsOfGuid(guid: string): Uint8Array {
  const octets = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (index) => octets[index]!);
}
