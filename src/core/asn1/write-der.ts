/** An element around these contents, its length definite and minimal, as DER wants it. */
export function derOf(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const head = headOf(tag, length);
  const out = new Uint8Array(head.length + length);
  out.set(head);
  let at = head.length;
  for (const part of contents) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The identifier and length octets of an element: the shortest form (X.690 §10.1). */
export const headOf = (tag: number, length: number): Uint8Array => Uint8Array.of(tag, ...lengthOctets(length));

/** X.690 §10.1: the shortest form. */
export function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}
