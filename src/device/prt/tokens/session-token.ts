import { clockSkew, timesProblem } from '#core/device/jose/claimed-times.ts';
import { type CompactJws, numericClaim } from '#core/device/jose/compact-jws.ts';
import { checkRequestNonce } from '#core/device/request-nonce.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { PrimaryRefreshToken } from '#model/device.ts';
import type { BrokerAnswer, BrokerRequest, DeviceSession } from '#signin/device/broker.ts';
import { tokenFormOf } from '#signin/device/token-form.ts';
import { noteCertificate } from '#signin/log/certificate-noted.ts';
import { type DeviceSignIn, signInWithDevice } from '#signin/with-device.ts';
import { certificateAnswer, certificateUseIn } from '../../certificates/requests.ts';
import { userCertificate } from '../../certificates/user-certificates.ts';
import { isFirstUse } from '../../first-use.ts';
import type { PrtTenant } from '../context.ts';
import { readCredential } from '../requests/credentials.ts';
import { rememberedSeconds } from '../requests/device-request.ts';
import { encryptedAnswer } from '../requests/session-answer.ts';
import { readSessionRequest, type SessionRequest } from '../requests/session-request.ts';
import { refusalOf, signInRequestOf } from './first-token.ts';
import { amrOfDevice, keepRow, newSessionKey, tokenAnswer, tokenText } from './issue.ts';
import { proofsName } from './live-token.ts';

/** Seconds after the sign-in at which a token ends however often it is renewed (PRT-2). */
const longestSeconds = 90 * 86_400;

