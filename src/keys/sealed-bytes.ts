import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
/** Octets of the initialization vector (NIST SP 800-38D §8.2.2), and of the tag. */
const ivLength = 12;
const tagLength = 16;

/** What {@link sealBytes} makes, part by part. */
export interface SealedParts {
  readonly iv: Uint8Array;
  readonly text: Uint8Array;
  readonly tag: Uint8Array;
}

/**
 * Seals octets with AES-256-GCM: the initialization vector, the encrypted octets, the tag.
 *
 * @param key 32 octets
 * @param label is bound in: what was sealed under one label opens under no other
 */
export function sealBytes(key: Uint8Array, octets: Uint8Array, label: string): Buffer {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(label));
  return Buffer.concat([iv, cipher.update(octets), cipher.final(), cipher.getAuthTag()]);
}

/** What {@link sealBytes} sealed; undefined for another key, another label, and for octets that were changed or cut. */
export function openBytes(key: Uint8Array, envelope: Uint8Array, label: string): Buffer | undefined {
  const { iv, text, tag } = partsOf(envelope);
  try {
    const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagLength });
    decipher.setAAD(Buffer.from(label)).setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The parts of sealed octets, for a format that has them apart. */
export const partsOf = (envelope: Uint8Array): SealedParts => ({
  iv: envelope.subarray(0, ivLength),
  text: envelope.subarray(ivLength, Math.max(ivLength, envelope.length - tagLength)),
  tag: envelope.subarray(-tagLength),
});
