import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { passed, type Ruling, refused } from '../trace/ruling.ts';

/** Seconds for which a nonce is taken (MS-OAPXBC §3.2.5.1.1, note 5), of requests and of registrations. */
export const nonceSeconds = 600;
/** Clocks of two nodes may differ. */
const clockSeconds = 60;
/** What is wrong with a nonce that no node of the installation has made. */
export const strangeNonce = 'it is not one of this service';

/** What is wrong with the age of a nonce in seconds; undefined when it is accepted. */
export function problemOfAge(seconds: number): string | undefined {
  if (seconds > nonceSeconds) return `it is older than ${nonceSeconds} seconds`;
  return seconds < -clockSeconds ? 'its time is in the future' : undefined;
}

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
  if (octets.length !== length) return invalid(strangeNonce);
  const head = octets.subarray(0, length - macOctets);
  if (!timingSafeEqual(macOf(key, head), octets.subarray(length - macOctets))) return invalid(strangeNonce);
  const problem = problemOfAge((at.getTime() - head.readUIntBE(0, 6)) / 1000);
  if (problem !== undefined) return invalid(problem);
  return passed(true, 'deviceRequestRead', {});
}

const macOf = (key: Uint8Array, head: Uint8Array): Buffer => createHmac('sha256', key).update(head).digest();
