import { z } from 'zod';
import { isGuid } from '#core/device/guid.ts';
import { unwrapSessionKey } from '#core/device/session-key.ts';
import { windowsSignInAppId } from '#core/directory/well-known-applications.ts';
import { fault } from '#core/trace/fault.ts';
import { readClaims } from '#schema/json.ts';
import { discoverAuthority } from '../registration/discovery.ts';
import type { PrimaryRefreshToken } from '../state/device-state.ts';
import { jwtBearerGrant, primaryScope } from '../well-known.ts';
import { answerIn, type JsonObject, textMember, textsMember } from '../wire/json.ts';
import { askWithSession, type Broker, deviceJws, fetchNonce, tokenEndpoint } from './broker.ts';
import type { Credential } from './credential.ts';

const about = 'a primary refresh token';

/** What is read of an answer (windows-sign-in §3.5): the session key, the token, and claims of the id token. */
const keyShape = z.object({ session_key_jwe: textMember });
const tokenShape = z.object({
  refresh_token: z.string().min(1),
  id_token: z.string(),
  refresh_token_expires_in: z.coerce.number().positive(),
});
const userShape = z.object({ upn: z.string().min(1), oid: z.string().refine(isGuid), amr: textsMember });

/**
 * Gets a primary refresh token for a credential (PRT-8, windows-sign-in §3.2): the device key signs, the answer has the
 * session key for the transport key. @throws sessionKeyUnusable, deviceAnswerMalformed and what the parts throw
 */
export async function requestPrimaryToken(broker: Broker, credential: Credential): Promise<PrimaryRefreshToken> {
  const { server, record, transcript } = broker;
  const { issuer } = await discoverAuthority(server, record.loginOrigin, record.tenantId);
  const nonce = await fetchNonce(broker);
  const payload = {
    client_id: credential.clientId,
    scope: primaryScope,
    request_nonce: nonce,
    win_ver: record.osVersion,
    group_sids: [],
    ...(await credential.members({ nonce, issuer, at: broker.now() })),
  };
  transcript.step('The credential, in a request that the device key signs (MS-OAPXBC 3.2.5.1.2)');
  const answer = await server.ask({
    about,
    url: tokenEndpoint(broker),
    form: {
      windows_api_version: '2.2',
      grant_type: jwtBearerGrant,
      request: deviceJws(broker, payload, broker.keyDerivation === 2),
      client_info: '1',
    },
  });
  const { session_key_jwe: wrappedKey } = answerIn(keyShape, answer, about);
  const sessionKey = wrappedKey === undefined ? undefined : unwrapSessionKey(wrappedKey, broker.keys.transport);
  if (!sessionKey) throw fault('sessionKeyUnusable', {});
  const { certificateThumbprint, kind } = credential;
  return readToken(answer, Buffer.from(sessionKey).toString('base64'), broker.now(), {
    kind,
    ...(certificateThumbprint === undefined ? {} : { certificateThumbprint }),
  });
}

/**
 * Renews a primary refresh token, signed with its session key (windows-sign-in §3.9). With a credential the request shows
 * it again, as Windows does; the MFA claim is then as fresh as the credential.
 */
export async function renewPrimaryToken(
  broker: Broker,
  token: PrimaryRefreshToken,
  credential: Credential | undefined,
): Promise<PrimaryRefreshToken> {
  const { issuer } = await discoverAuthority(broker.server, broker.record.loginOrigin, broker.record.tenantId);
  const nonce = await fetchNonce(broker);
  const at = broker.now();
  const issuedAt = Math.floor(at.getTime() / 1000);
  const credentialMembers = credential
    ? await credential.members({ nonce, issuer, at })
    : { grant_type: 'refresh_token' };
  const sessionKey = Buffer.from(token.sessionKey, 'base64');
  broker.transcript.step('The renewal, in a request that the session key signs (MS-OAPXBC 3.2.5.1.3)');
  const answer = await askWithSession(broker, {
    about: 'the renewal of the primary refresh token',
    payload: {
      client_id: windowsSignInAppId,
      scope: primaryScope,
      request_nonce: nonce,
      win_ver: broker.record.osVersion,
      refresh_token: token.token,
      previous_refresh_token: token.token,
      iss: 'aad:brokerplugin',
      aud: new URL(broker.record.loginOrigin).host,
      iat: issuedAt,
      exp: issuedAt + 300,
      ...credentialMembers,
    },
    sessionKey,
    endpoint: 'v1',
  });
  const { kind, certificateThumbprint = credential?.certificateThumbprint } = token;
  return readToken(answer, rolledKey(answer, broker) ?? token.sessionKey, broker.now(), {
    kind,
    ...(certificateThumbprint === undefined ? {} : { certificateThumbprint }),
  });
}

/** The session key where the server made a new one (PRT-3). @throws sessionKeyUnusable */
function rolledKey(answer: JsonObject, { keys }: Broker): string | undefined {
  const { session_key_jwe: wrappedKey } = answerIn(keyShape, answer, about);
  if (wrappedKey === undefined) return undefined;
  const sessionKey = unwrapSessionKey(wrappedKey, keys.transport);
  if (!sessionKey) throw fault('sessionKeyUnusable', {});
  return Buffer.from(sessionKey).toString('base64');
}

/** What the device keeps of an answer (windows-sign-in §3.5). @throws deviceAnswerMalformed */
export function readToken(
  answer: JsonObject,
  sessionKey: string,
  at: Date,
  origin: Pick<PrimaryRefreshToken, 'kind' | 'certificateThumbprint'>,
): PrimaryRefreshToken {
  const { refresh_token: token, id_token, refresh_token_expires_in: seconds } = answerIn(tokenShape, answer, about);
  const user = readClaims(userShape, id_token);
  if (!user) throw fault('deviceAnswerMalformed', { request: about, problem: 'its id token has no upn or no oid' });
  return {
    ...origin,
    token,
    sessionKey,
    userPrincipalName: user.upn,
    objectId: user.oid,
    methods: user.amr,
    obtainedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + seconds * 1000).toISOString(),
  };
}
