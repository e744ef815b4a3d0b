import { BerReader } from '#core/asn1/ber.ts';
import { tags } from '#core/asn1/tags.ts';
import { dottedOid } from '#core/asn1/values.ts';

/**
 * A PKCS #12 file as a tree, read by core's reader of BER: NSS writes indefinite lengths and strings in pieces (ITU-T X.690
 * §8.1.3.6 and §8.7). Certificates themselves are read by core's strict reader, never by this.
 */
const label = 'PKCS #12';

/** One TLV. `children` is set when constructed; `whole` is its bytes as they came. */
export interface Ber {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
  readonly children: readonly Ber[];
}

/** Thrown for anything that is not BER; callers turn it into their own typed error. */
export class BerError extends Error {}

/** Deeper than any PKCS#12 file, shallower than the call stack. */
const depthLimit = 64;

/** Reads exactly one TLV. @throws BerError, DerError */
export function readBer(bytes: Uint8Array): Ber {
  const reader = new BerReader(bytes, label);
  const ber = nextOf(reader, 0);
  reader.end();
  return ber;
}

function nextOf(reader: BerReader, depth: number): Ber {
  if (depth > depthLimit) throw new BerError('nested too deeply');
  const { tag, contents, whole } = reader.element(label);
  const children: Ber[] = [];
  if ((tag & 0x20) !== 0)
    for (const inner = new BerReader(contents, label); !inner.atEnd; ) children.push(nextOf(inner, depth + 1));
  return { tag, content: contents, whole, children };
}

/** The octets of an OCTET STRING (also under an implicit tag), joined when it was written in pieces. */
export function octetsOf(ber: Ber): Uint8Array {
  return (ber.tag & 0x20) === 0 ? ber.content : Buffer.concat(ber.children.map(octetsOf));
}

/** The n-th child; throws {@link BerError} when there is none, or when its tag is not the one expected. */
export function child(ber: Ber | undefined, n: number, tag?: number): Ber {
  const childElement = ber?.children[n];
  if (!childElement || (tag !== undefined && childElement.tag !== tag))
    throw new BerError(`element ${n} is not what it should be`);
  return childElement;
}

/** Dotted form of an OBJECT IDENTIFIER. */
export function oidOf(ber: Ber): string {
  const dotted = ber.tag === tags.oid ? dottedOid(ber.content) : undefined;
  if (dotted === undefined) throw new BerError('not an object identifier');
  return dotted;
}

/** A small non-negative INTEGER (iteration counts, key lengths). */
export function numberOf(ber: Ber): number {
  if (ber.tag !== 0x02 || ber.content.length === 0 || ber.content.length > 6) throw new BerError('not a small integer');
  return ber.content.reduce((value, part) => value * 256 + part, 0);
}
