import { fileKind } from '#core/asn1/file-kind.ts';
import { bareBase64, fileText } from '#core/asn1/file-text.ts';
import { allPassed, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';

const pem = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]+)-----END/g;

/**
 * Every certificate in a file's bytes, DER or PEM, in order. `name` is for the message only.
 * Refuses with certificateFileHoldsNone, or what reading the DER found wrong.
 */
export function certificatesIn(bytes: Uint8Array, name: string): Ruling<readonly Certificate[]> {
  const blocks = [...fileText(bytes).matchAll(pem)].map(([, base64]) => Buffer.from(base64!, 'base64'));
  if (blocks.length > 0) return allPassed(blocks.map((der) => readCertificate(der)));
  const der = bareBase64(bytes) ?? bytes;
  const kind = fileKind(der);
  if (der[0] === 0x30 && (kind === 'a certificate' || kind === 'binary data')) {
    return allPassed([readCertificate(der)]);
  }
  return refused('certificateFileHoldsNone', { file: name, kind });
}

/** The certificate of a CA of the store, which was read when it was added. @throws certificateUnreadable: the database is damaged */
export const storedCertificate = ({ der }: { readonly der: Uint8Array }): Certificate => orThrow(readCertificate(der));

/**
 * The one certificate in a Graph Binary: base64 of DER, or of a PEM file as PowerShell reads it byte by byte.
 * Refuses with certificateFileHoldsNone, certificateFileHoldsSeveral, certificateUnreadable.
 */
export function certificateInBinary(base64: string, name: string): Ruling<Certificate> {
  const certificatesRuling = certificatesIn(new Uint8Array(Buffer.from(base64, 'base64')), name);
  if (certificatesRuling.outcome !== 'passed') return certificatesRuling;
  const [certificate, ...more] = certificatesRuling.value;
  if (more.length > 0) return refused('certificateFileHoldsSeveral', { file: name, certificates: 1 + more.length });
  return success(certificate!);
}
