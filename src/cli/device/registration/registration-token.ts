import { setTimeout as pause } from 'node:timers/promises';
import { fault } from '#core/trace/fault.ts';
import type { CardInReader } from '../../client/browser.ts';
import type { Network } from '../../client/network.ts';
import { authenticationBrokerId, brokerRedirectUri, registrationServiceId } from '../well-known.ts';
import { type DeviceServer, refusalIn } from '../wire/device-server.ts';
import { claimsIn, type JsonObject, textIn } from '../wire/json.ts';

/** Tokens of the authentication broker for device registration (windows-sign-in §2.1). */
export interface BrokerTokens {
  readonly accessToken: string;
  /** May become a primary refresh token. */
  readonly refreshToken: string | undefined;
  readonly userPrincipalName: string | undefined;
}

const scope = `${registrationServiceId}/.default openid profile offline_access`;

/** The sign-in of a person, with a card over the pages that a browser would show. @throws deviceServerRefused and what `signInLikeABrowser` does */
export async function tokensByCard(
  origin: string,
  tenant: string,
  { card, username, network }: { readonly card: CardInReader; readonly username: string; readonly network: Network },
): Promise<BrokerTokens> {
  const { signInLikeABrowser } = await import('../../client/sign-in-client.ts');
  const correlationId = crypto.randomUUID();
  const end = await signInLikeABrowser({
    origin,
    tenant,
    username,
    clientId: authenticationBrokerId,
    redirectUri: brokerRedirectUri,
    scope,
    card,
    ca: network.ca,
    network,
    correlationId,
  });
  if (end.kind === 'refused')
    throw fault('deviceServerRefused', {
      request: 'the sign-in for device registration',
      error: end.code,
      description: `${end.code} ${end.sentence}`.trim().replace(/\.$/, ''),
      correlationId,
    });
  return tokensIn(end.tokens);
}

/** The sign-in of a person in any browser, with a code that they type there (RFC 8628). `tell` shows the person what to do. */
export async function tokensByDeviceCode(
  server: DeviceServer,
  origin: string,
  tenant: string,
  tell: (message: string) => unknown,
): Promise<BrokerTokens> {
  const begin = await server.ask({
    about: 'a code for the sign-in',
    url: new URL(`/${tenant}/oauth2/v2.0/devicecode`, origin),
    form: { client_id: authenticationBrokerId, scope },
  });
  tell(textIn(begin, 'message') ?? `Open ${String(begin.verification_uri)} and enter ${String(begin.user_code)}.`);
  return tokensIn(await poll(server, new URL(`/${tenant}/oauth2/v2.0/token`, origin), begin));
}

/** RFC 8628 §3.5: `authorization_pending` and `slow_down` go on, everything else ends it. */
async function poll(server: DeviceServer, url: URL, begin: JsonObject): Promise<JsonObject> {
  const about = 'the sign-in with a code';
  let seconds = Number(begin.interval) || 5;
  for (;;) {
    await pause(seconds * 1000);
    const answer = await server.send({
      about,
      url,
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: authenticationBrokerId,
        device_code: String(begin.device_code),
      },
    });
    if (answer.status < 400 && answer.json) return answer.json;
    const error = textIn(answer.json, 'error');
    if (error === 'slow_down') seconds += 5;
    else if (error !== 'authorization_pending') throw refusalIn(answer, about);
  }
}

/** @throws deviceAnswerMalformed */
export function tokensIn(tokens: JsonObject): BrokerTokens {
  const accessToken = textIn(tokens, 'access_token');
  if (accessToken === undefined)
    throw fault('deviceAnswerMalformed', { request: 'the sign-in', problem: 'it has no access_token' });
  return {
    accessToken,
    refreshToken: textIn(tokens, 'refresh_token'),
    userPrincipalName: userOf(accessToken) ?? userOf(textIn(tokens, 'id_token')),
  };
}

/** The user principal name that a token says. */
export function userOf(jwt: string | undefined): string | undefined {
  const claims = claimsIn(jwt);
  return textIn(claims, 'upn') ?? textIn(claims, 'preferred_username');
}
