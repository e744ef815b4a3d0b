import { createHash } from 'node:crypto';
import { z } from 'zod';
import { primaryTokenText, readPrimaryTokenText } from '#core/device/primary-token-text.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { DeviceRegistration } from '#model/device.ts';
import { readJson } from '#schema/json.ts';
import type { TokenSealing } from '../context.ts';

/** What a primary refresh token says, sealed (windows-sign-in §3.13). Times in seconds since 1970. */
const primaryToken = z.object({
  /** Its row among the live tokens. */
  id: z.string(),
  userId: z.string(),
  deviceId: z.string(),
  /** See {@link keysOf}. */
  deviceKeys: z.string(),
  /** base64url of 32 octets. */
  sessionKey: z.string(),
  /** When the session key was made. */
  sessionKeyAt: z.number(),
  credential: z.enum(['certificate', 'password', 'windowsHelloForBusiness', 'refreshToken']),
  expires: z.number(),
  /** The request announced version 2 of the key derivation, so version 1 is refused from then on. */
  isVersion2: z.boolean(),
  /** See {@link passwordStamp}; of a password alone. */
  password: z.string().exactOptional(),
});
export type PrimaryToken = Readonly<z.infer<typeof primaryToken>>;

const label = (tenantId: string): string => `primary refresh token of ${tenantId}`;

/** The token as clients carry it. */
export function sealPrimaryToken(token: PrimaryToken, tenantId: string, sealing: TokenSealing): string {
  return primaryTokenText(tenantId, sealing.seal(JSON.stringify(token), label(tenantId)));
}

/** The content; undefined where this installation did not seal it for this tenant. */
export function openPrimaryToken(text: unknown, tenantId: string, sealing: TokenSealing): PrimaryToken | undefined {
  const reading = readPrimaryTokenText(text);
  if (reading?.tenantId !== tenantId) return undefined;
  try {
    return readJson(primaryToken, sealing.open(reading.sealed, label(tenantId)));
  } catch (problem) {
    if (problem instanceof CardeaError) return undefined;
    throw problem;
  }
}

/** What a primary refresh token remembers of the keys of its device: another key ends it (PRT-7). */
export const keysOf = (deviceKey: Uint8Array, { transportKey }: Pick<DeviceRegistration, 'transportKey'>): string =>
  createHash('sha256').update(deviceKey).update(transportKey).digest('base64url');

/** What a primary refresh token remembers of a password: a change of it ends the token (PRT-7). */
export const passwordStamp = (hash: string | undefined): string =>
  createHash('sha256')
    .update(`password ${hash ?? ''}`)
    .digest('base64url');
