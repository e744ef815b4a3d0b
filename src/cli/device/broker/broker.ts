import { randomBytes, sign } from 'node:crypto';
import { z } from 'zod';
import { compactJws, type JwsMembers, sessionKeyJws, signingInputOf } from '#core/device/client/write-jws.ts';
import { decryptAnswer } from '#core/device/jose/encrypted-answer.ts';
import type { KeyDerivationVersion } from '#core/device/session-key.ts';
import { fault } from '#core/trace/fault.ts';
import type { DeviceKeys, DeviceRecord } from '../state/device-state.ts';
import { jwtBearerGrant } from '../well-known.ts';
import { type DeviceServer, refusalIn } from '../wire/device-server.ts';
import { answerIn, type JsonObject, parseJson } from '../wire/json.ts';
import type { Transcript } from '../wire/transcript.ts';

/** A device that signs requests of the broker protocol. */
export interface Broker {
  readonly server: DeviceServer;
  readonly transcript: Transcript;
  readonly record: DeviceRecord;
  readonly keys: DeviceKeys;
  /** Version of the key derivation in requests that the session key signs. */
  readonly keyDerivation: KeyDerivationVersion;
  /** `windows_api_version` of requests: 2.3 asks for answers with real A256GCM. */
  readonly apiVersion: string;
  now(): Date;
}

export const tokenEndpoint = ({ record }: Broker, version: 'v1' | 'v2' = 'v1'): URL =>
  new URL(`/${record.tenantId}/oauth2/${version === 'v2' ? 'v2.0/' : ''}token`, record.loginOrigin);

const nonceShape = z.object({ Nonce: z.string().min(1) });

/** A nonce of the server (windows-sign-in §3.1). @throws deviceAnswerMalformed and what {@link DeviceServer.ask} does */
export async function fetchNonce(broker: Broker): Promise<string> {
  broker.transcript.step('A nonce, so that the server sees that the next request is fresh (MS-OAPXBC 3.2.5.1.1)');
  const answer = await broker.server.ask({
    about: 'a nonce',
    url: tokenEndpoint(broker),
    form: { grant_type: 'srv_challenge' },
  });
  return answerIn(nonceShape, answer, 'a nonce').Nonce;
}

/** A JWS of the device key, with the device certificate and, where wanted, the versions that the client knows. */
export function deviceJws({ record, keys }: Broker, payload: JwsMembers, knowsVersion2: boolean): string {
  const header = { typ: 'JWT', alg: 'RS256', x5c: [record.certificate], ...(knowsVersion2 ? { kdf_ver: 2 } : {}) };
  const signingInput = signingInputOf(header, payload);
  return compactJws(signingInput, sign('sha256', signingInput, keys.device));
}

/** A request that is signed with the key derived from the session key, and where it goes. */
export interface SessionRequest {
  readonly about: string;
  readonly payload: JwsMembers;
  readonly sessionKey: Uint8Array;
  readonly endpoint: 'v1' | 'v2';
}

/** Octets of the context of a Windows client (windows-sign-in §3.7). */
const contextLength = 24;

/** Signs with the session key. @returns the JWS */
export const signWithSession = ({ keyDerivation }: Broker, payload: JwsMembers, sessionKey: Uint8Array): string =>
  sessionKeyJws(payload, { sessionKey, context: randomBytes(contextLength), version: keyDerivation });

/**
 * Sends a request under the session key and decrypts the answer, whichever form it has. Errors are plain
 * (windows-sign-in §3.9). @throws deviceAnswerMalformed and what {@link DeviceServer.ask} does
 */
export async function askWithSession(broker: Broker, request: SessionRequest): Promise<JsonObject> {
  const { about, payload, sessionKey, endpoint } = request;
  const answer = await broker.server.send({
    about,
    url: tokenEndpoint(broker, endpoint),
    form: {
      windows_api_version: broker.apiVersion,
      grant_type: jwtBearerGrant,
      request: signWithSession(broker, payload, sessionKey),
      client_info: '1',
      ...(endpoint === 'v2' ? { prt_protocol_version: '3.0' } : {}),
    },
  });
  if (answer.status >= 400) throw refusalIn(answer, about);
  if (answer.json) return answer.json;
  const plaintext = decryptAnswer(answer.text.trim(), sessionKey);
  const json = plaintext === undefined ? undefined : parseJson(plaintext);
  if (!json)
    throw fault('deviceAnswerMalformed', { request: about, problem: 'it cannot be decrypted with the session key' });
  broker.transcript.step('The answer, decrypted with the key that its context and the session key give');
  broker.transcript.answer(answer.status, json);
  return json;
}
