import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** More than one test holds at once: the keys of its devices are different ones. */
const count = 16;
const keys: KeyObject[] = [];
let next = 0;

/**
 * An RSA private key of 2048 bits that the last fifteen calls did not answer. A new key takes 50 ms of processor time, and what a
 * key signs tells nothing of its age.
 */
export function rsaKey(): KeyObject {
  const place = next++ % count;
  keys[place] ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return keys[place];
}
