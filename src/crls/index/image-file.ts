import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
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
import type { EntryIndex } from '#core/crl/format/entries/entry-index.ts';
import { readFrame } from '#core/crl/format/frame.ts';
import { withoutEntries } from '#core/crl/format/without-entries.ts';
import { digestLength, digestOf, type PagePlace, Pages, pageLength, pagesOf } from './image-pages.ts';

/**
 * A CRL with its index as a file that processes share: a head, then pages of slots, issuers and the CRL. The head names the
 * SHA-256 of every page and is authenticated with a key of the installation, so a changed file counts as absent.
 */
export interface Image {
  readonly der: Uint8Array;
  readonly index: EntryIndex;
  /** SubjectPublicKeyInfo of every key whose signature was found right. */
  readonly verifiedKeys: readonly Uint8Array[];
}

/** How images are bound to this installation, and each to what it is kept for. */
export interface ImageBinding {
  /** The first one authenticates; what an older one authenticated still counts. */
  readonly keys: readonly [Uint8Array, ...Uint8Array[]];
  /** The name under which the CRL is kept; an image of another name does not open. */
  readonly label: string;
}

/** An image that was opened and authenticated. Everything in it may be handed to a thread. */
export interface OpenImage {
  readonly pages: PagePlace;
  readonly facts: ImageFacts;
  /** Whether an older key authenticates it, which may go. */
  readonly isOfOlderKey: boolean;
}

/** What the head says. Offsets count from the first page. */
export interface ImageFacts {
  /** Octets of the CRL. */
  readonly size: number;
  readonly entryCount: number;
  readonly slotCount: number;
  /** Numbers in the table of issuers, two a pair. */
  readonly issuerCount: number;
  /** Where the signed part of the CRL begins and ends, counted from its first octet. */
  readonly tbs: readonly [number, number];
  readonly seed: Uint8Array;
  readonly verifiedKeys: readonly Uint8Array[];
  /** The CRL without its entries. */
  readonly frame: Uint8Array;
}

const hour = 3_600_000;
/** What an image begins with; the number goes up with each form. */
export const magic = Buffer.from('CARDEA-CRL-3\n\0\0\0');
/** Octets of the facts, and of the digests; eight each. */
const sizesLength = 16;
/** Facts are a frame of at most 128 KiB and a few keys, in base64. */
const largestFacts = 1024 * 1024;
const macAt = magic.length;
const sizesAt = macAt + digestLength;
const factsAt = sizesAt + sizesLength;

/** Where the parts begin, counted from the first page. Each takes whole pages. */
export function layoutOf({ size, slotCount, issuerCount }: Pick<ImageFacts, 'size' | 'slotCount' | 'issuerCount'>) {
  const issuersPage = pagesOf(slotCount * 4);
  const derPage = issuersPage + pagesOf(issuerCount * 4);
  return { issuersAt: issuersPage * pageLength, derAt: derPage * pageLength, pageCount: derPage + pagesOf(size) };
}

/** Writes an image beside the file and moves it there, so that the file is always one or the other. */
export function saveImage({ file, image, binding }: SaveInput): true {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeTo(draft, image, binding);
    clearDrafts(file, statSync(draft).mtimeMs);
    renameSync(draft, file);
  } catch (problem) {
    rmSync(draft, { force: true });
    throw problem;
  }
  return true;
}
interface SaveInput {
  readonly file: string;
  readonly image: Image;
  readonly binding: ImageBinding;
}

/** Gigabytes that a process left behind when it ended in the middle: drafts of the same file, an hour older than ours. */
function clearDrafts(file: string, now: number): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder).filter((item) => item.startsWith(`${basename(file)}.`))) {
    const output = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (output < now - hour) rmSync(join(folder, name), { force: true });
  }
}

