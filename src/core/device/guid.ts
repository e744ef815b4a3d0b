const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a GUID with hyphens. */
export const isGuid = (text: string): boolean => guid.test(text);

/** The 16 octets of a GUID in Windows order: its first three groups are little-endian. @throws TypeError for another text */
export function guidOctets(text: string): Uint8Array {
  if (!isGuid(text)) throw new TypeError('not a GUID');
  const octets = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Buffer.concat([
    octets.subarray(0, 4).reverse(),
    octets.subarray(4, 6).reverse(),
    octets.subarray(6, 8).reverse(),
    octets.subarray(8),
  ]);
}

/** The GUID, lower case, of 16 octets in Windows order; undefined for another length. */
export function guidText(octets: Uint8Array): string | undefined {
  if (octets.length !== 16) return undefined;
  const group = (from: number, to: number, isReversed: boolean) => {
    const part = Buffer.from(octets.subarray(from, to));
    return (isReversed ? part.reverse() : part).toString('hex');
  };
  return [group(0, 4, true), group(4, 6, true), group(6, 8, true), group(8, 10, false), group(10, 16, false)].join('-');
}

/** The security identifier of a cloud object: S-1-12-1 and its object id as four little-endian numbers (windows-sign-in §2.4). */
export function cloudSid(objectId: string): string {
  const octets = Buffer.from(guidOctets(objectId));
  return ['S-1-12-1', ...[0, 4, 8, 12].map((offset) => octets.readUInt32LE(offset))].join('-');
}
