import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/**
 * Signatures of cookies, the same as those of Keygrip, which the provider's cookies use otherwise: HMAC with SHA-1 as base64url. The
 * keys are prepared once, and a signature is compared in constant time without two more HMACs.
 */
export class CookieSignatures {
  readonly #keys: readonly KeyObject[];

  /** @param keys the first one signs; each of them verifies */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => createSecretKey(key, 'utf8'));
  }

  sign(data: string): string {
    return signatureOf(data, this.#keys[0]!);
  }

  verify(data: string, signature: string): boolean {
    return this.index(data, signature) >= 0;
  }

  /** The number of the key that made a signature; -1 where none of them did. */
  index(data: string, signature: string): number {
    return this.#keys.findIndex((key) => isSame(signature, signatureOf(data, key)));
  }
}

const signatureOf = (data: string, key: KeyObject): string => createHmac('sha1', key).update(data).digest('base64url');

function isSame(signature: string, expected: string): boolean {
  const [first, second] = [Buffer.from(signature), Buffer.from(expected)];
  return first.length === second.length && timingSafeEqual(first, second);
}
