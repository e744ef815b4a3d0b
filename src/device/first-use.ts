import { createHash } from 'node:crypto';
import type { OidcRecords } from '#ports/applications.ts';

/** Takes a text once: true for exactly one caller on any node, until `seconds` have passed. */
export async function isFirstUse(text: string, seconds: number, records: OidcRecords): Promise<boolean> {
  const id = createHash('sha256').update(text).digest('base64url');
  await records.upsert('DeviceRequest', id, {}, seconds);
  return records.consume('DeviceRequest', id);
}
