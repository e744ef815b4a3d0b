/** A GUID as Active Directory stores it: the first three groups are little-endian (MS-DTYP §2.3.4.2). */
export function guidOfOctets(octets: Uint8Array): string {
  const hex = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((place) =>
    (octets[place] ?? 0).toString(16).padStart(2, '0'),
  );
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A security identifier as text, `S-1-5-21-…` (MS-DTYP §2.4.2.1). */
export function sidOfOctets(octets: Uint8Array): string {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const authority = view.getUint16(2) * 2 ** 32 + view.getUint32(4);
  const parts = Array.from({ length: octets[1] ?? 0 }, (_, index) => view.getUint32(8 + 4 * index, true));
  return ['S', octets[0], authority, ...parts].join('-');
}
