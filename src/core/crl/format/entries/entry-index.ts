import { DerReader } from '#core/asn1/der.ts';
import { headerAt } from '#core/asn1/header.ts';
import { tags } from '#core/asn1/tags.ts';
import { readEntry } from './entry.ts';
import { plainEntry } from './plain-entry.ts';
import { hashOf, hashSerialNumber, hashTables, longestSerialNumber } from './serial-hash.ts';

/**
 * Where each entry of a CRL stands, by serial number. Only typed arrays over buffers that threads can share, so one
 * thread builds it, another uses it and a file keeps it. Eight bytes an entry.
 */
export interface EntryIndex {
  readonly count: number;
  /** Secret of the hash, 16 octets. */
  readonly seed: Uint8Array;
  /** Open addressing, half full: the offset of an entry, or 0. */
  readonly slots: Uint32Array;
  /** Indirect CRLs: pairs of an entry's offset and the offset of the certificateIssuer names that hold from it on (RFC 5280 §5.3.3). */
  readonly issuers: Uint32Array;
}

/** An index over nothing. */
export const emptyIndex: EntryIndex = {
  count: 0,
  seed: new Uint8Array(16),
  slots: new Uint32Array(0),
  issuers: new Uint32Array(0),
};

/** Where revokedCertificates' entries are: `der[start, end)`. */
export interface EntrySpan {
  readonly start: number;
  readonly end: number;
}

/**
 * How far a serial number may stand from its place. In a half-full table of distinct keys 256 steps have a chance of
 * 10⁻²¹ (0.824ᵏ, Knuth's α·e^(1−α) at one half); only the same serial number over and over gets there.
 */
const longestProbe = 256;

/** Offsets are kept in 32 bits; one that did not fit would hide a revocation. */
const largestCrl = 0xffff_ffff;

/** Entries whose places are computed before they are put in, so that the memory's delays overlap. */
const batchSize = 4096;

/**
 * One strict pass over the entries of a CRL.
 * @throws DerError, UnknownCriticalExtension
 */
export function indexEntries(der: Uint8Array, span: EntrySpan, isIndirect: boolean, seed: Uint8Array): EntryIndex {
  if (der.length > largestCrl) throw new DerReader(der, 'CertificateList').error(`more than ${largestCrl} bytes`);
  const count = countEntries(der, span);
  const slots = new Uint32Array(new SharedArrayBuffer(count * 8));
  // Memory is handed out a page at a time; taking the pages in order is three times faster than as the hash falls.
  slots.fill(0);
  const issuers = fill(slots, der, span, seed);
  if (issuers.length > 0 && !isIndirect)
    throw new DerReader(der, 'revokedCertificates').error(
      'certificateIssuer in a CRL that is not indirect',
      issuers[0],
    );
  return { count, seed, slots, issuers: sharedCopy(issuers) };
}

function countEntries(der: Uint8Array, { start, end }: EntrySpan): number {
  let count = 0;
  for (let at = start; at < end; count++) at = entryEnd(der, at, end);
  return count;
}

/** Where the entry at `at` ends. Most entries are short, and there are millions. */
function entryEnd(der: Uint8Array, at: number, limit: number): number {
  const next = at + 2 + der[at + 1]!;
  if (der[at] === tags.sequence && next - at < 0x82 && next <= limit) return next;
  const reader = new DerReader(der, 'revokedCertificates', at, limit);
  reader.enter(tags.sequence, 'revoked certificate');
  return reader.offset;
}

