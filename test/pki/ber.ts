/**
 * The same values in other encodings of BER (X.690 §8.1.3): what programs write that do not know a length beforehand. Only
 * the envelope of a file is rewritten, down to `levels`; certificates in it keep their bytes.
 */
interface Form {
  readonly head: (tag: number, length: number) => readonly number[];
  readonly tail: readonly number[];
}

const indefiniteForm: Form = { head: (tag) => [tag, 0x80], tail: [0, 0] };
const longForm: Form = {
  head: (tag, length) =>
    length === 0
      ? [tag, 0]
      : [tag, 0x84, (length >>> 24) & 0xff, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff],
  tail: [],
};

/** Constructed elements with indefinite lengths. */
export const indefinite = (der: Uint8Array, levels = 4): Uint8Array => rewritten(der, levels, indefiniteForm);
/** Constructed elements with lengths of four octets, however short they are. One without contents stays as it is. */
export const longLengths = (der: Uint8Array, levels = 4): Uint8Array => rewritten(der, levels, longForm);

function rewritten(der: Uint8Array, levels: number, form: Form): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < der.length; ) {
    const { tag, start, end } = elementAt(der, at);
    if ((tag & 0x20) === 0 || levels === 0) parts.push(der.subarray(at, end));
    else {
      const contents = rewritten(der.subarray(start, end), levels - 1, form);
      parts.push(Uint8Array.from([...form.head(tag, contents.length), ...contents, ...form.tail]));
    }
    at = end;
  }
  return new Uint8Array(Buffer.concat(parts));
}

function elementAt(der: Uint8Array, at: number): { tag: number; start: number; end: number } {
  const first = der[at + 1]!;
  const count = first < 0x80 ? 0 : first & 0x7f;
  const octets = der.subarray(at + 2, at + 2 + count);
  const length = count === 0 ? first : octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return { tag: der[at]!, start: at + 2 + count, end: at + 2 + count + length };
}
