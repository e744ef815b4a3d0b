import { hash } from 'node:crypto';
import { readSync } from 'node:fs';

/** Octets of a page: what one look-up reads and hashes. */
export const pageLength = 4096;
export const digestLength = 32;

/** The pages of an open image, in a form that threads of this process can be handed. */
export interface PagePlace {
  readonly descriptor: number;
  /** Where in the file the first page begins. */
  readonly start: number;
  /** SHA-256 of each page, one after the other. */
  readonly digests: Uint8Array;
}

/** A page is not the one that was written: the file was changed or cut off, or the disk failed. */
export class PageChanged extends Error {
  constructor(page: number) {
    super(`page ${page} of the image of a CRL is not the one that was written`);
    this.name = 'PageChanged';
  }
}

export const pagesOf = (octets: number): number => Math.ceil(octets / pageLength);
export const digestOf = (page: Uint8Array): Buffer => hash('sha256', page, 'buffer');

/** Reads an image page by page. Each page is compared with its digest whenever it is read. */
export class Pages {
  readonly #place: PagePlace;
  readonly #page = new Uint8Array(pageLength);
  #current = -1;

  constructor(place: PagePlace) {
    this.#place = place;
  }

  /** The octets `[start, end)`, counted from the first page; a copy. @throws PageChanged */
  bytes(start: number, end: number): Uint8Array<ArrayBuffer> {
    const octets = new Uint8Array(end - start);
    this.copyTo(octets, start);
    return octets;
  }

  /** Fills `octets` with what begins at `start`. @throws PageChanged */
  copyTo(octets: Uint8Array, start: number): void {
    for (let at = 0; at < octets.length; ) {
      const page = Math.floor((start + at) / pageLength);
      this.#read(page);
      const from = start + at - page * pageLength;
      const part = this.#page.subarray(from, from + octets.length - at);
      octets.set(part, at);
      at += part.length;
    }
  }

  /** Whether every page is the one that was written. Reads all of them. */
  areWhole(): boolean {
    try {
      for (let page = 0; page < this.#place.digests.length / digestLength; page++) this.#read(page);
      return true;
    } catch (thrown) {
      if (thrown instanceof PageChanged) return false;
      throw thrown;
    }
  }

  #read(page: number): void {
    if (page === this.#current) return;
    this.#current = -1;
    const { descriptor, start, digests } = this.#place;
    const count = readSync(descriptor, this.#page, 0, pageLength, start + page * pageLength);
    const digest = digests.subarray(page * digestLength, (page + 1) * digestLength);
    if (count !== pageLength || Buffer.compare(digestOf(this.#page), digest) !== 0) throw new PageChanged(page);
    this.#current = page;
  }
}
