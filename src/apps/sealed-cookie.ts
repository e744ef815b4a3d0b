import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { parse } from 'hono/utils/cookie';
import { ownCookie } from '#pages/own-cookie.ts';

/** AES-256-GCM with a key that lives as long as the process: after a restart a cookie is unreadable, and one signs in again. */
const key = randomBytes(32);

/** A `set-cookie` line holding `value` sealed; only this process can read it back, only this host gets it. */
export function seal(name: string, value: unknown, maxAgeSeconds: number): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
  const envelope = Buffer.concat([iv, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()]);
  return ownCookie(name, envelope.toString('base64url'), maxAgeSeconds);
}

/** What {@link seal} sealed under this name; undefined when absent, foreign or tampered with. */
export function unseal<T>(name: string, cookies: string): T | undefined {
  const bytes = Buffer.from(parse(cookies, name)[name] ?? '', 'base64url');
  if (bytes.length < 29) return undefined;
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(name));
  cipher.setAuthTag(bytes.subarray(-16));
  try {
    return JSON.parse(Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString()) as T;
  } catch {
    return undefined;
  }
}

/** The line that removes a cookie. */
export const dropCookie = (name: string): string => ownCookie(name, '', 0);
