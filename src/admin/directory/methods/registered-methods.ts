import { randomBytes } from 'node:crypto';
import type { User } from '#core/binding/user.ts';
import { matchingStep } from '#core/factors/totp.ts';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { PasskeyMethod, RegisteredMethod, SoftwareOathMethod } from '#model/authentication-method.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { makeChallenge, takeChallenge } from '#signin/factors/passkeys.ts';
import { actorText } from '../../actor.ts';
import type { AdminContext } from '../../context.ts';
import { auditRefusal, rulingOf } from '../../refusals.ts';
import { changeTenant, type GuardPorts } from '../../safety/guard.ts';

/** Who registers, in which live session; that policy lets them is asked before. */
export interface Registrant {
  readonly user: User;
  readonly sessionUid: string;
}
/** A registrant, at one moment. */
export interface RegistrantContext<P> extends Registrant, SignInContext<P> {}
/** A registrant who changes something, and the address that the audit log names. */
export interface ChangingRegistrantContext extends RegistrantContext<GuardPorts> {
  readonly ipAddress: string;
}

/** As in Entra: five authenticator apps, ten passkeys. */
const most = { softwareOath: 5, fido2: 10 } as const;
/** RFC 4226 §4 R6: the length of the hash's output. */
const secretBytes = 20;
const minutesToScan = 10;

type RegisterPorts = Pick<Ports, 'methods' | 'tickets' | 'passkeys'>;

/** Makes the secret of an authenticator app; nothing is registered before the app has shown a code. */
export async function beginApp({ user, sessionUid, ports, at }: RegistrantContext<RegisterPorts>): Promise<string> {
  const [id, secret] = [randomBytes(32).toString('base64url'), randomBytes(secretBytes).toString('base64url')];
  const document = { secret, sessionUid };
  const expires = new Date(at.getTime() + minutesToScan * 60_000);
  await ports.tickets.put({ id, kind: 'oneTimeCodeSecret', userId: user.id, state: 'open', document, expires });
  return id;
}

/** The secret that was begun in this session, base64url; undefined when there is none or it is too late. */
export async function secretOf(
  id: string,
  { user, sessionUid, ports, at }: RegistrantContext<RegisterPorts>,
): Promise<string | undefined> {
  const ticket = await ports.tickets.find('oneTimeCodeSecret', id, at);
  const isTheirs = ticket?.userId === user.id && ticket.document.sessionUid === sessionUid;
  return isTheirs ? ticket.document.secret : undefined;
}

/** The app shows codes of the secret: it is registered, and this code is spent. */
export async function confirmApp(
  { ticket, code, displayName }: { readonly ticket: string; readonly code: string; readonly displayName: string },
  context: ChangingRegistrantContext,
): Promise<Ruling<SoftwareOathMethod>> {
  const { ports, at } = context;
  const secret = await secretOf(ticket, context);
  if (secret === undefined)
    return refused('registrationRefused', { why: 'it was started too long ago, or in another session' });
  const step = matchingStep(Buffer.from(secret, 'base64url'), code, at);
  if (step === undefined) return refused('oneTimeCodeWrong', {});
  if (!(await ports.tickets.take('oneTimeCodeSecret', ticket, at)))
    return refused('registrationRefused', { why: 'it is already registered' });
  const method: SoftwareOathMethod = { ...commonOf(displayName, context), kind: 'softwareOath', secret };
  return register(method, context, (inside) => inside.methods.spend(method.id, step));
}

/** What `navigator.credentials.create()` is asked (WebAuthn Level 3 §5.4): discoverable, so that no name need be typed. */
export async function creationOptions(
  { origin, organisation }: { readonly origin: string; readonly organisation: string },
  context: RegistrantContext<RegisterPorts>,
): Promise<Record<string, unknown>> {
  const { user, sessionUid } = context;
  const challenge = await makeChallenge({ purpose: 'register', boundTo: sessionUid, userId: user.id }, context);
  const registration = (await context.ports.methods.ofUser(user.id)).filter((method) => method.kind === 'fido2');
  return {
    challenge,
    rp: { id: new URL(origin).hostname, name: organisation },
    user: {
      id: Buffer.from(user.id).toString('base64url'),
      name: user.userPrincipalName,
      displayName: user.displayName,
    },
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    excludeCredentials: registration.map(({ credentialId, transports }) => ({
      id: credentialId,
      type: 'public-key',
      transports,
    })),
    timeout: 300_000,
  };
}

