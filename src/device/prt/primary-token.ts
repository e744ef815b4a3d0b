import { createHash } from 'node:crypto';
import { primaryTokenText, readPrimaryTokenText } from '#core/device/primary-token-text.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { CredentialKind, DeviceRegistration } from '#model/device.ts';
import type { TokenSealing } from './context.ts';

/** What a primary refresh token says, sealed (windows-sign-in §3.13). Times in seconds since 1970. */
export interface PrimaryToken {
  /** Its row among the live tokens. */
  readonly id: string;
  readonly userId: string;
  readonly deviceId: string;
  /** See {@link keysOf}. */
  readonly deviceKeys: string;
  /** base64url of 32 octets. */
  readonly sessionKey: string;
  /** When the session key was made. */
  readonly sessionKeyAt: number;
  readonly credential: CredentialKind;
  readonly expires: number;
  /** The request announced version 2 of the key derivation, so version 1 is refused from then on. */
  readonly isVersion2: boolean;
  /** See {@link passwordStamp}; of a password alone. */
  readonly password?: string;
}

const label = (tenantId: string): string => `primary refresh token of ${tenantId}`;

/** The token as clients carry it. */
export function sealPrimaryToken(token: PrimaryToken, tenantId: string, sealing: TokenSealing): string {
  return primaryTokenText(tenantId, sealing.seal(JSON.stringify(token), label(tenantId)));
}

/** The content; undefined where this installation did not seal it for this tenant. */
export function openPrimaryToken(text: unknown, tenantId: string, sealing: TokenSealing): PrimaryToken | undefined {
  const reading = readPrimaryTokenText(text);
  if (reading?.tenantId !== tenantId.toLowerCase()) return undefined;
  try {
    return JSON.parse(sealing.open(reading.sealed, label(tenantId))) as PrimaryToken;
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
