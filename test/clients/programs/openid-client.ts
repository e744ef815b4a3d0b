import '#server/reasons/join.ts';
import * as client from 'openid-client';
import { Browser, type CardInReader } from '#cli/client/browser.ts';
import { signInAt } from '../person.ts';
import { answerOfProgram, programInput } from '../program.ts';

/** A web application with openid-client: code with PKCE, renewal, userinfo, a device, and signing out. */
const { origin, tenant, clientId, secret, redirectUri, logoutUri, ...person } = programInput<{
  origin: string;
  tenant: string;
  clientId: string;
  secret?: string;
  redirectUri: string;
  logoutUri: string;
  username: string;
  card: CardInReader;
}>();
const scope = 'openid profile email offline_access User.Read';
const authentication = secret === undefined ? client.None() : client.ClientSecretPost(secret);
const issuer = new URL(`${origin}/${tenant}/v2.0`);
const config = await client.discovery(issuer, clientId, undefined, authentication);
const browser = new Browser(person.card, undefined);

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope,
  state: expectedState,
  nonce: expectedNonce,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});
const { url } = await signInAt(address, { ...person, until: redirectUri }, browser);
const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
const first = await client.authorizationCodeGrant(config, url, checks);
const { sub } = first.claims()!;
const renewal = await client.refreshTokenGrant(config, first.refresh_token!);
const userinfo = await client.fetchUserInfo(config, renewal.access_token, sub);

const device = await client.initiateDeviceAuthorization(config, { scope });
await signInAt(new URL(device.verification_uri), { ...person, userCode: device.user_code }, browser);
const onDevice = await client.pollDeviceAuthorizationGrant(config, device);

const end = { id_token_hint: first.id_token!, post_logout_redirect_uri: logoutUri, state: 'gone' };
const left = await signInAt(client.buildEndSessionUrl(config, end), { ...person, until: logoutUri }, browser);
const silently = new URL(address);
silently.searchParams.set('prompt', 'none');
const after = await signInAt(silently, { ...person, until: redirectUri }, browser);
answerOfProgram({
  claims: first.claims(),
  renewed: renewal.claims(),
  userinfo,
  device: onDevice.claims(),
  left: left.url.href,
  after: after.url.searchParams.get('error'),
});
