/** An element around these contents, its length definite and minimal, as DER wants it. */
export function derOf(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const inside = Buffer.concat(contents);
  const octets =
    inside.length < 0x80
      ? []
      : Buffer.from(inside.length.toString(16).padStart(8, '0'), 'hex').filter(
          (octet, i, items) => octet !== 0 || items.subarray(0, i).some((before) => before !== 0),
        );
  const length = octets.length === 0 ? [inside.length] : [0x80 | octets.length, ...octets];
  return new Uint8Array(Buffer.concat([Uint8Array.from([tag, ...length]), inside]));
}
