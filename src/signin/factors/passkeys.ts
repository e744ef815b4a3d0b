import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { PasskeyMethod } from '#model/authentication-method.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { readJson } from '#schema/json.ts';

/** A challenge lives as long as browsers wait for a person to touch a key. */
const challengeMilliseconds = 5 * 60_000;

/** Whose a challenge is: a sign-in on the pages, or a session that registers. */
export interface ChallengeFor {
  readonly purpose: 'signIn' | 'register';
  readonly boundTo: string;
}

/** Makes a challenge that one answer redeems once. */
export async function makeChallenge(
  challengeFor: ChallengeFor & { readonly userId: string | undefined },
  { ports: { tickets }, at }: SignInContext<Pick<Ports, 'tickets'>>,
): Promise<string> {
  const id = Buffer.from(randomBytes(24).toString('base64url')).toString('base64url');
  const { purpose, boundTo, userId } = challengeFor;
  const expires = new Date(at.getTime() + challengeMilliseconds);
  await tickets.put({ id, kind: 'passkeyChallenge', userId, state: 'open', document: { purpose, boundTo }, expires });
  return id;
}

/**
 * A challenge as text: its octets are those of this text, in ASCII. Programs without pages get it in this form
 * (`sFidoChallenge`), and their passkeys sign its octets.
 */
export const challengeText = (challenge: string): string => Buffer.from(challenge, 'base64url').toString('ascii');

/** Takes the challenge a browser's answer names, if it was made for this. */
export async function takeChallenge(
  response: unknown,
  challengeFor: ChallengeFor,
  { ports: { tickets }, at }: SignInContext<Pick<Ports, 'tickets'>>,
): Promise<string | undefined> {
  const challenge = challengeIn(response);
  const ticket = challenge === undefined ? undefined : await tickets.take('passkeyChallenge', challenge, at);
  const { purpose, boundTo } = ticket?.document ?? {};
  return purpose === challengeFor.purpose && boundTo === challengeFor.boundTo ? challenge : undefined;
}

/** JSON of a browser's answer, unread; malformed JSON, or larger than any answer, is read as nothing, which no passkey has signed. */
export const parsedResponse = (text: string): unknown =>
  text.length > 65_536 ? undefined : readJson(z.unknown(), text);

const passkeyAnswer = z.object({ response: z.object({ clientDataJSON: z.string() }) });
const clientData = z.object({ challenge: z.string() });

/** The challenge in `clientDataJSON` (WebAuthn Level 3 §5.8.1); whether the key signed it is evaluated later. */
function challengeIn(response: unknown): string | undefined {
  const { clientDataJSON = '' } = passkeyAnswer.safeParse(response).data?.response ?? {};
  return readJson(clientData, Buffer.from(clientDataJSON, 'base64url').toString())?.challenge;
}

/** What `navigator.credentials.get()` is asked. Without credentials the browser offers those it knows: the request does not tell who has one. */
export function requestOptions(request: {
  readonly origin: string;
  readonly challenge: string;
  readonly allowed: readonly PasskeyMethod[];
}): Record<string, unknown> {
  return {
    challenge: request.challenge,
    rpId: new URL(request.origin).hostname,
    userVerification: 'required', // a passkey counts as multifactor because of it
    timeout: challengeMilliseconds,
    allowCredentials: request.allowed.map(({ credentialId, transports }) => ({
      id: credentialId,
      type: 'public-key',
      transports,
    })),
  };
}

/**
 * The id of the user whom a discoverable passkey names, where no name was typed (WebAuthn Level 3 §7.2 step 6): its user handle,
 * which must be that of the registration. Nothing is proven by it; {@link redeemAssertion} evaluates the answer.
 */
export async function holderOf(response: unknown, { methods }: Pick<Ports, 'methods'>): Promise<string | undefined> {
  const { id, response: answer } = (response ?? {}) as { id?: unknown; response?: { userHandle?: unknown } };
  const passkey = typeof id === 'string' ? await methods.passkey(id) : undefined;
  const handle = typeof answer?.userHandle === 'string' ? answer.userHandle : '';
  const isTheirs = passkey !== undefined && Buffer.from(handle, 'base64url').toString() === passkey.userId;
  return isTheirs ? passkey.userId : undefined;
}

interface Assertion {
  readonly response: unknown;
  readonly origin: string;
  readonly boundTo: string;
}

/** WebAuthn Level 3 §7.2: the answer to a challenge of this sign-in, signed by a passkey of this user, with user verification. */
export async function redeemAssertion(
  { response, origin, boundTo }: Assertion,
  { user }: { readonly user: User | undefined },
  context: SignInContext,
): Promise<Ruling<Proof>> {
  const { ports, at } = context;
  const wrong = (why: string) => refused('passkeyWrong', { why });
  const challenge = await takeChallenge(response, { purpose: 'signIn', boundTo }, context);
  if (challenge === undefined) return wrong('it does not answer a challenge of this sign-in');
  const { id } = response as { id?: unknown };
  const passkey = typeof id === 'string' ? await ports.methods.passkey(id) : undefined;
  if (!user || passkey?.userId !== user.id) return wrong('it is not registered for this account');
  const answer = await ports.passkeys.verifyAssertion({ response, challenge, origin, passkey });
  if ('problem' in answer) return wrong(answer.problem);
  // §7.2 step 22: a counter that does not go up tells of a copy; passkeys that are copied on purpose keep it at zero.
  if (answer.counter > 0 && !(await ports.methods.spend(passkey.id, answer.counter)))
    return wrong('its counter went back');
  const proof: Proof = { method: 'fido2', userId: user.id, at: at.toISOString(), aaguid: passkey.aaguid };
  return passed(proof, 'passkeyAccepted', { passkey: passkey.displayName, aaguid: passkey.aaguid });
}
