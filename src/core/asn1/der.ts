import type { Tolerance } from '../trace/tolerances.ts';
import { tags } from './tags.ts';
import { dottedOid, timeIn } from './values.ts';

/** What was wrong with some DER, where, and while reading what. The only error this reader throws, whatever the bytes. */
export class DerError extends Error {
  readonly offset: number;
  readonly reading: string;
  readonly problem: string;
  constructor(offset: number, reading: string, problem: string) {
    super(`${problem} at byte ${offset} while reading ${reading}`);
    this.name = 'DerError';
    this.offset = offset;
    this.reading = reading;
    this.problem = problem;
  }
}

/** One TLV as views into the bytes read: nothing is copied. */
export interface Element {
  readonly tag: number;
  /** Contents octets. */
  readonly contents: Uint8Array;
  /** Tag, length and contents. */
  readonly whole: Uint8Array;
}

/** Deeper than any real certificate, far shallower than the call stack. */
const deepest = 100;

/** The slips that were read in spite of the rules, collected over one certificate or CRL. */
export type Notes = Set<Tolerance>;

/**
 * Reads strict DER (X.690 §8, §10, §11): definite minimal lengths, single-byte tags, no byte left over. Zero-copy. With
 * `notes`, the slips of the table of tolerances are read, and noted there.
 */
export class DerReader {
  readonly bytes: Uint8Array;
  /** What is being read, for the error. */
  readonly what: string;
  readonly notes: Notes | undefined;
  readonly #end: number;
  readonly #depth: number;
  #at: number;

  constructor(bytes: Uint8Array, label: string, start = 0, end = bytes.length, depth = 0, notes?: Notes) {
    this.bytes = bytes;
    this.what = label;
    this.#at = start;
    this.#end = end;
    this.#depth = depth;
    this.notes = notes;
    if (depth > deepest) throw this.error(`nesting deeper than ${deepest}`);
  }

  /** Offset of the next byte in {@link bytes}. */
  get offset(): number {
    return this.#at;
  }
  get atEnd(): boolean {
    return this.#at >= this.#end;
  }
  /** The next tag without reading it; -1 at the end. */
  get tag(): number {
    return this.#at < this.#end ? this.bytes[this.#at]! : -1;
  }

  error(problem: string, offset = this.#at): DerError {
    return new DerError(offset, this.what, problem);
  }

