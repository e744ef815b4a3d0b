import { createCipheriv, createDecipheriv } from 'node:crypto';
import { deriveKey } from '../session-key.ts';
import { decodeBase64, encodeBase64Url } from './base64.ts';

/**
 * How an answer to a session-key-signed request is encrypted (windows-sign-in §3.9). Form A is AES-256-CBC under a header
 * that says A256GCM, with an empty tag: Entra's answer to `windows_api_version` 2, and the only form that libhimmelblau
 * reads. Form B is A256GCM as the header says.
 */
export type AnswerForm = 'A' | 'B';

/** Octets of the initialization vector by form. Clients tell the forms apart by it. */
export const answerIvLength: Readonly<Record<AnswerForm, number>> = { A: 16, B: 12 };

/**
 * The compact JWE of an answer. Its key is derived with version 1 from the answer's own context, whatever version the
 * request used (windows-sign-in §3.9). `iv` has {@link answerIvLength} octets.
 */
export function encryptAnswer(
  plaintext: string,
  form: AnswerForm,
  {
    sessionKey,
    context,
    iv,
  }: { readonly sessionKey: Uint8Array; readonly context: Uint8Array; readonly iv: Uint8Array },
): string {
  const ctx = Buffer.from(context).toString('base64');
  const header = encodeBase64Url(JSON.stringify({ alg: 'dir', enc: 'A256GCM', ctx, kid: 'session' }));
  const key = deriveKey(sessionKey, context);
  const [ciphertext, tag] = form === 'A' ? cbc(key, iv, plaintext) : gcm(key, iv, plaintext, header);
  return [header, '', ...[iv, ciphertext, tag].map(encodeBase64Url)].join('.');
}

function cbc(key: Uint8Array, iv: Uint8Array, plaintext: string): readonly [Uint8Array, Uint8Array] {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return [Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]), new Uint8Array()];
}

function gcm(key: Uint8Array, iv: Uint8Array, plaintext: string, header: string): readonly [Uint8Array, Uint8Array] {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header, 'ascii'));
  return [Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]), cipher.getAuthTag()];
}

/** The plaintext of an answer in either form; undefined when it is not one for this session key. The client's side. */
export function decryptAnswer(jwe: string, sessionKey: Uint8Array): string | undefined {
  const [header = '', , ...parts] = jwe.split('.');
  const [iv, ciphertext, tag] = parts.map(decodeBase64);
  if (!iv || !ciphertext || !tag) return undefined;
  try {
    const { ctx } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { ctx?: unknown };
    const context = typeof ctx === 'string' ? decodeBase64(ctx) : undefined;
    if (!context) return undefined;
    const key = deriveKey(sessionKey, context);
    const decipher =
      iv.length === answerIvLength.B
        ? createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header, 'ascii')).setAuthTag(tag)
        : createDecipheriv('aes-256-cbc', key, iv);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
