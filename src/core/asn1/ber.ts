import { DerError, DerReader } from './der.ts';
import { type ElementHeader, headerAt } from './header.ts';
import { tags } from './tags.ts';

/** One element of BER as views into the bytes that were read. */
export interface BerElement {
  readonly tag: number;
  /** Contents octets, without the end-of-contents octets of an indefinite length. */
  readonly contents: Uint8Array;
  readonly whole: Uint8Array;
}

/** Deeper than any real PKCS #7 file: an envelope has six levels, a certificate ten. */
const deepest = 32;

/**
 * Reads the envelope of files that are published in BER (X.690 §8): indefinite lengths, long lengths of any form,
 * constructed strings. Certificates and CRLs are never read with it: their bytes were signed as they are (DER).
 */
export class BerReader {
  readonly bytes: Uint8Array;
  readonly #what: string;
  readonly #base: number;
  #at = 0;

  /** `base` is the offset of `bytes` in the file, for errors. */
  constructor(bytes: Uint8Array, label: string, base = 0) {
    this.bytes = bytes;
    this.#what = label;
    this.#base = base;
  }

  get atEnd(): boolean {
    return this.#at >= this.bytes.length;
  }
  /** The next tag without reading it; -1 at the end. */
  get tag(): number {
    return this.bytes[this.#at] ?? -1;
  }

  error(problem: string): DerError {
    return new DerError(this.#base + this.#at, this.#what, problem);
  }

  /** Nothing may be left. @throws DerError */
  end(): void {
    if (!this.atEnd) throw this.error(`${this.bytes.length - this.#at} bytes too many`);
  }

  /** The next element, which must have this tag where one is stated. @throws DerError */
  element(label: string, tag = this.tag): BerElement {
    const from = this.#at;
    if (this.atEnd) throw new DerError(this.#base + from, label, 'nothing left to read');
    if (this.tag !== tag)
      throw new DerError(this.#base + from, label, `tag ${hex(this.tag)} where ${hex(tag)} belongs`);
    const { start, stop, end } = this.#extent(from, label, 0);
    this.#at = end;
    return { tag, contents: this.bytes.subarray(start, stop), whole: this.bytes.subarray(from, end) };
  }

  /** Enters the next element, which must have this tag. @throws DerError */
  enter(tag: number, label: string): BerReader {
    const { contents } = this.element(label, tag);
    return new BerReader(contents, label, this.#base + contents.byteOffset - this.bytes.byteOffset);
  }
  enterOptional(tag: number, label: string): BerReader | undefined {
    return this.tag === tag ? this.enter(tag, label) : undefined;
  }

  /** A primitive value by the strict reader: an INTEGER or an OBJECT IDENTIFIER has one form only. @throws DerError */
  strictly<T>(label: string, read: (reader: DerReader) => T): T {
    const { whole } = this.element(label);
    const reader = new DerReader(whole, label);
    const value = read(reader);
    reader.end();
    return value;
  }

  /** How many octets an OCTET STRING holds, in one piece or in several (X.690 §8.7). @throws DerError */
  octetStringLength(label: string, depth = 0): number {
    if (this.tag === tags.octetString) return this.element(label).contents.length;
    if (depth > deepest) throw this.error(`nesting deeper than ${deepest}`);
    const parts = this.enter(tags.octetString | 0x20, label);
    let length = 0;
    while (!parts.atEnd) length += parts.octetStringLength(label, depth + 1);
    return length;
  }

  /** Where the element at `at` has its contents, and where it ends. */
  #extent(at: number, label: string, depth: number): { start: number; stop: number; end: number } {
    const { bytes } = this;
    const fail = (problem: string) => new DerError(this.#base + at, label, problem);
    if (depth > deepest) throw fail(`nesting deeper than ${deepest}`);
    const header = this.#headerAt(at, label);
    if (!header) throw fail(bytes[at + 1] === undefined ? 'no length' : 'a length longer than the data');
    const { start, length } = header;
    if (length === undefined) return this.#indefinite(at, label, depth);
    if (length > bytes.length - start) throw fail('a length longer than the data');
    return { start, stop: start + length, end: start + length };
  }

  /** Errors name the offset in the file. */
  #headerAt(at: number, label: string): ElementHeader | undefined {
    try {
      return headerAt(this.bytes, at, label);
    } catch (thrown) {
      throw thrown instanceof DerError ? new DerError(this.#base + at, label, thrown.problem) : thrown;
    }
  }

  /** X.690 §8.1.3.6: elements up to two zero octets; for constructed encodings only. */
  #indefinite(at: number, label: string, depth: number): { start: number; stop: number; end: number } {
    const { bytes } = this;
    const fail = (problem: string) => new DerError(this.#base + at, label, problem);
    if ((bytes[at]! & 0x20) === 0) throw fail('an indefinite length of a primitive value');
    const start = at + 2;
    let next = start;
    while (next + 1 < bytes.length) {
      if (bytes[next] === 0 && bytes[next + 1] === 0) return { start, stop: next, end: next + 2 };
      next = this.#extent(next, label, depth + 1).end;
    }
    throw fail('an indefinite length without an end');
  }
}

const hex = (byte: number): string => (byte < 0 ? 'end' : byte.toString(16).padStart(2, '0'));
