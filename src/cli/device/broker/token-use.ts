import { z } from 'zod';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { longest, queryIn, readFields, text } from '#schema/form.ts';
import type { PrimaryRefreshToken } from '../state/device-state.ts';
import type { JsonObject } from '../wire/json.ts';
import { askWithSession, type Broker, deviceJws, fetchNonce, signWithSession, tokenEndpoint } from './broker.ts';

/** Which access token is asked for: of a resource on the v1 endpoint, or with a scope on the v2.0 endpoint. */
export interface WantedToken {
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  readonly target: { readonly resource: string } | { readonly scope: string };
}

/** Exchanges a primary refresh token for the tokens of an application (windows-sign-in §3.9). */
export async function requestAccessToken(
  broker: Broker,
  token: PrimaryRefreshToken,
  { clientId, redirectUri, target }: WantedToken,
): Promise<JsonObject> {
  const nonce = await fetchNonce(broker);
  const issuedAt = Math.floor(broker.now().getTime() / 1000);
  const isV1 = 'resource' in target;
  broker.transcript.step('The primary refresh token for a token of the application (MS-OAPXBC 3.2.5.1.3)');
  return askWithSession(broker, {
    about: 'an access token',
    payload: {
      win_ver: broker.record.osVersion,
      ...(isV1 ? { scope: 'openid', resource: target.resource } : { scope: target.scope }),
      request_nonce: nonce,
      refresh_token: token.token,
      redirect_uri: redirectUri ?? `ms-appx-web://Microsoft.AAD.BrokerPlugin/${clientId}`,
      iss: isV1 ? 'aad:brokerplugin' : brokerAppId,
      grant_type: 'refresh_token',
      client_id: clientId,
      aud: isV1 ? new URL(broker.record.loginOrigin).host : tokenEndpoint(broker, 'v2').href,
      iat: issuedAt,
      exp: issuedAt + 300,
    },
    sessionKey: Buffer.from(token.sessionKey, 'base64'),
    endpoint: isV1 ? 'v1' : 'v2',
  });
}

/** A credential for sign-in pages, sent as a header or cookie of this name (windows-sign-in §3.12). */
export interface BrowserCredential {
  readonly name: 'x-ms-RefreshTokenCredential' | 'x-ms-DeviceCredential';
  readonly data: string;
}

const signInPageQuery = z.object({ sso_nonce: text(longest.document) });

/** The nonce that the address of a sign-in page has for the device to sign; undefined where it has none. */
export const nonceIn = (address: string): string | undefined =>
  readFields(signInPageQuery, queryIn(address))?.sso_nonce;

/** The user and the device, for the sign-in pages. */
export const refreshTokenCookie = (broker: Broker, token: PrimaryRefreshToken, nonce: string): BrowserCredential => ({
  name: 'x-ms-RefreshTokenCredential',
  data: signWithSession(
    broker,
    { refresh_token: token.token, is_primary: 'true', request_nonce: nonce, windows_api_version: '2.0.1' },
    Buffer.from(token.sessionKey, 'base64'),
  ),
});

/** The device alone. */
export const deviceCookie = (broker: Broker, nonce: string): BrowserCredential => ({
  name: 'x-ms-DeviceCredential',
  data: deviceJws(broker, { grant_type: 'device_auth', iss: 'aad:brokerplugin', request_nonce: nonce }, false),
});
