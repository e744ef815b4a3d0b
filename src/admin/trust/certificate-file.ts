import { fileKind } from '#core/asn1/file-kind.ts';
import { bareBase64, fileText } from '#core/asn1/file-text.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';

const pem = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]+)-----END/g;

/**
 * Every certificate in a file's bytes, DER or PEM, in order. `name` is for the message only.
 * @throws certificateFileHoldsNone, or what reading the DER found wrong
 */
export function certificatesIn(bytes: Uint8Array, name: string): readonly Certificate[] {
  const blocks = [...fileText(bytes).matchAll(pem)].map(([, base64]) => Buffer.from(base64!, 'base64'));
  if (blocks.length > 0) return blocks.map(certificateOf);
  const der = bareBase64(bytes) ?? bytes;
  const kind = fileKind(der);
  if (der[0] === 0x30 && (kind === 'a certificate' || kind === 'binary data')) return [certificateOf(der)];
  throw fault('certificateFileHoldsNone', { file: name, kind });
}

/**
 * The one certificate in a Graph Binary: base64 of DER, or of a PEM file as PowerShell reads it byte by byte.
 * @throws certificateFileHoldsNone, certificateFileHoldsSeveral, certificateUnreadable
 */
export function certificateInBinary(base64: string, name: string): Certificate {
  const [certificate, ...more] = certificatesIn(new Uint8Array(Buffer.from(base64, 'base64')), name);
  if (more.length > 0) throw fault('certificateFileHoldsSeveral', { file: name, certificates: 1 + more.length });
  return certificate!;
}

function certificateOf(der: Uint8Array): Certificate {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  return ruling.value;
}
