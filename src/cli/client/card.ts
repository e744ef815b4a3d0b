import type { KeyObject } from 'node:crypto';
import { certificatesIn } from '#admin/trust/authority/certificate-file.ts';
import { outerHeader } from '#core/asn1/header.ts';
import { tags } from '#core/asn1/tags.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { readCardFile } from '#pki/card-file/card-file.ts';
import { demoPassword } from '#pki/demo/woodgrove.ts';
import { bytesOf, type Files } from '../input/files.ts';

/** The certificate in a file: a card with its key (.p12, .pem), or just a certificate. For asking "what if". */
export async function certificateOf(file: string, password: string | undefined, files: Files): Promise<Uint8Array> {
  const bytes = await files.read(file);
  const isPem = Buffer.from(bytes.subarray(0, 4096)).includes('-----BEGIN');
  return isPem || isCertificate(bytes)
    ? orThrow(certificatesIn(bytes, file))[0]!.der
    : readCardFile(bytes, password ?? demoPassword).der;
}

/** DER of a certificate opens with two SEQUENCEs; that of a PKCS #12 file with a SEQUENCE and an INTEGER (RFC 7292 §4). */
function isCertificate(bytes: Uint8Array): boolean {
  const header = outerHeader(bytes);
  return header?.tag === tags.sequence && bytes[header.start] === tags.sequence;
}

/** A whole card: certificate, key and chain. */
export function cardOf(file: string, password: string | undefined, cwd: string) {
  return readCardFile(bytesOf(file, cwd), password ?? demoPassword);
}

/** PEM of a private key, for TLS. */
export const pemOfKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
