import { DerReader } from '../../asn1/der.ts';
import { tags } from '../../asn1/tags.ts';
import type { CrlFrame } from './frame.ts';

/**
 * The same CertificateList without revokedCertificates, with the lengths around it corrected. {@link readFrame} reads the
 * same facts from it, and its size does not grow with the number of entries. Its signature is that of the whole list.
 * @throws DerError
 */
export function withoutEntries(der: Uint8Array, { entries, tbs }: Pick<CrlFrame, 'entries' | 'tbs'>): Uint8Array {
  if (entries.end === entries.start) return der.slice();
  const tbsStart = tbs.byteOffset - der.byteOffset;
  const tbsEnd = tbsStart + tbs.length;
  const contents = new DerReader(der, 'CertificateList', tbsStart, tbsEnd).contents(tags.sequence, 'TBSCertList');
  const listStart = entries.start - headOf(entries.end - entries.start).length;
  const before = der.subarray(tbsEnd - contents.length, listStart);
  const fields = sequenceOf(before, der.subarray(entries.end, tbsEnd));
  return sequenceOf(fields, der.subarray(tbsEnd));
}

function sequenceOf(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return new Uint8Array(Buffer.concat([headOf(length), ...parts]));
}

/** Tag and length of a SEQUENCE, as DER writes them (X.690 §10.1). */
function headOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tags.sequence, length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(tags.sequence, 0x80 | octets.length, ...octets);
}
