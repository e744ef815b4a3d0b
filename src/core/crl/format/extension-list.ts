import { DerError, type DerReader, type Notes } from '../../asn1/der.ts';
import { tags } from '../../asn1/tags.ts';

/** One extension of a CRL or of one of its entries. Offsets are into the CRL. */
export interface CrlExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly offset: number;
  readonly value: Uint8Array;
  /** Where `value` begins. */
  readonly valueOffset: number;
}

/** An unknown critical extension: RFC 5280 §5.2 and §5.3 forbid using a CRL that has one. */
export class UnknownCriticalExtension extends Error {
  readonly oid: string;
  readonly offset: number;
  readonly place: string;
  constructor({ oid, offset }: CrlExtension, place: string) {
    super(`critical ${place} ${oid}`);
    this.oid = oid;
    this.offset = offset;
    this.place = place;
  }
}

/** How many extensions a CRL or one entry of it may have; there are nine in RFC 5280. */
const mostExtensions = 64;

/**
 * The extensions in `list` (RFC 5280 §4.2: at least one, none twice), each looked at by its row in `known`.
 * @throws DerError, UnknownCriticalExtension
 */
export function readExtensions(
  list: DerReader,
  place: string,
  handlers: Readonly<Record<string, (extension: CrlExtension) => void>>,
): void {
  const seenOids = new Set<string>();
  while (!list.atEnd) {
    const extension = readExtension(list);
    if (seenOids.has(extension.oid)) throw list.error(`the extension ${extension.oid} twice`, extension.offset);
    if (seenOids.add(extension.oid).size > mostExtensions) throw list.error(`more than ${mostExtensions} extensions`);
    const look = Object.hasOwn(handlers, extension.oid) ? handlers[extension.oid] : undefined;
    if (!look && extension.critical) throw new UnknownCriticalExtension(extension, place);
    look?.(extension);
  }
  if (seenOids.size === 0) throw list.error('a list of extensions that holds none');
}

function readExtension(list: DerReader): CrlExtension {
  const offset = list.offset;
  const fields = list.enter(tags.sequence, 'Extension');
  const oid = fields.oid('extnID');
  const critical = fields.optionalBoolean('critical');
  const value = fields.octetString('extnValue');
  const valueOffset = fields.offset - value.length;
  fields.end();
  return { oid, critical, offset, value, valueOffset };
}

/**
 * What a non-critical extension says that decides nothing; undefined, and noted, where its value cannot be read.
 * @throws DerError for a critical one
 */
export function unlessUnreadable<T>(
  { critical }: CrlExtension,
  notes: Notes | undefined,
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (problem) {
    if (critical || !(problem instanceof DerError)) throw problem;
    notes?.add('unreadableExtension');
    return undefined;
  }
}
