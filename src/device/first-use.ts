import { createHash } from 'node:crypto';
import type { OidcRecords } from '#ports/applications.ts';

/**
 * Takes a text once: true for exactly one caller on any node, until `seconds` have passed. Of what is signed, the text is what
 * the signature covers: a signature can be written in several ways.
 */
export async function isFirstUse(text: string | Uint8Array, seconds: number, records: OidcRecords): Promise<boolean> {
  const id = createHash('sha256').update(text).digest('base64url');
  await records.upsert('DeviceRequest', id, {}, seconds);
  return records.consume('DeviceRequest', id);
}