/** What a browser answers to {@link creationOptions}, and a name for the passkey. */
interface PasskeyRegistration {
  readonly response: unknown;
  readonly origin: string;
  readonly displayName: string;
}

/** WebAuthn Level 3 §7.1: a new passkey, made for a challenge of this session, with user verification. */
export async function registerPasskey(
  { response, origin, displayName }: PasskeyRegistration,
  context: ChangingRegistrantContext,
): Promise<Ruling<PasskeyMethod>> {
  const { sessionUid } = context;
  const challenge = await takeChallenge(response, { purpose: 'register', boundTo: sessionUid }, context);
  if (challenge === undefined)
    return refused('registrationRefused', { why: 'it does not answer a challenge of this session' });
  const result = await context.ports.passkeys.verifyRegistration({ response, challenge, origin });
  if ('problem' in result) return refused('registrationRefused', { why: result.problem });
  return register({ ...commonOf(displayName, context), kind: 'fido2', ...result }, context);
}

/** Takes a registered method away from a user. False when the user has no such method. */
export const removeMethod = (
  userId: string,
  id: string,
  { actor, ports: { methods } }: AdminContext<Pick<RegisterPorts, 'methods'>>,
): Promise<boolean> => methods.remove(userId, id, actor);

/**
 * As {@link removeMethod}, by the users themselves. It is a change of the tenant like an administrator's: what would leave no
 * Global Administrator able to sign in is refused with `lastAdministratorShutOut`, and the refusal is audited (AUD-1).
 */
export async function removeMethodAsUser(id: string, context: ChangingRegistrantContext): Promise<Ruling<boolean>> {
  const { user, ports, at } = context;
  const actor = actorOf(context);
  const removeIt = async (inside: GuardPorts) => success(await removeMethod(user.id, id, { actor, ports: inside }));
  const ruling = await changeTenant(ports, { at, isForced: false }, removeIt);
  if (ruling.outcome === 'passed') return passed(ruling.value, 'methodRemoved', { id });
  const { because } = ruling;
  const refusal = {
    operation: 'DELETE security-info/{id}',
    targetKind: 'User',
    targetId: user.id,
    actor,
    because,
  } as const;
  await auditRefusal({ activity: 'Delete security info', ...refusal }, ports.audits);
  return ruling;
}

/** Counts, compares and writes in one transaction, so that two tabs do not register more than the limit. */
function register<M extends RegisteredMethod & { kind: keyof typeof most }>(
  method: M,
  context: ChangingRegistrantContext,
  afterwards?: (inside: GuardPorts) => Promise<unknown>,
): Promise<Ruling<M>> {
  const { user, ports, at } = context;
  return changeTenant(ports, { at, isForced: false }, async (inside): Promise<Ruling<M>> => {
    const { methods } = inside;
    if (method.kind === 'fido2' && (await methods.passkey(method.credentialId)))
      return refused('registrationRefused', { why: 'this passkey is already registered' }); // §7.1 step 26
    const alike = (await methods.ofUser(user.id)).filter(({ kind }) => kind === method.kind);
    if (alike.length >= most[method.kind])
      return refused('registrationRefused', {
        why: `a user can have at most ${most[method.kind]} methods of this kind`,
      });
    const methodRuling = await rulingOf(() => methods.add(method, actorOf(context)));
    if (methodRuling.outcome !== 'passed') return methodRuling;
    await afterwards?.(inside);
    return passed(method, 'methodRegistered', { kind: method.kind });
  });
}

const actorOf = ({ user: { id, userPrincipalName: name }, ipAddress }: ChangingRegistrantContext): string =>
  actorText({ kind: 'user', id, name, ipAddress });

function commonOf(displayName: string, { user, at }: ChangingRegistrantContext) {
  const name = displayName.replaceAll(/\p{C}/gu, '').trim().slice(0, 60);
  return { id: crypto.randomUUID(), userId: user.id, displayName: name || '–', createdDateTime: at };
}
