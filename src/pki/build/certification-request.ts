import type { KeyObject } from 'node:crypto';
import { signed } from './certificate-builder.ts';
import { contextConstructed, integer, sequence } from './der-writer.ts';
import { publicKeyInfo } from './fields/keys.ts';
import { type NameInput, nameDer } from './fields/names.ts';

/**
 * DER of a PKCS #10 certification request without attributes (RFC 2986 §4). Its signature proves that the requester has
 * the private key.
 */
export function buildCertificationRequest(subject: NameInput, privateKey: KeyObject): Uint8Array {
  const info = sequence(integer(0), nameDer(subject), publicKeyInfo(privateKey), contextConstructed(0));
  return signed(info, { key: privateKey });
}
