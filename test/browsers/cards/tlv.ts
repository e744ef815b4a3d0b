/** BER-TLV: the tag as hex, the parts one after the other. */
export function tlv(tag: string, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(tag, 'hex'), lengthOf(value.length), value]);
}

/** The value of the first element with this one-octet tag. */
export function findTlv(elements: Buffer, tag: number): Buffer | undefined {
  let at = 0;
  while (at + 1 < elements.length) {
    const first = elements[at + 1]!;
    const octets = first & 0x80 ? first & 0x7f : 0;
    const length = octets > 0 ? elements.readUIntBE(at + 2, octets) : first;
    const begin = at + 2 + octets;
    if (elements[at] === tag) return elements.subarray(begin, begin + length);
    at = begin + length;
  }
  return undefined;
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  return length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
}
