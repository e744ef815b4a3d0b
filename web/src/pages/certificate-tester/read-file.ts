import { DerReader } from '#core/asn1/der.ts';
import { certificatesInPkcs7 } from '#core/asn1/pkcs7.ts';
import { contextConstructed, tags } from '#core/asn1/tags.ts';
import { privateKeyIn } from '#core/x509/algorithms/private-key.ts';

/** A certificate of a file. */
export interface FileCertificate {
  /** Base64 of the DER. */
  readonly certificate: string;
  /** What distinguishes it from the others of the file: the last part of its subject, and of its issuer. */
  readonly title: string;
}

/** The certificates of a file: those that issued no other one of it first. There is at least one. */
export interface CertificateFile {
  readonly name: string;
  readonly certificates: readonly FileCertificate[];
}

const pem =
  /-----BEGIN (?:(?:TRUSTED |X509 )?CERTIFICATE|PKCS7|PKCS #7 SIGNED DATA|CMS)-----([A-Za-z0-9+/=\s]+)-----END/g;
/** A file of certificates is smaller; a larger one is not read. */
const mostOctets = 256 * 1024;

const toBase64 = (octets: Uint8Array): string =>
  btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''));

const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (letter) => letter.charCodeAt(0));

/** The certificates of a PKCS #7 file; other octets as they are. */
function certificatesIn(der: Uint8Array): readonly Uint8Array[] {
  try {
    return certificatesInPkcs7(der);
  } catch {
    return [der];
  }
}

/**
 * Reads a file in the browser. A file with a private key is refused here, before anything is sent: a certificate is tested
 * without its key. @throws Error with words for the user
 */
export async function readCertificateFile(file: File): Promise<CertificateFile> {
  if (file.size > mostOctets) throw new Error(`${file.name} is larger than 256 KB, so it is not a certificate.`);
  const octets = new Uint8Array(await file.arrayBuffer());
  const kind = privateKeyIn(octets);
  if (kind)
    throw new Error(
      `${file.name} contains a private key (${kind}) and was not sent. Export the certificate without its private key, and choose that file.`,
    );
  const text = new TextDecoder('latin1').decode(octets);
  const blocks = [...text.matchAll(pem)].map(([, base64]) => fromBase64(base64!));
  const ders = blocks.length > 0 ? blocks : octets[0] === 0x30 ? [octets] : [];
  const certificates = ders.flatMap(certificatesIn);
  if (certificates.length === 0) throw new Error(`${file.name} contains no certificate in DER, PEM or PKCS #7.`);
  return { name: file.name, certificates: usersFirst(certificates) };
}

/** Programs write the certificates of a chain in any order. One that issued another one is a CA. */
function usersFirst(ders: readonly Uint8Array[]): readonly FileCertificate[] {
  const items = ders.map((der) => ({ certificate: toBase64(der), names: namesOf(der) }));
  const isIssuer = ({ names }: (typeof items)[number]) =>
    items.some((other) => other.names.subject !== names.subject && other.names.issuer === names.subject);
  return [...items.filter((item) => !isIssuer(item)), ...items.filter(isIssuer)].map(({ certificate, names }, at) => ({
    certificate,
    title: names.subjectTitle ? `${names.subjectTitle} (issued by ${names.issuerTitle})` : `Certificate ${at + 1}`,
  }));
}

/** Subject and issuer of a certificate, in base64 of their DER and with a title; empty where they cannot be read. */
function namesOf(der: Uint8Array) {
  try {
    const tbs = new DerReader(der, 'file').enter(tags.sequence, 'certificate').enter(tags.sequence, 'contents');
    tbs.enterOptional(contextConstructed(0), 'version');
    tbs.element('serial number');
    tbs.element('signature algorithm');
    const issuer = tbs.element('issuer').whole;
    tbs.element('validity');
    const subject = tbs.element('subject').whole;
    return {
      ...{ subject: toBase64(subject), issuer: toBase64(issuer) },
      ...{ subjectTitle: lastPart(subject), issuerTitle: lastPart(issuer) },
    };
  } catch {
    return { subject: '', issuer: '', subjectTitle: '', issuerTitle: '' };
  }
}

/** The value of the last part of a distinguished name, which is mostly the common name. @throws DerError */
function lastPart(name: Uint8Array): string {
  const parts = new DerReader(name, 'name').enter(tags.sequence, 'name');
  let text = '';
  while (!parts.atEnd) {
    const attribute = parts.enter(tags.set, 'part').enter(tags.sequence, 'attribute');
    attribute.element('type');
    text = new TextDecoder().decode(attribute.element('value').contents);
  }
  return text;
}