function fill(slots: Uint32Array, der: Uint8Array, { start, end }: EntrySpan, seed: Uint8Array): number[] {
  const view = new DataView(der.buffer, der.byteOffset, der.byteLength);
  const tables = hashTables(seed);
  const perHash = slots.length / 0x1_0000_0000;
  const places = new Uint32Array(batchSize);
  const offsets = new Uint32Array(batchSize);
  const issuers: number[] = [];
  let batched = 0;
  for (let at = start; at < end; ) {
    const next = entryEnd(der, at, end);
    const time = plainEntry(view, at, next);
    const serialStart = time === 0 ? lookCloser(der, at, next, issuers) : at + 4;
    const serialEnd = time === 0 ? serialStart + der[serialStart - 1]! : time;
    places[batched] = Math.floor(hashSerialNumber(tables, view, serialStart, serialEnd) * perHash);
    offsets[batched++] = at;
    if (batched === batchSize) batched = insert(slots, places, offsets, batched, der);
    at = next;
  }
  insert(slots, places, offsets, batched, der);
  return issuers;
}

/** An entry out of the ordinary: reads all of it, notes whose it is, and returns where its serial number's octets begin. */
function lookCloser(der: Uint8Array, at: number, next: number, issuers: number[]): number {
  const { issuerNames, serialNumber } = readEntry(der, at, next);
  if (issuerNames !== undefined) issuers.push(at, issuerNames);
  return serialNumber;
}

function insert(slots: Uint32Array, places: Uint32Array, offsets: Uint32Array, batched: number, der: Uint8Array): 0 {
  for (let i = 0; i < batched; i++) {
    let place = places[i]!;
    for (let probe = 0; slots[place] !== 0; probe++) {
      if (probe === longestProbe) throw tooOften(der, offsets[i]!);
      place = place + 1 === slots.length ? 0 : place + 1;
    }
    slots[place] = offsets[i]!;
  }
  return 0;
}

const tooOften = (der: Uint8Array, offset: number): Error =>
  new DerReader(der, 'revokedCertificates').error(`the same serial number more than ${longestProbe} times`, offset);

function sharedCopy(numbers: readonly number[]): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(numbers.length * 4));
  copy.set(numbers);
  return copy;
}

/** Offsets of every entry with this serial number (content octets); a careless CA may list one twice. */
export function findEntries(der: Uint8Array, index: EntryIndex, serialNumber: Uint8Array): readonly number[] {
  const { slots } = index;
  let place = placeOf(index.seed, slots.length, serialNumber);
  if (place === undefined) return nothing;
  let matches: number[] | undefined;
  for (let offset = slots[place]!; offset !== 0; offset = slots[place]!) {
    if (hasSerialNumber(der, offset, serialNumber)) matches = [...(matches ?? []), offset];
    place = place + 1 === slots.length ? 0 : place + 1;
  }
  return matches ?? nothing;
}
const nothing: readonly number[] = [];

/** The slot at which the search for a serial number begins; undefined where it cannot be in the index. */
export function placeOf(seed: Uint8Array, slotCount: number, serialNumber: Uint8Array): number | undefined {
  if (slotCount === 0 || serialNumber.length === 0 || serialNumber.length > longestSerialNumber) return undefined;
  return Math.floor(hashOf(hashTables(seed), serialNumber) * (slotCount / 0x1_0000_0000));
}

/** Whether the entry at `offset` has this serial number. */
export function hasSerialNumber(der: Uint8Array, offset: number, serialNumber: Uint8Array): boolean {
  const entry = headerAt(der, offset, 'revoked certificate');
  const serial = entry && headerAt(der, entry.start, 'userCertificate');
  if (serial?.length !== serialNumber.length) return false;
  for (let i = 0; i < serialNumber.length; i++) if (der[serial.start + i] !== serialNumber[i]) return false;
  return true;
}

/** Offset of the certificateIssuer names that hold for the entry at `offset`; undefined means the issuer of the CRL. */
export const issuerNamesOf = ({ issuers }: EntryIndex, offset: number): number | undefined =>
  issuerNamesIn(issuers.length / 2, (i) => issuers[i]!, offset);

/** The same over `pairs` pairs of offsets, of which `at` answers one number. */
export function issuerNamesIn(pairs: number, at: (i: number) => number, offset: number): number | undefined {
  let low = 0;
  let high = pairs;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle * 2) <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : at(low * 2 - 1);
}
