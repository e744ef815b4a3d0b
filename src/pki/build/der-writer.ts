import { derOf } from '#core/asn1/write-der.ts';

/** Writes DER (ITU-T X.690 §8 and §10). Every function returns whole TLVs, so values nest by calling. */

/** One TLV: identifier octet (low tag numbers only), minimal definite length, contents. */
export const tlv = derOf;

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...parts);

/** X.690 §11.6: the elements of a SET OF in ascending order of their encodings. */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return tlv(0x31, ...[...parts].sort((a, b) => Buffer.compare(a, b)));
}

/** An INTEGER from a number, or from bytes taken as its content octets exactly as given (so that tests can be wrong). */
export function integer(value: bigint | number | Uint8Array): Uint8Array {
  return tlv(0x02, value instanceof Uint8Array ? value : integerOctets(BigInt(value)));
}

/** X.690 §8.3: the shortest two's complement, big-endian. */
export function integerOctets(value: bigint): Uint8Array {
  let bits = 8n;
  while (BigInt.asIntN(Number(bits), value) !== value) bits += 8n;
  const hex = BigInt.asUintN(Number(bits), value)
    .toString(16)
    .padStart(Number(bits / 4n), '0');
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export const enumerated = (value: number): Uint8Array => tlv(0x0a, integerOctets(BigInt(value)));
export const boolean = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 0xff : 0));
export const nothing = (): Uint8Array => tlv(0x05);
export const octetString = (bytes: Uint8Array): Uint8Array => tlv(0x04, bytes);

/** An OBJECT IDENTIFIER from its dotted form; arcs may be of any size. */
export function oid(oidText: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = oidText.split('.').map(BigInt);
  return tlv(0x06, Uint8Array.from([first * 40n + second, ...rest].flatMap(base128)));
}

function base128(arc: bigint): number[] {
  const octets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80);
  return octets;
}

export function bitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return tlv(0x03, Uint8Array.of(unusedBits), bytes);
}

/** A BIT STRING of named bits; X.690 §11.2.2 drops trailing zeros. */
export function namedBits(set: readonly number[]): Uint8Array {
  const octets = contentOfNamedBits(set);
  return tlv(0x03, octets);
}

/** The content octets alone, for implicit tagging. */
export function contentOfNamedBits(set: readonly number[]): Uint8Array {
  const last = Math.max(-1, ...set);
  const octets = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of set) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return Uint8Array.of(last < 0 ? 0 : 7 - (last & 7), ...octets);
}

const utf8 = new TextEncoder();
export const utf8String = (text: string): Uint8Array => tlv(0x0c, utf8.encode(text));
export const printableString = (text: string): Uint8Array => tlv(0x13, utf8.encode(text));
export const ia5String = (text: string): Uint8Array => tlv(0x16, utf8.encode(text));
export const bmpString = (text: string): Uint8Array => tlv(0x1e, Buffer.from(text, 'utf16le').swap16());

/** X.690 §11.8: YYMMDDHHMMSSZ. */
export const utcTime = (at: Date): Uint8Array => tlv(0x17, utf8.encode(`${digitsOf(at).slice(2)}Z`));
/** X.690 §11.7: YYYYMMDDHHMMSSZ, no fraction. */
export const generalizedTime = (at: Date): Uint8Array => tlv(0x18, utf8.encode(`${digitsOf(at)}Z`));

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on and before 1950. */
export function time(at: Date): Uint8Array {
  const year = at.getUTCFullYear();
  return year >= 1950 && year < 2050 ? utcTime(at) : generalizedTime(at);
}

function digitsOf(at: Date): string {
  return at
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:T]/g, '');
}

/** `[n] EXPLICIT` or `[n] IMPLICIT` of a constructed type: whole TLVs inside. */
export const contextConstructed = (n: number, ...parts: readonly Uint8Array[]): Uint8Array => tlv(0xa0 | n, ...parts);
/** `[n] IMPLICIT` of a primitive type: content octets inside. */
export const contextPrimitive = (n: number, content: Uint8Array): Uint8Array => tlv(0x80 | n, content);
