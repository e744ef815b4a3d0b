import { DerError } from './der.ts';

/** The identifier and length octets of one element. */
export interface ElementHeader {
  readonly tag: number;
  /** The offset of the contents. */
  readonly start: number;
  /** Octets of the contents; undefined for the indefinite form. */
  readonly length: number | undefined;
}

/** No file or message is longer than a length of six octets says, and a number holds it exactly. */
const mostLengthOctets = 6;

/**
 * Reads the header of an element of BER: a tag of one octet, and a length of any form (X.690 §8.1.2, §8.1.3). The strict reader
 * of certificates and CRLs has its own, because DER has one form of length only.
 * @returns undefined when the bytes end within the header
 * @throws DerError
 */
export function headerAt(bytes: Uint8Array, at: number, label: string): ElementHeader | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined) return undefined;
  if ((tag & 0x1f) === 0x1f) throw new DerError(at, label, 'a tag of several bytes');
  if (first === undefined) return undefined;
  if (first === 0x80) return { tag, start: at + 2, length: undefined };
  if (first < 0x80) return { tag, start: at + 2, length: first };
  const count = first & 0x7f;
  const start = at + 2 + count;
  if (count > mostLengthOctets) throw new DerError(at, label, 'a length longer than the data');
  if (start > bytes.length) return undefined;
  let length = 0;
  for (let i = at + 2; i < start; i++) length = length * 256 + bytes[i]!;
  return { tag, start, length };
}

/** The header of the element that a file begins with; undefined where it is cut off, or is no header. */
export function outerHeader(file: Uint8Array): ElementHeader | undefined {
  try {
    return headerAt(file, 0, 'file');
  } catch (problem) {
    if (problem instanceof DerError) return undefined;
    throw problem;
  }
}

/** Where the element that a file begins with ends, by its own length: behind the last octet where the file was cut. Undefined where it has none. */
export function outerEnd(file: Uint8Array): number | undefined {
  const header = outerHeader(file);
  return header?.length === undefined ? undefined : header.start + header.length;
}
