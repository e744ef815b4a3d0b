import { isMethodAllowed } from '#core/access/methods/method-state.ts';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { askPolicy } from './evaluation/ask-policy.ts';
import { evaluate } from './evaluation/evaluate.ts';
import { checkFactor, type PresentedFactor } from './factors/check-factor.ts';
import { holderOf } from './factors/passkeys.ts';
import { writeSignInLog } from './log/write-sign-in-log.ts';
import type { SignInRequest } from './request.ts';
import { acceptInRealm } from './user/realm.ts';

/** Something shown on the sign-in pages. `userId` is who was proven before; absent at the first factor, when a name was typed. */
export interface FactorSignIn extends SignInRequest {
  readonly userId?: string;
  readonly proofs: readonly Proof[];
  readonly factor: PresentedFactor;
}

/**
 * One factor on the sign-in pages, first or further: is it right, and does policy let the person in with what was shown
 * so far? Writes the entry. At the first factor an unknown user, a disabled one and a wrong secret are one and the same
 * answer, after the same work.
 */
export async function signInWithFactor(factorSignIn: FactorSignIn, context: SignInContext): Promise<Verdict> {
  const { ports, at } = context;
  let userId: string | undefined;
  const verdict = await evaluate(factorSignIn.correlationId, { ports, at }, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const person = await userOf(factorSignIn, ports);
    // A typed name is looked up for the log alone, alike whether it is a user's.
    if (factorSignIn.userId !== undefined || factorSignIn.username === '') userId = person?.id;
    const user = person?.accountEnabled ? person : undefined;
    if (factorSignIn.userId !== undefined) {
      learnt.user = user;
      trace.require('account', provenBefore(user, factorSignIn));
      const ruling = await acceptRequested(factorSignIn, factorSignIn.userId, context);
      if (ruling.outcome !== 'passed') trace.require('strength', ruling);
    }
    const of = {
      username: user?.userPrincipalName ?? factorSignIn.username,
      user,
      browser: factorSignIn.browser,
      ipAddress: factorSignIn.ipAddress,
      proofs: factorSignIn.proofs,
    };
    const step = factorSignIn.userId === undefined ? 'account' : 'strength';
    const proof = trace.require(step, await checkFactor(factorSignIn.factor, of, context));
    const owner = user!; // a proof names its user
    learnt.user = owner;
    if (!isMethodAllowed(proof.method, owner, policy.methods))
      trace.require('account', refused('methodNotAllowed', { method: proof.method }));
    const foreign = await acceptInRealm(owner, 'passwords', ports);
    if (foreign.outcome !== 'passed') trace.require('account', foreign);
    learnt.proofs = [...factorSignIn.proofs, proof];
    return askPolicy(trace, { signInRequest: factorSignIn, user: owner, proofs: learnt.proofs, policy }, context);
  });
  return writeSignInLog(factorSignIn, verdict, context, { isInteractive: true, userId });
}

/** What policy says of what was proven so far. Writes nothing: the entries of these proofs are written. */
export function evaluateProofs(
  signInRequest: SignInRequest & { readonly userId: string; readonly proofs: readonly Proof[] },
  context: SignInContext,
): Promise<Verdict> {
  const { ports, at } = context;
  return evaluate(signInRequest.correlationId, { ports, at }, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const user = await ports.directory.user(signInRequest.userId);
    learnt.user = trace.require('account', provenBefore(user, signInRequest));
    learnt.proofs = signInRequest.proofs.filter((proof) => proof.userId === signInRequest.userId);
    return askPolicy(trace, { signInRequest, user: learnt.user, proofs: learnt.proofs, policy }, context);
  });
}

/** Who was proven before; else who has the name that was typed; where none was typed, who the passkey says it belongs to. */
async function userOf({ userId, username, factor }: FactorSignIn, ports: Ports): Promise<User | undefined> {
  const { directory } = ports;
  if (userId !== undefined) return directory.user(userId);
  const holder = username === '' && factor.kind === 'passkey' ? await holderOf(factor.response, ports) : undefined;
  if (holder !== undefined) return directory.user(holder);
  const [answer] = await directory.answer([{ property: 'userPrincipalName', value: username }]);
  return answer?.users[0];
}

function provenBefore(
  user: User | undefined,
  { userId = '', proofs }: Pick<FactorSignIn, 'userId' | 'proofs'>,
): Ruling<User> {
  if (!user?.accountEnabled) return refused('sessionUnproven', { userId });
  return passed(user, 'provenBefore', { methods: proofs.map(({ method }) => method) });
}

/** CAP-5: a further factor is taken only where policy asks for it, so that codes cannot be guessed at leisure. */
async function acceptRequested(
  factorSignIn: FactorSignIn,
  userId: string,
  context: SignInContext,
): Promise<Ruling<void>> {
  const verdict = await evaluateProofs({ ...factorSignIn, userId }, context);
  const target = verdict.kind === 'interrupted' ? (verdict.ask.methods ?? []) : [];
  return methodsOf[factorSignIn.factor.kind].some((method) => target.includes(method))
    ? success()
    : refused('factorNotAsked', { method: factorSignIn.factor.kind });
}

/** The methods a factor may prove, in the words of authentication strengths. */
export const methodsOf: Readonly<Record<PresentedFactor['kind'], readonly string[]>> = {
  password: ['password'],
  temporaryAccessPass: ['temporaryAccessPassOneTime', 'temporaryAccessPassMultiUse'],
  oneTimeCode: ['softwareOath'],
  passkey: ['fido2'],
  approval: ['deviceBasedPush', 'microsoftAuthenticatorPush'],
};
