import { DerReader } from '../../asn1/der.ts';
import { tags } from '../../asn1/tags.ts';
import { derOf, headOf } from '../../asn1/write-der.ts';
import type { CrlFrame } from './frame.ts';

/**
 * The same CertificateList without revokedCertificates, with the lengths around it corrected. {@link readFrame} reads the
 * same facts from it, and its size does not grow with the number of entries. Its signature is that of the whole CRL.
 * @throws DerError
 */
export function withoutEntries(der: Uint8Array, { entries, tbs }: Pick<CrlFrame, 'entries' | 'tbs'>): Uint8Array {
  if (entries.end === entries.start) return der.slice();
  const tbsStart = tbs.byteOffset - der.byteOffset;
  const tbsEnd = tbsStart + tbs.length;
  const contents = new DerReader(der, 'CertificateList', tbsStart, tbsEnd).contents(tags.sequence, 'TBSCertList');
  const sequenceStart = entries.start - headOf(tags.sequence, entries.end - entries.start).length;
  const before = der.subarray(tbsEnd - contents.length, sequenceStart);
  const fields = derOf(tags.sequence, before, der.subarray(entries.end, tbsEnd));
  return derOf(tags.sequence, fields, der.subarray(tbsEnd));
}
