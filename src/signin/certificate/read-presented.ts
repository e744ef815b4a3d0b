import type { Ruling } from '#core/trace/ruling.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';

const readings = new WeakMap<Uint8Array, Ruling<Certificate>>();

/** Reads a certificate that was presented. The decision and its entry in the sign-in log need the same one, so it is read once. */
export function readPresented(der: Uint8Array): Ruling<Certificate> {
  const ruling = readings.get(der) ?? readCertificate(der);
  readings.set(der, ruling);
  return ruling;
}
