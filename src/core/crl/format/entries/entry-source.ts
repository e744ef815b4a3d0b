import type { Name } from '#core/x509/name.ts';
import { type Entry, issuersAt, readEntry } from './entry.ts';
import { type EntryIndex, findEntries, issuerNamesOf } from './entry-index.ts';

/** An entry of a CRL, and the issuers of the certificates it is about. */
export interface IndexedEntry {
  readonly entry: Entry;
  /** Undefined for the issuer of the CRL itself (RFC 5280 §5.3.3). */
  readonly issuers: readonly Name[] | undefined;
}

/** Where the entries of a CRL are read: memory of this process, or a file that several processes share. */
export interface EntrySource {
  /** Each entry with this serial number (content octets). A careless CA may list one twice. @throws DerError, EntriesUnreadable */
  entriesWith(serialNumber: Uint8Array): readonly IndexedEntry[];
  /** The octets `[start, end)` of the CRL. @throws EntriesUnreadable */
  bytes(start: number, end: number): Uint8Array;
}

/** The entries of a CRL cannot be read now: the file that has them was changed. A fault of the server, not of the CRL. */
export class EntriesUnreadable extends Error {
  readonly url: string;
  constructor(url: string, cause: unknown) {
    super(`the entries of the CRL ${url} cannot be read`, { cause });
    this.name = 'EntriesUnreadable';
    this.url = url;
  }
}

/** Entries of a CRL that is in memory as a whole, with its index. */
export function entriesInMemory(der: Uint8Array, index: EntryIndex): EntrySource {
  return {
    entriesWith: (serialNumber) =>
      findEntries(der, index, serialNumber).map((offset) => {
        const names = issuerNamesOf(index, offset);
        const issuers = names === undefined ? undefined : issuersAt(der, names);
        return { entry: readEntry(der, offset), issuers };
      }),
    bytes: (start, end) => der.subarray(start, end),
  };
}
