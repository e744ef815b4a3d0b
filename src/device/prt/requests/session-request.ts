import { decodeBase64 } from '#core/device/jose/base64.ts';
import type { CompactJws } from '#core/device/jose/compact-jws.ts';
import { deriveKey, isSignedWithKey, type KeyDerivationVersion } from '#core/device/session-key.ts';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { PrtSettings, PrtTenant } from '../context.ts';
import { type LiveToken, liveToken } from '../tokens/live-token.ts';
import { openPrimaryToken, type PrimaryToken } from '../tokens/primary-token.ts';

/** A request that the session key of a live primary refresh token has signed. */
export interface SessionRequest {
  readonly jws: CompactJws;
  readonly token: PrimaryToken;
  readonly live: LiveToken;
}

/** Octets of a context: Windows sends 24, libhimmelblau 32 (windows-sign-in §3.7). */
const contextOctets = { least: 16, most: 64 } as const;

/**
 * Evaluates a request that a session key signs (windows-sign-in §3.7): token, signature, version of the key derivation,
 * life of the token. Refuses with `primaryRefreshTokenUnknown`, `sessionKeySignatureWrong`, `keyDerivationOutdated` or
 * the reasons of {@link liveToken}. The caller checks the nonce.
 */
export async function readSessionRequest(jws: CompactJws, tenant: PrtTenant): Promise<Ruling<SessionRequest>> {
  const token = openPrimaryToken(jws.payload.refresh_token, tenant.tenantId, tenant.sealing);
  if (!token) return refused('primaryRefreshTokenUnknown', {});
  const version: KeyDerivationVersion = Number(jws.header.kdf_ver) === 2 ? 2 : 1;
  if (!isSignedByToken(jws, token, version)) return refused('sessionKeySignatureWrong', {});
  const live = await liveToken(token, tenant);
  if (live.outcome !== 'passed') return live;
  const versionRuling = version === 1 ? checkVersion1(token, live.value, tenant.settings) : success();
  if (versionRuling.outcome !== 'passed') return versionRuling;
  const { credential, deviceId } = token;
  return passed({ jws, token, live: live.value }, 'primaryRefreshTokenAccepted', { credential, deviceId });
}

function isSignedByToken(jws: CompactJws, token: PrimaryToken, version: KeyDerivationVersion): boolean {
  const context = typeof jws.header.ctx === 'string' ? decodeBase64(jws.header.ctx) : undefined;
  if (jws.header.alg !== 'HS256' || !context) return false;
  if (context.length < contextOctets.least || context.length > contextOctets.most) return false;
  const sessionKey = Buffer.from(token.sessionKey, 'base64url');
  const key = deriveKey(sessionKey, context, version, jws.payloadOctets);
  return isSignedWithKey(key, jws.signingInput, jws.signature);
}

/** Entra refuses version 1 from Windows (5000611); a device that announced version 2 never goes back. */
function checkVersion1(token: PrimaryToken, { device }: LiveToken, { keyDerivation1 }: PrtSettings): Ruling<void> {
  if (token.isVersion2)
    return refused('keyDerivationOutdated', { problem: 'the device announced version 2 when it signed in' });
  if (keyDerivation1 === 'all') return success();
  if (keyDerivation1 === 'none') return refused('keyDerivationOutdated', { problem: 'the setting refuses it' });
  const isWindows = /^windows/i.test(device.operatingSystem);
  return isWindows ? refused('keyDerivationOutdated', { problem: 'the device runs Windows' }) : success();
}
