import { certificatesInPkcs7 } from '../../../../src/core/asn1/pkcs7.ts';
import { privateKeyIn } from '../../../../src/core/x509/private-key.ts';

/** Certificates of a file, in base64 of DER. */
export interface CertificateFile {
  readonly name: string;
  readonly certificate: string;
  /** Further certificates of the file. */
  readonly chain: readonly string[];
}

const pem =
  /-----BEGIN (?:(?:TRUSTED |X509 )?CERTIFICATE|PKCS7|PKCS #7 SIGNED DATA|CMS)-----([A-Za-z0-9+/=\s]+)-----END/g;
/** A file of certificates is smaller; a larger one is not read. */
const mostOctets = 256 * 1024;

const toBase64 = (octets: Uint8Array): string =>
  btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''));

const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (letter) => letter.charCodeAt(0));

/** The certificates of a PKCS #7 file, the user's first as programs write them; other octets as they are. */
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
      `${file.name} holds a private key (${kind}). It was not sent. Export the certificate alone, without its private key, and choose that file.`,
    );
  const text = new TextDecoder('latin1').decode(octets);
  const blocks = [...text.matchAll(pem)].map(([, base64]) => fromBase64(base64!));
  const ders = blocks.length > 0 ? blocks : octets[0] === 0x30 ? [octets] : [];
  const [certificate, ...chain] = ders.flatMap(certificatesIn).map(toBase64);
  if (certificate === undefined) throw new Error(`${file.name} holds no certificate in DER, PEM or PKCS #7.`);
  return { name: file.name, certificate, chain };
}
