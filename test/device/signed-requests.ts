import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { deriveKey, signWithKey } from '#core/device/session-key.ts';
import type { EnrolledDevice } from './enrolled.ts';

/** The application of Windows itself. */
export const windowsClient = '38aa3b87-a06d-4817-b275-7a316988d93b';

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
const base64Url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact JWS of a private key. */
export function jws(
  header: Readonly<Record<string, unknown>>,
  payload: unknown,
  key: KeyObject,
  encode: (value: unknown) => string = base64Url,
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const hash = String(header.alg).endsWith('384') ? 'sha384' : 'sha256';
  return `${input}.${sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A request that a device signs. */
export function deviceJws(
  { registration, deviceKey }: Pick<EnrolledDevice, 'registration' | 'deviceKey'>,
  payload: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): string {
  return jws(
    { typ: 'JWT', alg: 'RS256', x5c: [base64(registration.certificate)], ...header },
    { client_id: windowsClient, scope: 'openid aza ugs', win_ver: '10.0.26100.1', group_sids: [], ...payload },
    deviceKey,
  );
}

/** A request that a session key signs. */
export function sessionJws(
  sessionKey: Uint8Array,
  payload: Readonly<Record<string, unknown>>,
  {
    kdf = 2,
    contextOctets = 24,
    ...more
  }: { readonly kdf?: 1 | 2; readonly contextOctets?: number; readonly alg?: string; readonly ctx?: unknown } = {},
): string {
  const context = randomBytes(contextOctets);
  const header = {
    alg: 'HS256',
    typ: 'JWT',
    ctx: context.toString('base64'),
    ...(kdf === 2 ? { kdf_ver: 2 } : {}),
    ...more,
  };
  const text = JSON.stringify(payload);
  const input = `${base64Url(header)}.${Buffer.from(text).toString('base64url')}`;
  const key = deriveKey(sessionKey, context, kdf, Buffer.from(text));
  return `${input}.${Buffer.from(signWithKey(key, Buffer.from(input))).toString('base64url')}`;
}

/** The claims of a JWT, unverified. */
export function claimsIn(jwt: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
