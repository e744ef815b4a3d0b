import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { DeviceAuthority } from '#model/device.ts';
import { buildCertificate } from '#pki/build/certificate-builder.ts';
import { basicConstraints, keyUsage, subjectKeyIdentifier } from '#pki/build/fields/extensions.ts';
import { keyIdentifierOf } from '#pki/build/fields/keys.ts';

/** Milliseconds by which certificates begin before they are issued (windows-sign-in §2.5). */
export const backdating = 10 * 60_000;

const generateRsaKey = promisify(generateKeyPair);

/** A CA for certificates of devices, with a key of its own. @param subject DER of its name */
export async function newDeviceAuthority(subject: Uint8Array, at: Date, notAfter: Date): Promise<DeviceAuthority> {
  const { privateKey } = await generateRsaKey('rsa', { modulusLength: 2048 });
  const certificate = buildCertificate({
    subject,
    issuer: subject,
    serial: randomSerial(),
    notBefore: new Date(at.getTime() - backdating),
    notAfter,
    publicKey: privateKey,
    extensions: [
      basicConstraints({ cA: true, pathLength: 0 }),
      keyUsage(['keyCertSign', 'cRLSign']),
      subjectKeyIdentifier(keyIdentifierOf(privateKey)),
    ],
    signature: { key: privateKey, scheme: 'rsa-sha256' },
  });
  return {
    id: crypto.randomUUID(),
    certificate,
    privateKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    createdDateTime: at,
  };
}

/** Sixteen random octets, of a positive number. */
export function randomSerial(): Uint8Array {
  const octets = new Uint8Array(randomBytes(16));
  octets[0] = (octets[0]! & 0x7f) | 0x40;
  return octets;
}
