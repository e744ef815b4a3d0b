import { DerReader, type Notes } from '#core/asn1/der.ts';
import { tags } from '#core/asn1/tags.ts';
import type { Tolerance } from '#core/trace/tolerances.ts';
import type { Name } from '#core/x509/name.ts';
import { directoryNames, generalNames } from '../../distribution-points/distribution-point.ts';
import { readExtensions, unlessUnreadable } from '../extension-list.ts';
import { longestSerialNumber } from './serial-hash.ts';

/** What one entry of revokedCertificates says (RFC 5280 §5.1.2.6). */
export interface Entry {
  readonly revocationDate: Date;
  /** CRLReason (§5.3.1); undefined when the entry does not say. */
  readonly reason: number | undefined;
  /** Where the GeneralNames of its certificateIssuer begin (§5.3.3); undefined when it has none. */
  readonly issuerNames: number | undefined;
  /** Where the content octets of its serial number begin. */
  readonly serialNumber: number;
  /** The slips of encoding that were read in spite of the rules; absent where there are none. */
  readonly tolerances?: readonly Tolerance[];
}

const reasonCode = '2.5.29.21';
const holdInstructionCode = '2.5.29.23';
const invalidityDate = '2.5.29.24';
const certificateIssuer = '2.5.29.29';

/**
 * Reads the entry at `offset`, strictly, from its first octet to its last; it ends at `end` or before.
 * @throws DerError, UnknownCriticalExtension
 */
export function readEntry(der: Uint8Array, offset: number, end = der.length): Entry {
  const notes: Notes = new Set();
  const outer = new DerReader(der, 'revokedCertificates', offset, end, 0, notes);
  const fields = outer.enter(tags.sequence, 'revoked certificate');
  const octets = fields.integer('userCertificate');
  if (octets.length > longestSerialNumber) throw fields.error(`a serial number of ${octets.length} octets`);
  const serialNumber = fields.offset - octets.length;
  const revocationDate = fields.time('revocationDate');
  const extensions = fields.enterOptional(tags.sequence, 'crlEntryExtensions');
  fields.end();
  return {
    revocationDate,
    serialNumber,
    reason: undefined,
    issuerNames: undefined,
    ...(extensions && readEntryExtensions(extensions, der)),
    ...(notes.size > 0 ? { tolerances: [...notes].sort() } : {}),
  };
}

function readEntryExtensions(extensions: DerReader, der: Uint8Array): Partial<Entry> {
  const entry: { reason?: number; issuerNames?: number } = {};
  readExtensions(extensions, 'entry extension', {
    [reasonCode]: ({ value }) => {
      entry.reason = readReason(value);
    },
    // Hold instructions are gone from RFC 5280 but still stand in old CRLs; they change nothing.
    [holdInstructionCode]: (extension) =>
      unlessUnreadable(extension, extensions.notes, () =>
        whole(extension.value, 'holdInstructionCode', (reader) => reader.oid('holdInstructionCode')),
      ),
    [invalidityDate]: (extension) =>
      unlessUnreadable(extension, extensions.notes, () =>
        whole(extension.value, 'invalidityDate', (reader) => reader.time('invalidityDate')),
      ),
    [certificateIssuer]: ({ valueOffset, value }) => {
      entry.issuerNames = checkIssuerNames(der, valueOffset, value.length);
    },
  });
  return entry;
}

function whole<T>(value: Uint8Array, label: string, read: (reader: DerReader) => T): T {
  const reader = new DerReader(value, label);
  const result = read(reader);
  reader.end();
  return result;
}

function readReason(value: Uint8Array): number {
  const octets = whole(value, 'CRLReason', (reader) => reader.contents(tags.enumerated, 'CRLReason'));
  const [reason] = octets;
  if (reason === undefined || octets.length > 1)
    throw new DerReader(value, 'CRLReason').error('a reason of other than one octet');
  return reason;
}

/** A certificate's issuer is a directory name, so there must be at least one. */
function checkIssuerNames(der: Uint8Array, offset: number, length: number): number {
  if (issuersAt(der, offset, length).length === 0)
    throw new DerReader(der, 'certificateIssuer').error('no directory name', offset);
  return offset;
}

/** The directory names in the GeneralNames at `offset` (§5.3.3). */
export function issuersAt(der: Uint8Array, offset: number, length = der.length - offset): Name[] {
  const names = new DerReader(der, 'certificateIssuer', offset, offset + length).enter(
    tags.sequence,
    'certificateIssuer',
  );
  return directoryNames(generalNames(names));
}
