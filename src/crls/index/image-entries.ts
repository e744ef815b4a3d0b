import { closeSync } from 'node:fs';
import { outerEnd } from '#core/asn1/header.ts';
import { issuersAt, readEntry } from '#core/crl/format/entries/entry.ts';
import { hasSerialNumber, issuerNamesIn, placeOf } from '#core/crl/format/entries/entry-index.ts';
import { EntriesUnreadable, type EntrySource, type IndexedEntry } from '#core/crl/format/entries/entry-source.ts';
import { longestSerialNumber } from '#core/crl/format/entries/serial-hash.ts';
import { layoutOf, type OpenImage } from './image-file.ts';
import { Pages } from './image-pages.ts';

/** Images that nothing uses any more close their file; a sign-in that began may still read a CRL that was replaced. */
const unused = new FinalizationRegistry<number>(closeSync);

/** Octets from an entry's first one to the end of its serial number: tag, length of up to five octets, tag, length. */
const longestEntryHead = 2 + 5 + 2 + longestSerialNumber;
const lengthOctets = 6;

/**
 * The entries of a CRL in a file that several processes share. A look-up reads about three pages of four kilobytes; what
 * stays in memory is a digest for each page, less than a hundredth of the file.
 */
export class ImageEntries implements EntrySource {
  readonly image: OpenImage;
  readonly url: string;
  readonly #onDamage: (problem: unknown) => void;
  readonly #pages: Pages;
  readonly #issuersAt: number;
  readonly #derAt: number;
  #closed = false;
  #damaged = false;

  /** Owns the descriptor. @param onDamage learns, once, that a page is not the one that was written */
  constructor(image: OpenImage, url: string, onDamage: (problem: unknown) => void) {
    this.image = image;
    this.url = url;
    this.#onDamage = onDamage;
    this.#pages = new Pages(image.pages);
    const { issuersAt: issuers, derAt } = layoutOf(image.facts);
    this.#issuersAt = issuers;
    this.#derAt = derAt;
    unused.register(this, this.descriptor, this);
  }

  get descriptor(): number {
    return this.image.pages.descriptor;
  }

  /** False once a page was not the one that was written. */
  get isUsable(): boolean {
    return !this.#damaged && !this.#closed;
  }

  entriesWith(serialNumber: Uint8Array): readonly IndexedEntry[] {
    return this.#reading(() => this.#offsetsOf(serialNumber)).map((offset) => {
      const names = this.#reading(() => this.#issuerNamesOf(offset));
      const issuers = names === undefined ? undefined : issuersAt(this.#element(names), 0);
      return { entry: readEntry(this.#element(offset), 0), issuers };
    });
  }

  bytes(start: number, end: number): Uint8Array {
    return this.#reading(() => this.#pages.bytes(this.#derAt + start, this.#derAt + end));
  }

  /** Closes the file at once. Nothing can be read afterwards. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    unused.unregister(this);
    closeSync(this.descriptor);
  }

  #reading<T>(read: () => T): T {
    try {
      if (!this.isUsable) throw new Error('the image of a CRL is not used any more');
      return read();
    } catch (problem) {
      if (this.isUsable) this.#onDamage(problem);
      this.#damaged = true;
      throw new EntriesUnreadable(this.url, problem);
    }
  }

  /** The same search as in memory: open addressing, slot by slot, up to an empty one. */
  #offsetsOf(serialNumber: Uint8Array): number[] {
    const { seed, slotCount, size } = this.image.facts;
    let place = placeOf(seed, slotCount, serialNumber);
    const offsets: number[] = [];
    if (place === undefined) return offsets;
    for (let offset = this.#number(0, place); offset !== 0; offset = this.#number(0, place)) {
      const head = this.#pages.bytes(this.#derAt + offset, this.#derAt + Math.min(size, offset + longestEntryHead));
      if (hasSerialNumber(head, 0, serialNumber)) offsets.push(offset);
      place = place + 1 === slotCount ? 0 : place + 1;
    }
    return offsets;
  }

  #issuerNamesOf(offset: number): number | undefined {
    const pairs = this.image.facts.issuerCount / 2;
    return issuerNamesIn(pairs, (i) => this.#number(this.#issuersAt, i), offset);
  }

  /** One number of a table, in the order of octets of the computer that wrote it. */
  #number(tableAt: number, i: number): number {
    return new Uint32Array(this.#pages.bytes(tableAt + i * 4, tableAt + i * 4 + 4).buffer)[0]!;
  }

  /** The whole TLV at an offset of the CRL, which the index has seen to be one. */
  #element(offset: number): Uint8Array {
    const { size } = this.image.facts;
    const head = this.bytes(offset, Math.min(size, offset + lengthOctets));
    return this.bytes(offset, Math.min(size, offset + (outerEnd(head) ?? 0)));
  }
}
