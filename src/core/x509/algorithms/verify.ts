import { createVerify, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';

/** What Node's crypto takes in one call. A CRL may be longer. */
const mostAtOnce = 2 ** 31 - 1;

export interface SignatureToVerify {
  /** Undefined for schemes that choose their own. */
  readonly hash: string | undefined;
  readonly key: KeyObject | VerifyKeyObjectInput;
  readonly signature: Uint8Array;
}

/**
 * Was this signed so, however long it is? `hash` is undefined for schemes that choose their own: Edwards curves read what
 * was signed twice (RFC 8032 §5.1.7), so that it cannot come in pieces, and beyond two gigabytes the answer is no.
 * Throws what OpenSSL throws for a signature of impossible form.
 */
export function verifyAny(
  { hash, key, signature }: SignatureToVerify,
  bytes: Uint8Array,
  atOnce = mostAtOnce,
): boolean {
  if (bytes.length <= atOnce) return verify(hash ?? null, bytes, key, signature);
  if (hash === undefined) return false;
  const check = createVerify(hash);
  for (let at = 0; at < bytes.length; at += atOnce) check.update(bytes.subarray(at, at + atOnce));
  return check.verify(key, signature);
}
