import { randomBytes } from 'node:crypto';
import { parse } from 'hono/utils/cookie';
import type { z } from 'zod';
import { openBytes, sealBytes } from '#keys/sealed-bytes.ts';
import { hostCookie } from '#pages/host-cookie.ts';
import { readJson } from '#schema/json.ts';

/** Lives as long as the process: after a restart a cookie is unreadable, and one signs in again. */
const key = randomBytes(32);

/** A `set-cookie` line holding `value` sealed; only this process can read it back, only this host gets it. */
export function seal(name: string, value: unknown, maxAgeSeconds: number): string {
  const envelope = sealBytes(key, Buffer.from(JSON.stringify(value)), name);
  return hostCookie(name, envelope.toString('base64url'), maxAgeSeconds);
}

/** What {@link seal} sealed under this name; undefined when absent, foreign or tampered with. */
export function unseal<T extends z.ZodType>(schema: T, name: string, cookies: string): z.output<T> | undefined {
  const octets = openBytes(key, Buffer.from(parse(cookies, name)[name] ?? '', 'base64url'), name);
  return octets && readJson(schema, octets.toString());
}

/** The line that removes a cookie. */
export const dropCookie = (name: string): string => hostCookie(name, '', 0);
