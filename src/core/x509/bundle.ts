import { createHash } from 'node:crypto';
import { DerError, DerReader } from '../asn1/der.ts';
import { fileKind } from '../asn1/file-kind.ts';
import { bareBase64, fileText } from '../asn1/file-text.ts';
import { outerHeader } from '../asn1/header.ts';
import { certificatesInPkcs7 } from '../asn1/pkcs7.ts';
import { contextConstructed, tags } from '../asn1/tags.ts';
import { passed, type Ruling, refused } from '../trace/ruling.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { nameToString, readName } from './name.ts';

/** 1,000 CAs of 8 KB (UP-3 has 250): all bundles of the US Federal PKI together hold 287 CAs. */
export const largestBundle = 1000 * 8 * 1024;

/** One certificate of a bundle, read or refused. */
export interface BundleEntry {
  /** Its place in the file, from 1. */
  readonly position: number;
  /** Upper-case hex, over its bytes as they are in the file. */
  readonly sha1Thumbprint: string;
  /** The subject, as far as it can be read; empty where it cannot. */
  readonly subject: string;
  readonly ruling: Ruling<Certificate>;
}

/**
 * Labels under which a PKCS #7 file goes about in PEM (RFC 7468 §8, §9); Microsoft's certificate services call theirs a
 * certificate. A file of certificates one after the other has the label of a certificate, too.
 */
const armour =
  /-----BEGIN (PKCS7|PKCS #7 SIGNED DATA|CMS|CERTIFICATE|X509 CERTIFICATE|TRUSTED CERTIFICATE)-----([^-]+)-----END \1-----/g;

/**
 * The certificates of a certs-only PKCS #7 file, `.p7b` or `.p7c` (RFC 5652 §5.1, RFC 8551 §3.8), or of a PEM file, in the
 * order written. The envelope may be BER, the certificates in it are DER. A certificate that cannot be read is an entry
 * with its refusal and keeps no other one out. A file that is signed, or encloses content, is refused. CRLs in it are not
 * looked at. A single certificate is a bundle of one. Refuses with `bundleOfOtherKind`, `bundleUnreadable` or `bundleTooLarge`.
 */
export function readBundle(bytes: Uint8Array): Ruling<readonly BundleEntry[]> {
  if (bytes.length > largestBundle * 2) return tooLarge(bytes.length);
  const blocks = bytes[0] === tags.sequence ? [] : pemBlocks(bytes);
  const file = blocks.length === 0 ? (bareBase64(bytes) ?? bytes) : bytes;
  const length = blocks.length === 0 ? file.length : blocks.reduce((sum, { der }) => sum + der.length, 0);
  if (length > largestBundle) return tooLarge(length);
  const kind = blocks.length === 0 ? fileKind(file) : 'a PKCS #7 file';
  if (!readKinds.has(kind)) return refused('bundleOfOtherKind', { kind });
  try {
    const ders = blocks.length > 0 ? blocks.flatMap(certificatesIn) : dersIn(file, kind);
    const entries = ders.map((der, index) => entryOf(der, index + 1));
    return passed(entries, 'bundleRead', { certificates: entries.length });
  } catch (problem) {
    if (!(problem instanceof DerError)) throw problem;
    const { reading, offset, problem: label } = problem;
    return refused('bundleUnreadable', { reading, offset, problem: label });
  }
}

/** Kinds of file that are read. The envelope of a bundle may be BER, which has no kind. */
const readKinds: ReadonlySet<string> = new Set(['a PKCS #7 file', 'a certificate', 'binary data']);

const tooLarge = (length: number) => refused('bundleTooLarge', { bytes: length, limit: largestBundle });

const dersIn = (file: Uint8Array, kind: string): readonly Uint8Array[] =>
  kind === 'a certificate' ? [file] : certificatesInPkcs7(file);

interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

function pemBlocks(bytes: Uint8Array): readonly PemBlock[] {
  return [...fileText(bytes).matchAll(armour)].map(([, label, base64]) => ({
    label: label!,
    der: new Uint8Array(Buffer.from(base64!, 'base64')),
  }));
}

/** A block labeled as a certificate is one, unless it begins like a PKCS #7 file: with the type of its content. */
function certificatesIn({ label, der }: PemBlock): readonly Uint8Array[] {
  if (!label.endsWith('CERTIFICATE')) return certificatesInPkcs7(der);
  const header = outerHeader(der);
  return header && der[header.start] === tags.oid ? certificatesInPkcs7(der) : [der];
}

function entryOf(der: Uint8Array, position: number): BundleEntry {
  const ruling = readCertificate(der);
  const sha1Thumbprint = createHash('sha1').update(der).digest('hex').toUpperCase();
  const subject = ruling.outcome === 'passed' ? nameToString(ruling.value.subject) : subjectIn(der);
  return { position, sha1Thumbprint, subject, ruling };
}

/** The subject of a certificate that could not be read as a whole; empty where not even that can be read. */
function subjectIn(der: Uint8Array): string {
  try {
    const tbs = new DerReader(der, 'certificate').enter(tags.sequence, 'certificate').enter(tags.sequence, 'tbs');
    tbs.enterOptional(contextConstructed(0), 'version');
    for (const label of ['serialNumber', 'signature', 'issuer', 'validity']) tbs.element(label);
    return nameToString(readName(tbs, 'subject'));
  } catch (problem) {
    if (problem instanceof DerError) return '';
    throw problem;
  }
}