  /** Enters the next element, which must have this tag, and steps over it here. */
  enter(tag: number, label: string): DerReader {
    const start = this.#header(tag, label);
    const end = this.#stop;
    this.#at = end;
    return new DerReader(this.bytes, label, start, end, this.#depth + 1, this.notes);
  }
  /** {@link enter} when the next tag is this one, else undefined. */
  enterOptional(tag: number, label: string): DerReader | undefined {
    return this.tag === tag ? this.enter(tag, label) : undefined;
  }

  /** Contents octets of the next element, which must have this tag. */
  contents(tag: number, label: string): Uint8Array {
    const start = this.#header(tag, label);
    this.#at = this.#stop;
    return this.bytes.subarray(start, this.#stop);
  }

  /** The next element whatever its tag. */
  element(label: string): Element {
    const tag = this.tag;
    const from = this.#at;
    const start = this.#header(tag, label);
    this.#at = this.#stop;
    return { tag, contents: this.bytes.subarray(start, this.#stop), whole: this.bytes.subarray(from, this.#stop) };
  }

  /** Nothing may be left. */
  end(): void {
    if (this.#at !== this.#end) throw this.error(`${this.#end - this.#at} bytes too many`);
  }

  /** X.690 §11.1: TRUE is FF; anything but 00 where slips are noted. */
  boolean(label: string, tag: number = tags.boolean): boolean {
    const octets = this.contents(tag, label);
    const isPlain = octets[0] === 0 || octets[0] === 0xff;
    if (octets.length !== 1 || (!isPlain && !this.notes)) throw this.error('a BOOLEAN that is neither 00 nor FF');
    if (!isPlain) this.notes?.add('booleanTrue');
    return octets[0] !== 0;
  }
  /** A BOOLEAN DEFAULT FALSE. X.690 §11.5: FALSE is not written. */
  optionalBoolean(label: string, tag: number = tags.boolean): boolean {
    if (this.tag !== tag) return false;
    const value = this.boolean(label, tag);
    if (!value && !this.notes) throw this.error('an encoded default value');
    if (!value) this.notes?.add('defaultWritten');
    return value;
  }

  /** Contents of an INTEGER in its shortest form (X.690 §8.3.2), big-endian two's complement. */
  integer(label: string, tag: number = tags.integer): Uint8Array {
    const octets = this.contents(tag, label);
    if (octets.length === 0) throw this.error('an INTEGER without octets');
    const redundant =
      octets.length > 1 && ((octets[0] === 0 && octets[1]! < 0x80) || (octets[0] === 0xff && octets[1]! >= 0x80));
    if (redundant) throw this.error('an INTEGER not in its shortest form');
    return octets;
  }
  /** A small non-negative INTEGER. */
  smallInteger(label: string, tag: number = tags.integer): number {
    const octets = this.integer(label, tag);
    if (octets[0]! >= 0x80) throw this.error('a negative INTEGER');
    if (octets.length > 5) throw this.error('an INTEGER that is too large');
    return octets.reduce((sum, octet) => sum * 256 + octet, 0);
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  oid(label: string, tag: number = tags.oid): string {
    const octets = this.contents(tag, label);
    const oidText = dottedOid(octets);
    if (oidText === undefined) throw this.error('a malformed OBJECT IDENTIFIER');
    return oidText;
  }

  /** A BIT STRING (X.690 §11.2: unused bits are zero). */
  bitString(label: string, tag: number = tags.bitString): { readonly unused: number; readonly octets: Uint8Array } {
    const { unused, octets } = this.#bits(label, tag);
    if (octets.length > 0 && octets.at(-1)! & ((1 << unused) - 1))
      throw this.error('a BIT STRING with unused bits set');
    return { unused, octets };
  }
  /** The numbers of the bits that are set in a BIT STRING of named bits (X.690 §11.2.2: it ends with one that is set). */
  namedBits(label: string, tag: number = tags.bitString): readonly number[] {
    const { unused, octets } = this.#bits(label, tag);
    const last = octets.at(-1) ?? 0;
    if (last & ((1 << unused) - 1)) {
      if (!this.notes) throw this.error('a BIT STRING with unused bits set');
      this.notes.add('unusedBitsSet');
    }
    if (octets.length > 0 && (last & (1 << unused)) === 0) this.notes?.add('trailingZeroBits');
    const bits: number[] = [];
    for (let bit = 0; bit < octets.length * 8 - unused; bit++)
      if (octets[bit >> 3]! & (0x80 >> (bit & 7))) bits.push(bit);
    return bits;
  }
  #bits(label: string, tag: number): { readonly unused: number; readonly octets: Uint8Array } {
    const contents = this.contents(tag, label);
    const unused = contents[0];
    if (unused === undefined || unused > 7 || (contents.length === 1 && unused > 0))
      throw this.error('a BIT STRING with an impossible count of unused bits');
    return { unused, octets: contents.subarray(1) };
  }
  octetString(label: string): Uint8Array {
    return this.contents(tags.octetString, label);
  }

  /** UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 allows them: with seconds, in Zulu, without fractions. */
  time(label: string): Date {
    const { tag, contents } = this.element(label);
    const date = tag === tags.utcTime || tag === tags.generalizedTime ? timeIn(tag, contents) : undefined;
    if (date === undefined) throw this.error(`a time that RFC 5280 §4.1.2.5 does not allow`);
    return date;
  }

  #stop = 0;

  /** Reads tag and length; returns where contents start and leaves where they stop in `#stop`. */
  #header(tag: number, label: string): number {
    const { bytes } = this;
    const at = this.#at;
    if (at >= this.#end) throw new DerError(at, label, 'nothing left to read');
    const octet = bytes[at]!;
    if (octet !== tag) throw new DerError(at, label, `tag ${hex(octet)} where ${hex(tag)} belongs`);
    if ((octet & 0x1f) === 0x1f) throw new DerError(at, label, 'a tag of several bytes');
    const first = at + 1 < this.#end ? bytes[at + 1]! : -1;
    if (first < 0) throw new DerError(at, label, 'no length');
    if (first < 0x80) return this.#span(at, at + 2, first, label);
    return this.#longLength(at, first & 0x7f, label);
  }

  /** X.690 §10.1: the long form only where the short one cannot say it, in as few octets as possible. */
  #longLength(at: number, count: number, label: string): number {
    if (count === 0) throw new DerError(at, label, 'an indefinite length');
    if (count > 6 || at + 2 + count > this.#end) throw new DerError(at, label, 'a length longer than the data');
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.bytes[at + 2 + i]!;
    if (length < 0x80 || this.bytes[at + 2] === 0) throw new DerError(at, label, 'a length not in its shortest form');
    return this.#span(at, at + 2 + count, length, label);
  }

  #span(at: number, start: number, length: number, label: string): number {
    if (length > this.#end - start) throw new DerError(at, label, 'a length longer than the data');
    this.#stop = start + length;
    return start;
  }
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
