import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { passed, type Ruling, refused } from '../trace/ruling.ts';

/** Seconds for which a nonce is taken (MS-OAPXBC §3.2.5.1.1, note 5). */
export const nonceSeconds = 600;

const randomOctets = 16;
const macOctets = 32;
const length = 6 + randomOctets + macOctets;

/**
 * A nonce that every node with the same key verifies: milliseconds since 1970, random octets, and their HMAC.
 * base64url. It is of the installation, because clients ask for it at `common`. A nonce is not used up by a request (windows-sign-in §3.1).
 */
export function makeRequestNonce(key: Uint8Array, at: Date): string {
  const head = Buffer.alloc(6 + randomOctets);
  head.writeUIntBE(at.getTime(), 0, 6);
  randomBytes(randomOctets).copy(head, 6);
  return Buffer.concat([head, macOf(key, head)]).toString('base64url');
}

/** Whether a nonce is of this installation and not older than {@link nonceSeconds}. Refuses with `deviceNonceMissing` or `deviceNonceInvalid`. */
export function checkRequestNonce(nonce: unknown, key: Uint8Array, at: Date): Ruling<true> {
  if (nonce === undefined || nonce === '') return refused('deviceNonceMissing', {});
  const invalid = (problem: string) => refused('deviceNonceInvalid', { problem });
  const octets = Buffer.from(typeof nonce === 'string' && nonce.length < 200 ? nonce : '', 'base64url');
  if (octets.length !== length) return invalid('it is not one of this service');
  const head = octets.subarray(0, length - macOctets);
  if (!timingSafeEqual(macOf(key, head), octets.subarray(length - macOctets)))
    return invalid('it is not one of this service');
  const age = at.getTime() - head.readUIntBE(0, 6);
  if (age > nonceSeconds * 1000) return invalid(`it is older than ${nonceSeconds} seconds`);
  // Clocks of two nodes may differ.
  if (age < -60_000) return invalid('its time is in the future');
  return passed(true, 'deviceRequestRead', {});
}

const macOf = (key: Uint8Array, head: Uint8Array): Buffer => createHmac('sha256', key).update(head).digest();
