import { createPublicKey, randomBytes } from 'node:crypto';
import { certificateKeyOf, type Proof } from '#core/access/proof.ts';
import { meetsStrength, multifactorStrength } from '#core/access/strengths.ts';
import type { User } from '#core/binding/user.ts';
import { encodeBase64Url } from '#core/device/jose/base64.ts';
import { sessionKeyLength, wrapSessionKey } from '#core/device/session-key.ts';
import { amrOf } from '#core/token/claims.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import type { CredentialKind, DeviceRegistration, PrimaryRefreshToken } from '#model/device.ts';
import type { BrokerRequest } from '#signin/device/broker.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import type { PrtTenant } from '../context.ts';
import { deviceKeyOf } from '../requests/device-request.ts';
import { unsignedIdToken } from './id-token.ts';
import { proofsName } from './live-token.ts';
import { keysOf, type PrimaryToken, passwordStamp, sealPrimaryToken } from './primary-token.ts';

/** Whom a primary refresh token is for, and what it stands on. */
export interface TokenFor {
  readonly user: User;
  readonly proofs: readonly Proof[];
  readonly credential: CredentialKind;
  readonly registration: DeviceRegistration;
}

/** `amr`: what was proven, and `rsa` for the key of the device that signed (windows-sign-in §3.8). */
export function amrOfDevice(proofs: readonly Proof[]): readonly string[] {
  const amr = amrOf(proofs, meetsStrength(multifactorStrength, proofs));
  if (amr.includes('rsa')) return amr;
  const methods = amr.filter((value) => value !== 'mfa');
  return [...methods, 'rsa', ...(amr.includes('mfa') ? ['mfa'] : [])];
}

/**
 * The row of the token: a device has one for each user and kind of credential (PRT-6), so a new sign-in continues with the
 * row that is there. What applications got with it stays with it.
 */
export async function keepRow(of: TokenFor, tenant: PrtTenant): Promise<PrimaryRefreshToken> {
  const { ports, at } = tenant;
  const { user, proofs, credential, registration } = of;
  const tokens = ports.devices.primaryRefreshTokens;
  const existing = (await tokens.ofDevice(registration.deviceId)).find(
    (row) => row.userId === user.id && row.credential === credential,
  );
  const certificateKey = proofs.map(certificateKeyOf).findLast((key) => key !== undefined);
  const change = {
    proofs,
    ...(certificateKey === undefined ? {} : { certificateKey }),
    issuedDateTime: at,
    expiresDateTime: new Date(at.getTime() + defaultLifetimes.primaryRefreshToken * 1000),
  };
  const row = {
    id: existing?.id ?? crypto.randomUUID(),
    userId: user.id,
    deviceId: registration.deviceId,
    credential,
    ...change,
  };
  if (!existing || !(await tokens.renew(row.id, change))) {
    const fresh = { ...row, id: crypto.randomUUID() };
    await tokens.add(fresh);
    await ports.sessions.add(proofsName(fresh.id), proofs, fresh.expiresDateTime);
    return fresh;
  }
  await ports.sessions.end(proofsName(row.id));
  await ports.sessions.add(proofsName(row.id), proofs, row.expiresDateTime);
  return row;
}

/** A new session key, and the same wrapped for the transport key of the device (windows-sign-in §3.6). */
export function newSessionKey({ transportKey }: DeviceRegistration): { readonly key: string; readonly jwe: string } {
  const sessionKey = randomBytes(sessionKeyLength);
  const publicKey = createPublicKey({ key: Buffer.from(transportKey), format: 'der', type: 'spki' });
  return { key: encodeBase64Url(sessionKey), jwe: wrapSessionKey(sessionKey, publicKey, randomBytes(12)) };
}

/** The token of a row, as the client carries it. */
export async function tokenText(
  row: PrimaryRefreshToken,
  registration: DeviceRegistration,
  key: Pick<PrimaryToken, 'sessionKey' | 'sessionKeyAt' | 'isVersion2'>,
  { ports, tenantId, sealing }: PrtTenant,
): Promise<string> {
  const stamp =
    row.credential === 'password' ? passwordStamp(await ports.directory.passwordHash(row.userId)) : undefined;
  const token: PrimaryToken = {
    id: row.id,
    userId: row.userId,
    deviceId: row.deviceId,
    deviceKeys: keysOf(deviceKeyOf(registration.certificate), registration),
    ...key,
    credential: row.credential,
    expires: Math.floor(row.expiresDateTime.getTime() / 1000),
    ...(stamp === undefined ? {} : { password: stamp }),
  };
  return sealPrimaryToken(token, tenantId, sealing);
}

/** What an answer with a primary refresh token is made of. */
export interface AnswerParts {
  readonly row: PrimaryRefreshToken;
  readonly user: User;
  readonly text: string;
  /** Absent where the client keeps the session key that it has. */
  readonly sessionKeyJwe?: string;
  /** The signed request. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The answer with a primary refresh token (windows-sign-in §3.5). `expires_in` and its kin are texts at version 1 (windows-sign-in §0.5, rule 9). */
export function tokenAnswer(parts: AnswerParts, request: BrokerRequest, tenant: PrtTenant): Record<string, unknown> {
  const { row, user, payload } = parts;
  const now = Math.floor(tenant.at.getTime() / 1000);
  const expires = Math.floor(row.expiresDateTime.getTime() / 1000);
  const count = (value: number) => (request.version === 1 ? String(value) : value);
  const scope = String(payload.scope ?? '').split(' ');
  return {
    token_type: request.form.fields.windows_api_version !== undefined ? 'Bearer' : 'pop',
    expires_in: count(expires - now),
    ext_expires_in: count(0),
    expires_on: count(expires),
    refresh_token: parts.text,
    refresh_token_expires_in: expires - now,
    id_token: unsignedIdToken(
      {
        user,
        audience: String(payload.client_id ?? ''),
        amr: amrOfDevice(row.proofs),
        ipAddress: request.ipAddress,
        expires,
        wantsSids: scope.includes('ugs'),
      },
      tenant,
    ),
    ...(wantsClientInfo(request.form) ? { client_info: clientInfo(user.id, tenant.tenantId) } : {}),
    ...(parts.sessionKeyJwe === undefined ? {} : { session_key_jwe: parts.sessionKeyJwe }),
    device_tenant_id: tenant.tenantId,
  };
}

/** Form booleans come as `1`, `true` and `True` (windows-sign-in §0.5, rule 6). */
const wantsClientInfo = ({ fields }: TokenForm): boolean => /^(1|true)$/i.test(fields.client_info ?? '');

const clientInfo = (uid: string, utid: string): string => encodeBase64Url(JSON.stringify({ uid, utid }));