function writeTo(draft: string, image: Image, binding: ImageBinding): void {
  const facts = factsOf(image);
  const text = Buffer.from(JSON.stringify(facts, octetsAsText));
  const { pageCount } = layoutOf(facts);
  const digests = new Uint8Array(pageCount * digestLength);
  const sizes = octetsOf(new BigUint64Array([text.length, digests.length].map(BigInt)));
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writePages(descriptor, startOfPages(text.length, digests.length), image, digests);
    const head = Buffer.concat([sizes, text, digests]);
    writeAll(descriptor, Buffer.concat([magic, macOf(head, binding.label, binding.keys[0]), head]), 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function factsOf({ der, index, verifiedKeys }: Image): ImageFacts {
  const frame = readFrame(der);
  const tbsStart = frame.tbs.byteOffset - der.byteOffset;
  return {
    size: der.length,
    entryCount: index.count,
    slotCount: index.slots.length,
    issuerCount: index.issuers.length,
    tbs: [tbsStart, tbsStart + frame.tbs.length],
    seed: index.seed,
    verifiedKeys,
    frame: withoutEntries(der, frame),
  };
}

/** Octets written at once. */
const piecePages = 256;

function writePages(descriptor: number, start: number, { der, index }: Image, digests: Uint8Array): void {
  let page = 0;
  for (const part of [octetsOf(index.slots), octetsOf(index.issuers), der])
    for (let at = 0; at < part.length; at += piecePages * pageLength) {
      const piece = wholePages(part.subarray(at, at + piecePages * pageLength));
      writeAll(descriptor, piece, start + page * pageLength);
      for (let i = 0; i < piece.length; i += pageLength, page++)
        digests.set(digestOf(piece.subarray(i, i + pageLength)), page * digestLength);
    }
}

/** The octets, with zeros up to the end of their last page. */
function wholePages(octets: Uint8Array): Uint8Array {
  if (octets.length % pageLength === 0) return octets;
  const whole = new Uint8Array(pagesOf(octets.length) * pageLength);
  whole.set(octets);
  return whole;
}

function writeAll(descriptor: number, octets: Uint8Array, position: number): void {
  for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at, octets.length - at, position + at);
}

/**
 * Reads and authenticates the head of an image. With `isWhole`, all pages are read too. Undefined for what
 * {@link saveImage} did not write for this binding, and for what was changed or cut off since.
 */
export function openImage({ descriptor, binding, isWhole }: OpenInput): OpenImage | undefined {
  const head = headIn(descriptor, binding);
  if (!head) return undefined;
  const { octets, factsLength, digestsLength, size } = head;
  const factsEnd = sizesLength + factsLength;
  const facts = JSON.parse(Buffer.from(octets.subarray(sizesLength, factsEnd)).toString(), textAsOctets) as ImageFacts;
  const digests = new Uint8Array(new SharedArrayBuffer(digestsLength));
  digests.set(octets.subarray(factsEnd));
  const pages = { descriptor, start: startOfPages(factsLength, digestsLength), digests };
  if (size !== pages.start + layoutOf(facts).pageCount * pageLength) return undefined;
  if (isWhole && !new Pages(pages).areWhole()) return undefined;
  return { pages, facts, isOfOlderKey: head.key > 0 };
}
interface OpenInput {
  readonly descriptor: number;
  readonly binding: ImageBinding;
  readonly isWhole: boolean;
}

/** Authenticates an image with the newest key, so that it outlives the older ones. */
export function renewImage({ file, binding }: { readonly file: string; readonly binding: ImageBinding }): true {
  const descriptor = openSync(file, 'r+');
  try {
    const head = headIn(descriptor, binding);
    if (head) writeAll(descriptor, macOf(head.octets, binding.label, binding.keys[0]), macAt);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return true;
}

/** What is authenticated of an image, and which of the keys did it; undefined where none of them did. */
function headIn(descriptor: number, binding: ImageBinding) {
  const { size } = fstatSync(descriptor);
  const begin = take(descriptor, 0, factsAt, size);
  if (!begin || Buffer.compare(begin.subarray(0, macAt), magic) !== 0) return undefined;
  const sizes = begin.subarray(sizesAt);
  const [factsLength = 0, digestsLength = 0] = [...new BigUint64Array(sizes.slice().buffer)].map(Number);
  if (factsLength > largestFacts) return undefined;
  const rest = take(descriptor, factsAt, factsLength + digestsLength, size);
  if (!rest) return undefined;
  const octets = new Uint8Array(Buffer.concat([sizes, rest]));
  const key = keyOf(octets, begin.subarray(macAt, sizesAt), binding);
  return key === -1 ? undefined : { octets, factsLength, digestsLength, size, key };
}

/** The octets at `position`; undefined when the file of `size` octets has not as many. */
function take(descriptor: number, position: number, length: number, size: number): Uint8Array | undefined {
  if (!(length <= size - position)) return undefined;
  const octets = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const count = readSync(descriptor, octets, at, length - at, position + at);
    if (count === 0) return undefined;
    at += count;
  }
  return octets;
}

const startOfPages = (factsLength: number, digestsLength: number): number =>
  pagesOf(factsAt + factsLength + digestsLength) * pageLength;

/** Which key authenticated the head, counted from the newest; -1 where none did. */
const keyOf = (head: Uint8Array, mac: Uint8Array, { keys, label }: ImageBinding): number =>
  keys.findIndex((key) => timingSafeEqual(macOf(head, label, key), mac));

/** The label has a digest's length in front of the head, so that no octet of it can be taken for one of the head. */
const macOf = (head: Uint8Array, label: string, key: Uint8Array): Buffer =>
  createHmac('sha256', key)
    .update(digestOf(Buffer.from(label)))
    .update(head)
    .digest();

const octetsOf = ({ buffer, byteOffset, byteLength }: Uint32Array | BigUint64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Octets in JSON: `{ "octets": base64 }`. */
const octetsAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { octets: Buffer.from(value).toString('base64') } : value;
function textAsOctets(_: string, value: unknown): unknown {
  const { octets } = (value ?? {}) as { octets?: unknown };
  return typeof octets === 'string' ? new Uint8Array(Buffer.from(octets, 'base64')) : value;
}
