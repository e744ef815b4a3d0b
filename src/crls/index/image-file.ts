import { createHash, type Hash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { EntryIndex } from '#core/crl/list/entry-index.ts';

/** A list with its index, as a file holds it. */
export interface Image {
  readonly der: Uint8Array;
  readonly index: EntryIndex;
}

/** Octets hashed, written and read at once: Node takes no more than two gigabytes in one call, and lists may be longer. */
const piece = 64 * 1024 * 1024;

const hour = 3_600_000;

const magic = Buffer.from('CARDEA-CRL-2\n\0\0\0');
const digestLength = 32;
/** Eight octets each: the list, slots, issuers, entries. */
const sizesLength = 32;
const seedLength = 16;

/** Writes a list and its index beside the file and moves it there, so that the file is always one or the other. */
export function saveImage({ file, image }: { readonly file: string; readonly image: Image }): true {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeTo(draft, image);
    clearDrafts(file, statSync(draft).mtimeMs);
    renameSync(draft, file);
  } catch (problem) {
    rmSync(draft, { force: true });
    throw problem;
  }
  return true;
}

/** Gigabytes that a process left behind when it ended in the middle: drafts of the same file, an hour older than ours. */
function clearDrafts(file: string, now: number): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder).filter((item) => item.startsWith(`${basename(file)}.`))) {
    const output = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (output < now - hour) rmSync(join(folder, name), { force: true });
  }
}

function writeTo(draft: string, { der, index }: Image): void {
  const sizes = new BigUint64Array([der.length, index.slots.length, index.issuers.length, index.count].map(BigInt));
  const parts = [octetsOf(sizes), index.seed, octetsOf(index.slots), octetsOf(index.issuers), der];
  const hash = createHash('sha256');
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    let at = writeAll(descriptor, magic, 0) + digestLength;
    for (const part of parts) {
      eachPiece(part, (octets) => hash.update(octets));
      at += writeAll(descriptor, part, at);
    }
    writeAll(descriptor, hash.digest(), magic.length);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, octets: Uint8Array, position: number): number {
  for (let at = 0; at < octets.length; )
    at += writeSync(descriptor, octets, at, Math.min(piece, octets.length - at), position + at);
  return octets.length;
}

/** What {@link saveImage} wrote; undefined when there is none, or it is not whole. */
export function loadImage({ file }: { readonly file: string }): Image | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  try {
    return imageIn(new Reading(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function imageIn(reading: Reading): Image | undefined {
  const head = reading.take(magic.length + digestLength);
  if (!head || Buffer.compare(head.subarray(0, magic.length), magic) !== 0) return undefined;
  const hash = createHash('sha256');
  const sizes = reading.take(sizesLength, hash);
  const seed = reading.take(seedLength, hash);
  if (!sizes || !seed) return undefined;
  const [derLength = 0, slotCount = 0, issuerCount = 0, count = 0] = [...new BigUint64Array(sizes.buffer)].map(Number);
  const [slots, issuers] = [reading.take(slotCount * 4, hash), reading.take(issuerCount * 4, hash)];
  const der = slots && issuers && reading.take(derLength, hash);
  const isWhole = der && reading.isAtEnd && Buffer.compare(head.subarray(magic.length), hash.digest()) === 0;
  if (!isWhole) return undefined;
  return {
    der,
    index: { count, seed, slots: new Uint32Array(slots.buffer), issuers: new Uint32Array(issuers.buffer) },
  };
}

/** A file from its beginning to its end, into memory that threads share. */
class Reading {
  readonly #descriptor: number;
  readonly #size: number;
  #at = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.#size = fstatSync(descriptor).size;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#size;
  }

  /** The next octets; undefined when there are not as many. */
  take(length: number, hash?: Hash): Uint8Array<SharedArrayBuffer> | undefined {
    if (!(length <= this.#size - this.#at)) return undefined;
    const octets = new Uint8Array(new SharedArrayBuffer(length));
    for (let at = 0; at < length; ) {
      const count = readSync(this.#descriptor, octets, at, Math.min(piece, length - at), this.#at + at);
      if (count === 0) return undefined;
      at += count;
    }
    if (hash) eachPiece(octets, (part) => hash.update(part));
    this.#at += length;
    return octets;
  }
}

function eachPiece(octets: Uint8Array, use: (part: Uint8Array) => unknown): void {
  for (let at = 0; at < octets.length; at += piece) use(octets.subarray(at, at + piece));
}

const octetsOf = ({ buffer, byteOffset, byteLength }: Uint32Array | BigUint64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
