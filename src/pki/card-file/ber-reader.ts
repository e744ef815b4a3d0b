import { headerAt } from '#core/asn1/header.ts';

/**
 * A forgiving reader for files that other programs write (PKCS#12 from NSS comes with indefinite lengths and split
 * strings, ITU-T X.690 §8.1.3.6 and §8.7). Certificates themselves are read by core's strict reader, never by this.
 */

/** One TLV. `children` is set when constructed; `whole` is its bytes as they came. */
export interface Ber {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
  readonly children: readonly Ber[];
}

/** Thrown for anything that is not BER; callers turn it into their own typed error. */
export class BerError extends Error {}

/** Deeper than any PKCS#12 file, shallower than the call stack. */
const depthLimit = 64;

/** Reads exactly one TLV. @throws BerError, DerError */
export function readBer(bytes: Uint8Array): Ber {
  const { ber, end } = readAt(bytes, 0, 0);
  if (end !== bytes.length) throw new BerError(`${bytes.length - end} bytes after the value`);
  return ber;
}

interface Placed {
  readonly ber: Ber;
  readonly end: number;
}

function readAt(bytes: Uint8Array, start: number, depth: number): Placed {
  if (depth > depthLimit) throw new BerError('nested too deeply');
  const header = headerAt(bytes, start, 'PKCS #12');
  if (!header) throw new BerError('it ends too early');
  const { tag, start: at, length } = header;
  const isConstructed = (tag & 0x20) !== 0;
  if (length === undefined) return readIndefinite(bytes, { start, from: at, tag }, depth);
  const end = at + length;
  if (end > bytes.length) throw new BerError('a length beyond the end');
  const content = bytes.subarray(at, end);
  const children = isConstructed ? readAll(content, depth + 1) : [];
  return { ber: { tag, content, whole: bytes.subarray(start, end), children }, end };
}

interface IndefiniteStart {
  readonly start: number;
  /** Where the contents begin. */
  readonly from: number;
  readonly tag: number;
}

function readIndefinite(bytes: Uint8Array, { start, from, tag }: IndefiniteStart, depth: number): Placed {
  if ((tag & 0x20) === 0) throw new BerError('an indefinite length on a primitive value');
  const children: Ber[] = [];
  let at = from;
  while (octet(bytes, at) !== 0 || octet(bytes, at + 1) !== 0) {
    const child = readAt(bytes, at, depth + 1);
    children.push(child.ber);
    at = child.end;
  }
  const ber = { tag, content: bytes.subarray(from, at), whole: bytes.subarray(start, at + 2), children };
  return { ber, end: at + 2 };
}

function readAll(content: Uint8Array, depth: number): Ber[] {
  const children: Ber[] = [];
  for (let at = 0; at < content.length; ) {
    const child = readAt(content, at, depth);
    children.push(child.ber);
    at = child.end;
  }
  return children;
}

function octet(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw new BerError('it ends too early');
  return value;
}

/** The octets of an OCTET STRING (also under an implicit tag), joined when it was written in pieces. */
export function octetsOf(ber: Ber): Uint8Array {
  return (ber.tag & 0x20) === 0 ? ber.content : Buffer.concat(ber.children.map(octetsOf));
}

/** The n-th child; throws {@link BerError} when there is none, or when its tag is not the one expected. */
export function child(ber: Ber | undefined, n: number, tag?: number): Ber {
  const childElement = ber?.children[n];
  if (!childElement || (tag !== undefined && childElement.tag !== tag))
    throw new BerError(`element ${n} is not what it should be`);
  return childElement;
}

/** Dotted form of an OBJECT IDENTIFIER. */
export function oidOf(ber: Ber): string {
  if (ber.tag !== 0x06 || ber.content.length === 0) throw new BerError('not an object identifier');
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const part of ber.content) {
    arc = (arc << 7n) | BigInt(part & 0x7f);
    if (part < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [first = 0n, ...rest] = arcs;
  const top = first < 40n ? 0n : first < 80n ? 1n : 2n;
  return [top, first - top * 40n, ...rest].join('.');
}

/** A small non-negative INTEGER (iteration counts, key lengths). */
export function numberOf(ber: Ber): number {
  if (ber.tag !== 0x02 || ber.content.length === 0 || ber.content.length > 6) throw new BerError('not a small integer');
  return ber.content.reduce((value, part) => value * 256 + part, 0);
}
