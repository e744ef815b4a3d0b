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
 * The extensions of a CRL or of an entry (RFC 5280 §4.2: at least one, none twice), each looked at by its row in `known`.
 * @throws DerError, UnknownCriticalExtension
 */
export function readExtensions(
  extensions: DerReader,
  place: string,
  handlers: Readonly<Record<string, (extension: CrlExtension) => void>>,
): void {
  const seenOids = new Set<string>();
  while (!extensions.atEnd) {
    const extension = readExtension(extensions);
    if (seenOids.has(extension.oid)) throw extensions.error(`the extension ${extension.oid} twice`, extension.offset);
    if (seenOids.add(extension.oid).size > mostExtensions)
      throw extensions.error(`more than ${mostExtensions} extensions`);
    const look = Object.hasOwn(handlers, extension.oid) ? handlers[extension.oid] : undefined;
    if (!look && extension.critical) throw new UnknownCriticalExtension(extension, place);
    look?.(extension);
  }
  if (seenOids.size === 0) throw extensions.error('a list of extensions that holds none');
}

function readExtension(extensions: DerReader): CrlExtension {
  const offset = extensions.offset;
  const fields = extensions.enter(tags.sequence, 'Extension');
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