/** A request that a session key signs: a renewal, or tokens for an application (windows-sign-in §3.9). */
export async function answerSessionRequest(
  request: BrokerRequest,
  jws: CompactJws,
  tenant: PrtTenant,
): Promise<BrokerAnswer> {
  const sessionRuling = withNonce(await readSessionRequest(withTokenOfKey(jws), tenant), jws, tenant);
  const ruling = await unrepeated(sessionRuling, jws, tenant);
  if (ruling.outcome !== 'passed') return { kind: 'refused', error: 'invalid_grant', because: ruling.because };
  const session = { ...ruling.value, jws };
  const use = certificateUseIn(jws.payload);
  if (use !== undefined) return answerUserCertificate(request, session, use, tenant);
  if (hasNewCredential(jws)) return renewWithCredential(request, session, ruling, tenant);
  return isRenewal(jws) ? renew(request, session, tenant) : redeem(request, session);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Where a new credential is sent too, the token that the session key belongs to is the previous one. */
function withTokenOfKey(jws: CompactJws): CompactJws {
  const { previous_refresh_token: previous, refresh_token: token } = jws.payload;
  return hasNewCredential(jws) && previous !== undefined
    ? { ...jws, payload: { ...jws.payload, refresh_token: previous } }
    : { ...jws, payload: { ...jws.payload, refresh_token: token ?? previous } };
}

/** A renewal with a credential: its `grant_type` is the one of the credential (windows-sign-in §3.9). */
const hasNewCredential = ({ payload }: CompactJws): boolean =>
  typeof payload.assertion === 'string' || payload.grant_type === 'password';

/** The specification lists the nonce of a renewal, and none of a request for a token: there, one that is sent must be valid. */
function withNonce(ruling: Ruling<SessionRequest>, jws: CompactJws, tenant: PrtTenant): Ruling<SessionRequest> {
  const nonce = jws.payload.request_nonce;
  if (ruling.outcome !== 'passed' || (nonce === undefined && !isRenewal(jws))) return ruling;
  const nonceRuling = checkRequestNonce(nonce, tenant.nonceKey, tenant.at);
  return nonceRuling.outcome === 'passed' ? ruling : nonceRuling;
}

/**
 * A request that a session key signs is taken once, as long as it could be sent again: its form is not signed, so who saw it
 * could ask for an answer in the clear.
 */
async function unrepeated(
  ruling: Ruling<SessionRequest>,
  { payload, signingInput }: CompactJws,
  { ports, at }: PrtTenant,
): Promise<Ruling<SessionRequest>> {
  if (ruling.outcome !== 'passed') return ruling;
  const problem = timesProblem(payload, at);
  if (problem) return refused('assertionOutdated', { problem });
  const end = Math.min(numericClaim(payload, 'exp') ?? Number.POSITIVE_INFINITY, ruling.value.token.expires);
  const left = Math.ceil(end - at.getTime() / 1000) + 2 * clockSkew;
  const seconds = payload.request_nonce === undefined ? left : rememberedSeconds;
  return (await isFirstUse(signingInput, seconds, ports.oidcRecords)) ? ruling : refused('deviceRequestReplayed', {});
}

const isRenewal = (jws: CompactJws): boolean =>
  hasNewCredential(jws) || textOf(jws.payload.scope).split(' ').includes('aza');

/** CloudAP presents the credential again: the proofs are new, and so is the time from which the token ages. */
async function renewWithCredential(
  request: BrokerRequest,
  session: SessionRequest,
  deviceRuling: Ruling<unknown>,
  tenant: PrtTenant,
): Promise<BrokerAnswer> {
  const { live, jws, token } = session;
  const block = { payload: jws.payload, deviceId: token.deviceId, ipAddress: request.ipAddress };
  const presented = await readCredential(block, tenant);
  if (presented.outcome !== 'passed') return { kind: 'refused', error: 'invalid_grant', because: presented.because };
  const { username, credential, kind } = presented.value;
  const signIn: DeviceSignIn = {
    ...signInRequestOf(request),
    username,
    device: live.device,
    incomingTokenType: 'primaryRefreshToken',
    deviceRuling,
    credential,
    userId: token.userId,
  };
  const verdict = await signInWithDevice(signIn, tenant);
  if (verdict.kind !== 'granted') return refusalOf(verdict);
  const leaf = credential.kind === 'certificate' ? credential.leaf : undefined;
  if (leaf) await noteCertificate(leaf, verdict.proofs, tenant);
  const { registration } = live;
  const row = await keepRow({ user: verdict.user, proofs: verdict.proofs, credential: kind, registration }, tenant);
  return answerWith(request, { ...session, live: { ...live, user: verdict.user } }, row, tenant);
}

/** The token slides for fourteen days, and ends ninety days after the sign-in (PRT-2). What was proven stays what it was. */
async function renew(request: BrokerRequest, session: SessionRequest, tenant: PrtTenant): Promise<BrokerAnswer> {
  const { live } = session;
  const { row } = live;
  const end = Math.min(
    tenant.at.getTime() + defaultLifetimes.primaryRefreshToken * 1000,
    row.issuedDateTime.getTime() + longestSeconds * 1000,
  );
  const nextRow = { ...row, expiresDateTime: new Date(end) };
  const verdict = await signInWithDevice(signInAgain(request, session), tenant);
  if (verdict.kind !== 'granted') return refusalOf(verdict);
  if (!(await tenant.ports.devices.primaryRefreshTokens.renew(row.id, nextRow)))
    return { kind: 'refused', error: 'invalid_grant', because: endReason(row) };
  await tenant.ports.sessions.add(proofsName(row.id), row.proofs, nextRow.expiresDateTime);
  return answerWith(request, session, nextRow, tenant);
}

/** The sign-in that a live token stands for, with what was proven when it was issued. */
const signInAgain = (request: BrokerRequest, session: SessionRequest): DeviceSignIn => ({
  ...signInRequestOf(request),
  username: session.live.user.userPrincipalName,
  device: session.live.device,
  incomingTokenType: 'primaryRefreshToken',
  deviceRuling: passed(true, 'primaryRefreshTokenAccepted', {
    credential: session.live.row.credential,
    deviceId: session.live.row.deviceId,
  }),
  credential: { kind: 'refreshToken', ruling: proofsRuling(session) },
});

/** A certificate for the user, in place of a primary refresh token (windows-sign-in §3.10, §3.11). */
async function answerUserCertificate(
  request: BrokerRequest,
  session: SessionRequest,
  use: string,
  tenant: PrtTenant,
): Promise<BrokerAnswer> {
  const issuing = await userCertificate(session, use, tenant);
  if (issuing.outcome !== 'passed') return { kind: 'refused', error: 'invalid_request', because: issuing.because };
  const signIn = { ...signInAgain(request, session), certificateUse: use };
  const verdict = await signInWithDevice(signIn, tenant);
  if (verdict.kind !== 'granted') return refusalOf(verdict);
  const body = certificateAnswer(issuing.value.issued, issuing.value.content, {
    version: request.version,
    at: tenant.at,
  });
  const encrypted = encryptedAnswer(body, session.token, request);
  return encrypted === undefined ? { kind: 'plain', body } : { kind: 'encrypted', text: encrypted };
}

const endReason = ({ deviceId }: PrimaryRefreshToken) =>
  ({ code: 'primaryRefreshTokenEnded', evidence: { deviceId } }) as const;

const proofsRuling = ({ live: { user, proofs } }: SessionRequest) =>
  passed({ userId: user.id, proofs }, 'sessionAccepted', { methods: proofs.map(({ method }) => method) });

/** The answer of a renewal, encrypted. The session key stays, unless the operator wants old ones replaced (§3.9). */
async function answerWith(
  request: BrokerRequest,
  { token, live, jws }: SessionRequest,
  row: PrimaryRefreshToken,
  tenant: PrtTenant,
): Promise<BrokerAnswer> {
  const { registration, user } = live;
  const now = Math.floor(tenant.at.getTime() / 1000);
  const { sessionKeyDays } = tenant.settings;
  const isOld = sessionKeyDays > 0 && now - token.sessionKeyAt > sessionKeyDays * 86_400;
  const fresh = isOld ? newSessionKey(registration) : undefined;
  const key = {
    sessionKey: fresh?.key ?? token.sessionKey,
    sessionKeyAt: fresh ? now : token.sessionKeyAt,
    isVersion2: token.isVersion2 || Number(jws.header.kdf_ver) === 2,
  };
  const text = await tokenText(row, registration, key, tenant);
  const parts = { row, user, text, payload: jws.payload, ...(fresh ? { sessionKeyJwe: fresh.jwe } : {}) };
  const body = tokenAnswer(parts, request, tenant);
  const encrypted = encryptedAnswer(body, token, request);
  return encrypted === undefined ? { kind: 'plain', body } : { kind: 'encrypted', text: encrypted };
}

/** Tokens for an application: the OpenID provider makes them, and asks Conditional Access with the device. @throws requestMalformed */
function redeem(request: BrokerRequest, session: SessionRequest): BrokerAnswer {
  const { payload } = session.jws;
  const { claims, client_info } = request.form.fields;
  const signed = ['client_id', 'resource', 'scope', 'redirect_uri'].flatMap((name) => {
    const value = payload[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const form = tokenFormOf(signed).with({ claims, client_info });
  return {
    kind: 'redeem',
    session: sessionOf(session.live),
    form,
    encrypt: (body) => encryptedAnswer(body, session.token, request),
  };
}

/** What is made with a token needs this of it. */
export function sessionOf({ row, user, proofs, device }: SessionRequest['live']): DeviceSession {
  return { id: row.id, userId: user.id, amr: amrOfDevice(proofs), proofs, device };
}
