import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  timingSafeEqual,
} from 'node:crypto';
import { encodeBase64Url } from './jose/base64.ts';

/** Octets of a session key (MS-OAPXBC §3.2.5.1.2). */
export const sessionKeyLength = 32;

/** Version 1 derives from the context alone; version 2 binds the payload as well (MS-OAPXBC §3.1.5.1.3.1). */
export type KeyDerivationVersion = 1 | 2;

const label = Buffer.from('AzureAD-SecureConversation', 'ascii');

/**
 * The key that signs a request or encrypts an answer: NIST SP 800-108 in counter mode with HMAC-SHA-256, one block of 256
 * bits. `payload` is what version 2 binds: the payload of the JWT as transmitted, decoded.
 */
export function deriveKey(
  sessionKey: Uint8Array,
  context: Uint8Array,
  version: KeyDerivationVersion = 1,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  const bound = version === 1 ? context : createHash('sha256').update(context).update(payload).digest();
  return createHmac('sha256', sessionKey)
    .update(Buffer.from([0, 0, 0, 1]))
    .update(label)
    .update(Buffer.from([0]))
    .update(bound)
    .update(Buffer.from([0, 0, 1, 0]))
    .digest();
}

/** HS256 over the signing input of a JWS. */
export const signWithKey = (key: Uint8Array, signingInput: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(signingInput).digest();

/** Whether the signature is HS256 of the signing input under the key. Takes equally long for every signature of 32 octets. */
export function isSignedWithKey(key: Uint8Array, signingInput: Uint8Array, signature: Uint8Array): boolean {
  const expectedValue = signWithKey(key, signingInput);
  return signature.length === expectedValue.length && timingSafeEqual(signature, expectedValue);
}

const transportHeader = encodeBase64Url('{"enc":"A256GCM","alg":"RSA-OAEP"}');

/**
 * `session_key_jwe`: the session key for the holder of the device's transport key (windows-sign-in §3.6). The session key
 * is itself the content encryption key; the plaintext is one octet, its length. The additional authenticated data is
 * empty, unlike RFC 7516 §5.1 step 14: Entra does so, and clients check the tag that way.
 */
export function wrapSessionKey(sessionKey: Uint8Array, transportKey: KeyObject, iv: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', sessionKey, iv);
  const ciphertext = Buffer.concat([cipher.update(Buffer.from([sessionKeyLength])), cipher.final()]);
  const wrapped = publicEncrypt(oaep(transportKey), sessionKey);
  return [transportHeader, ...[wrapped, iv, ciphertext, cipher.getAuthTag()].map(encodeBase64Url)].join('.');
}

/** The session key in a `session_key_jwe`; undefined when the key is another one or the text is not one. The client's side. */
export function unwrapSessionKey(jwe: string, transportKey: KeyObject): Uint8Array | undefined {
  const [, wrapped = '', iv = '', ciphertext = '', tag = ''] = jwe.split('.');
  try {
    const sessionKey = privateDecrypt(oaep(transportKey), Buffer.from(wrapped, 'base64url'));
    const cipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.from(iv, 'base64url'));
    cipher.setAuthTag(Buffer.from(tag, 'base64url'));
    const plaintext = Buffer.concat([cipher.update(Buffer.from(ciphertext, 'base64url')), cipher.final()]);
    return plaintext.length === 1 && plaintext[0] === sessionKey.length ? sessionKey : undefined;
  } catch {
    return undefined; // OpenSSL throws for a wrong key, a wrong tag and a wrong length alike
  }
}

// RSA-OAEP of RFC 7518 §4.3: SHA-1 and MGF1 with SHA-1.
const oaep = (key: KeyObject) => ({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' });
