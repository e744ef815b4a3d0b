import { createHash, randomBytes } from 'node:crypto';

/** Longest serial number we index. RFC 5280 §4.1.2.2 allows twenty octets; some CAs add a sign octet, none comes near this. */
export const longestSerialNumber = 64;

/** One secret for all that this process indexes, so that its tables are made once. */
export const seedOfThisProcess = new Uint8Array(randomBytes(16));

/** The tables of each seed in use; they go when the index that holds the seed goes. */
const memory = new WeakMap<Uint8Array, Uint32Array>();

/**
 * The tables of a keyed tabulation hash: one word for each value an octet can take at each place. Serial numbers are
 * chosen by the one who requests a certificate of a CA, so a hash without a secret could be driven into collisions.
 */
export function hashTables(seed: Uint8Array): Uint32Array {
  const cachedTables = memory.get(seed);
  if (cachedTables) return cachedTables;
  const octets = createHash('shake256', { outputLength: longestSerialNumber * 256 * 4 })
    .update(seed)
    .digest();
  const tables = new Uint32Array(new Uint8Array(octets).buffer);
  memory.set(seed, tables);
  return tables;
}

/** Hash of the octets `[start, end)`, an unsigned 32-bit number. At most {@link longestSerialNumber} octets. */
export function hashSerialNumber(tables: Uint32Array, view: DataView, start: number, end: number): number {
  let hash = 0;
  let table = 0;
  let at = start;
  for (; at + 4 <= end; at += 4, table += 1024) {
    const word = view.getInt32(at);
    hash ^= tables[table + (word >>> 24)]! ^ tables[table + 256 + ((word >>> 16) & 0xff)]!;
    hash ^= tables[table + 512 + ((word >>> 8) & 0xff)]! ^ tables[table + 768 + (word & 0xff)]!;
  }
  for (; at < end; at++, table += 256) hash ^= tables[table + view.getUint8(at)]!;
  return hash >>> 0;
}

/** The same hash of a serial number that stands alone. */
export function hashOf(tables: Uint32Array, serialNumber: Uint8Array): number {
  let hash = 0;
  for (let at = 0, table = 0; at < serialNumber.length; at++, table += 256) hash ^= tables[table + serialNumber[at]!]!;
  return hash >>> 0;
}
