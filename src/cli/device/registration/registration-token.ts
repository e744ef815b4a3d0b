import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { brokerAppId, brokerRedirectUri, deviceRegistrationAppId } from '#core/directory/well-known-applications.ts';
import { fault } from '#core/trace/fault.ts';
import { readClaims } from '#schema/json.ts';
import type { CardInReader } from '../../client/browser.ts';
import type { Network } from '../../client/network.ts';
import { type DeviceServer, refusalIn } from '../wire/device-server.ts';
import { answerIn, type JsonObject, textMember } from '../wire/json.ts';

/** Tokens of the authentication broker for device registration (windows-sign-in §2.1). */
export interface BrokerTokens {
  readonly accessToken: string;
  /** May become a primary refresh token. */
  readonly refreshToken: string | undefined;
  readonly userPrincipalName: string | undefined;
}

const scope = `${deviceRegistrationAppId}/.default openid profile offline_access`;

/** The sign-in of a person, with a card over the pages that a browser would show. @throws deviceServerRefused and what `signInLikeABrowser` and `decided` do */
export async function tokensByCard(
  origin: string,
  tenant: string,
  { card, username, network }: { readonly card: CardInReader; readonly username: string; readonly network: Network },
): Promise<BrokerTokens> {
  const { decided, signInLikeABrowser } = await import('../../client/sign-in-client.ts');
  const correlationId = crypto.randomUUID();
  const signIn = signInLikeABrowser({
    origin,
    tenant,
    username,
    clientId: brokerAppId,
    redirectUri: brokerRedirectUri,
    scope,
    card,
    ca: network.ca,
    network,
    correlationId,
  });
  const end = decided(await signIn);
  if (end.kind === 'refused')
    throw fault('deviceServerRefused', {
      request: 'the sign-in for device registration',
      error: end.code,
      description: `${end.code} ${end.sentence}`.trim().replace(/\.$/, ''),
      correlationId,
    });
  return tokensIn(end.tokens);
}

/** RFC 8628 §3.2. */
const deviceCodeShape = z.object({
  device_code: z.string(),
  user_code: textMember,
  verification_uri: textMember,
  message: textMember,
  interval: z.coerce.number().positive().catch(5),
});

/** The sign-in of a person in any browser, with a code that they type there (RFC 8628). `tell` shows the person what to do. */
export async function tokensByDeviceCode(
  server: DeviceServer,
  origin: string,
  tenant: string,
  notify: (message: string) => unknown,
): Promise<BrokerTokens> {
  const about = 'a code for the sign-in';
  const answer = await server.ask({
    about,
    url: new URL(`/${tenant}/oauth2/v2.0/devicecode`, origin),
    form: { client_id: brokerAppId, scope },
  });
  const begin = answerIn(deviceCodeShape, answer, about);
  notify(begin.message ?? `Open ${begin.verification_uri} and enter ${begin.user_code}.`);
  return tokensIn(await poll(server, new URL(`/${tenant}/oauth2/v2.0/token`, origin), begin));
}

/** RFC 8628 §3.5: `authorization_pending` and `slow_down` continue, everything else ends it. */
async function poll(server: DeviceServer, url: URL, begin: z.infer<typeof deviceCodeShape>): Promise<JsonObject> {
  const about = 'the sign-in with a code';
  let seconds = begin.interval;
  for (;;) {
    await pause(seconds * 1000);
    const answer = await server.send({
      about,
      url,
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: brokerAppId,
        device_code: begin.device_code,
      },
    });
    if (answer.status < 400 && answer.json) return answer.json;
    const { error } = answerIn(z.object({ error: textMember }), answer.json ?? {}, about);
    if (error === 'slow_down') seconds += 5;
    else if (error !== 'authorization_pending') throw refusalIn(answer, about);
  }
}

/** @throws deviceAnswerMalformed */
export function tokensIn(tokens: JsonObject): BrokerTokens {
  const answer = answerIn(tokensShape, tokens, 'the sign-in');
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    userPrincipalName: userOf(answer.access_token) ?? userOf(answer.id_token),
  };
}

const tokensShape = z.object({ access_token: z.string().min(1), refresh_token: textMember, id_token: textMember });
const namesOfUser = z.object({ upn: textMember, preferred_username: textMember });

/** The user principal name that a token says. */
export function userOf(jwt: string | undefined): string | undefined {
  const { upn, preferred_username: name } = readClaims(namesOfUser, jwt ?? '') ?? {};
  return upn ?? name;
}
