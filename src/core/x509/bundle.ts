import { contextConstructed, DerError, DerReader, tags } from '../asn1/der.ts';
import { passed, type Ruling, refused } from '../trace/ruling.ts';
import { type Certificate, readCertificate } from './certificate.ts';

/** UP-3: 250 CAs of 8 KB. */
export const largestBundle = 250 * 8 * 1024;

const signedData = '1.2.840.113549.1.7.2';

/**
 * Labels under which a PKCS #7 file goes about in PEM (RFC 7468 §8, §9); Microsoft's certificate services call theirs a
 * certificate.
 */
const armour = /-----BEGIN (PKCS7|PKCS #7 SIGNED DATA|CMS|CERTIFICATE)-----([^-]+)-----END \1-----/;

/**
 * The certificates of a certs-only PKCS #7 file, `.p7b` or `.p7c` (RFC 5652 §5.1, RFC 8551 §3.8), in the order written:
 * DER or PEM. One that is signed, or encloses content, is no such file. Lists in it are not looked at.
 */
export function readBundle(bytes: Uint8Array): Ruling<readonly Certificate[]> {
  if (bytes.length > largestBundle * 2) return tooLarge(bytes.length);
  const der = unarmoured(bytes);
  if (der.length > largestBundle) return tooLarge(der.length);
  try {
    return readAll(certificatesOf(contentOf(der)));
  } catch (problem) {
    if (!(problem instanceof DerError)) throw problem;
    const { reading, offset, problem: label } = problem;
    return refused('bundleUnreadable', { reading, offset, problem: label });
  }
}

const tooLarge = (length: number) => refused('bundleTooLarge', { bytes: length, limit: largestBundle });

function unarmoured(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === tags.sequence) return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const base64 = armour.exec(text)?.[2];
  return base64 === undefined ? bytes : new Uint8Array(Buffer.from(base64, 'base64'));
}

/** ContentInfo: which must hold SignedData. */
function contentOf(der: Uint8Array): DerReader {
  const outer = new DerReader(der, 'PKCS #7');
  const info = outer.enter(tags.sequence, 'ContentInfo');
  outer.end();
  const type = info.oid('contentType');
  if (type !== signedData) throw info.error(`content of the type ${type} where signed data belongs`);
  const explicit = info.enter(contextConstructed(0), 'content');
  info.end();
  const content = explicit.enter(tags.sequence, 'SignedData');
  explicit.end();
  return content;
}

/** SignedData without content and signers; gives the DER of each certificate. */
function certificatesOf(content: DerReader): readonly Uint8Array[] {
  const version = content.smallInteger('version');
  if (![1, 3, 4, 5].includes(version)) throw content.error(`the version ${version}`);
  content.enter(tags.set, 'digestAlgorithms');
  const encapsulated = content.enter(tags.sequence, 'encapContentInfo');
  encapsulated.oid('eContentType');
  if (!encapsulated.atEnd) throw encapsulated.error('content, which a file of certificates has none of');
  const list = content.enterOptional(contextConstructed(0), 'certificates');
  content.enterOptional(contextConstructed(1), 'crls');
  const signers = content.enter(tags.set, 'signerInfos');
  if (!signers.atEnd) throw signers.error('a signature, which a file of certificates has none of');
  content.end();
  const certificates: Uint8Array[] = [];
  while (list && !list.atEnd) {
    // CertificateChoices has further kinds; none is X.509 as we know it.
    if (list.tag !== tags.sequence) throw list.error('an element that is not an X.509 certificate');
    certificates.push(list.element('certificate').whole);
  }
  if (certificates.length === 0) throw content.error('no certificate');
  return certificates;
}

function readAll(ders: readonly Uint8Array[]): Ruling<readonly Certificate[]> {
  const certificates: Certificate[] = [];
  for (const der of ders) {
    const ruling = readCertificate(der);
    if (ruling.outcome !== 'passed') return ruling;
    certificates.push(ruling.value);
  }
  return passed(certificates, 'bundleRead', { certificates: certificates.length });
}
