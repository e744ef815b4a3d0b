import type { AuthenticationMethod, Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { passTyped, passUsability } from '#core/factors/temporary-access-pass.ts';
import { matchingStep } from '#core/factors/totp.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { SignInContext } from '#ports/ports.ts';
import { refusedRequestId } from './approvals.ts';
import { redeemAssertion } from './passkeys.ts';
import { tried, unknownUserId } from './tries.ts';

/** What the user presents. `response` is what the browser's WebAuthn gave, as JSON; `boundTo` the sign-in its challenge was made for. */
export type PresentedFactor =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'temporaryAccessPass'; readonly pass: string }
  | { readonly kind: 'oneTimeCode'; readonly code: string }
  | { readonly kind: 'passkey'; readonly response: unknown; readonly origin: string; readonly boundTo: string }
  | { readonly kind: 'approval'; readonly ticket: string };

/** For whom: `user` is undefined where the name typed is no user's, or of a user who may not sign in. */
export interface FactorOf {
  readonly username: string;
  readonly user: User | undefined;
  readonly browser: string | undefined;
  readonly ipAddress: string;
  readonly proofs: readonly Proof[];
}

/** Is it right? Answers with the proof. An unknown user costs the same work as a known one, and gets the same answer. */
export function checkFactor(factor: PresentedFactor, of: FactorOf, context: SignInContext): Promise<Ruling<Proof>> {
  switch (factor.kind) {
    case 'password':
      return checkPassword(factor.password, of, context);
    case 'temporaryAccessPass':
      return checkPass(factor.pass, of, context);
    case 'oneTimeCode':
      return checkCode(factor.code, of, context);
    case 'passkey':
      return redeemAssertion(factor, of, context);
    case 'approval':
      return checkApproval(factor.ticket, of, context);
  }
}

const proofOf = (method: AuthenticationMethod, user: User, at: Date): Proof => ({
  method,
  userId: user.id,
  at: at.toISOString(),
});

async function checkPassword(password: string, of: FactorOf, context: SignInContext): Promise<Ruling<Proof>> {
  const { ports, at } = context;
  const { user, username } = of;
  const storedHash = await ports.directory.passwordHash(user?.id ?? unknownUserId);
  const request = {
    secret: 'password',
    username,
    userId: user?.id,
    browser: of.browser,
    ipAddress: of.ipAddress,
    typed: password,
    storedHash: storedHash ?? '',
  } as const;
  const triedRuling = await tried(request, context, () => ports.passwords.verify(storedHash, password));
  if (triedRuling.outcome !== 'passed') return triedRuling;
  const right = triedRuling.value;
  const userPrincipalName = user?.userPrincipalName ?? username;
  return right && user
    ? passed(proofOf('password', user, at), 'passwordAccepted', { userPrincipalName })
    : refused('passwordWrong', { userPrincipalName });
}

async function checkPass(typedText: string, of: FactorOf, context: SignInContext): Promise<Ruling<Proof>> {
  const { ports, at } = context;
  const { user, username } = of;
  const request = {
    secret: 'Temporary Access Pass',
    username,
    userId: user?.id,
    browser: of.browser,
    ipAddress: of.ipAddress,
  } as const;
  const userPrincipalName = user?.userPrincipalName ?? username;
  const activePass = (await ports.methods.ofUser(user?.id ?? unknownUserId)).find(
    (item) => item.kind === 'temporaryAccessPass',
  );
  let why: string = 'there is none';
  const triedRuling = await tried({ ...request, typed: typedText }, context, async () => {
    const matches = await ports.passwords.verify(activePass?.passHash, passTyped(typedText));
    if (!activePass) return false;
    why = matches ? passUsability({ ...activePass, isUsed: activePass.counter > 0 }, at) : 'it is another one';
    if (why !== 'enabledByPolicy') return false;
    const isFirst = await ports.methods.spend(activePass.id, 1);
    if (isFirst || !activePass.isUsableOnce) return true;
    why = 'oneTimeUsed';
    return false;
  });
  if (triedRuling.outcome !== 'passed') return triedRuling;
  const right = triedRuling.value;
  if (!right || !user || !activePass) return refused('temporaryAccessPassWrong', { userPrincipalName, why });
  const method = activePass.isUsableOnce ? 'temporaryAccessPassOneTime' : 'temporaryAccessPassMultiUse';
  const evidence = { userPrincipalName, once: activePass.isUsableOnce };
  return passed(proofOf(method, user, at), 'temporaryAccessPassAccepted', evidence);
}

async function checkCode(code: string, of: FactorOf, context: SignInContext): Promise<Ruling<Proof>> {
  const { ports, at } = context;
  const { user, username } = of;
  const apps = (await ports.methods.ofUser(user?.id ?? unknownUserId)).filter((item) => item.kind === 'softwareOath');
  let accepted: string | undefined;
  const request = {
    secret: 'one-time code',
    username,
    userId: user?.id,
    browser: of.browser,
    ipAddress: of.ipAddress,
  } as const;
  const triedRuling = await tried(request, context, async () => {
    for (const app of apps) {
      const step = matchingStep(Buffer.from(app.secret, 'base64url'), code, at);
      if (step !== undefined && (await ports.methods.spend(app.id, step))) accepted = app.displayName;
    }
    return accepted !== undefined;
  });
  if (triedRuling.outcome !== 'passed') return triedRuling;
  const right = triedRuling.value;
  return right && user && accepted !== undefined
    ? passed(proofOf('softwareOath', user, at), 'oneTimeCodeAccepted', { app: accepted })
    : refused('oneTimeCodeWrong', {});
}

/** MFA-11. The ticket was approved in another session, or it was not; either way it is spent. */
async function checkApproval(
  id: string,
  { user, proofs }: FactorOf,
  { ports, at }: SignInContext,
): Promise<Ruling<Proof>> {
  if (id === refusedRequestId) {
    const why = 'too many requests are open, or a wrong number was typed less than three minutes ago';
    return refused('approvalRefused', { why });
  }
  const ticket = await ports.tickets.take('approval', id, at);
  if (!user || ticket?.userId !== user.id) return refused('approvalRefused', { why: 'no answer came in time' });
  if (ticket.state !== 'approved') return refused('approvalRefused', { why: ticket.state });
  // A device approves by itself after a certificate, and beside a password (MFA-8).
  const afterCertificate = proofs.some((proof) => proof.certificate !== undefined);
  const method = afterCertificate ? 'deviceBasedPush' : 'microsoftAuthenticatorPush';
  return passed(proofOf(method, user, at), 'approvalAccepted', {});
}
