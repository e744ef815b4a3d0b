import type { User } from '#core/binding/user.ts';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { SignInContext } from '#ports/ports.ts';
import { askPolicy } from '#signin/evaluation/ask-policy.ts';
import { evaluate } from '#signin/evaluation/evaluate.ts';
import { availableMethods } from '#signin/factors/available-methods.ts';
import { acceptInRealm } from '#signin/user/realm.ts';
import { commandLineApplication } from '../applications/first-party.ts';

/** Methods that a sign-in may begin with beside a certificate. A Temporary Access Pass ends, so it does not count. */
const beginnings = ['password', 'fido2'] as const;

/**
 * How a sign-in to Graph would end that this person begins with a password or a passkey, at the address of their last
 * sign-in: by realm, methods policy and Conditional Access. `because` is the refusal of Conditional Access where they have
 * such a method. An interruption counts as open: it is only made where a method leads on.
 */
export async function otherWay(
  user: User,
  context: SignInContext,
): Promise<{ readonly isOpen: boolean; readonly because?: Because }> {
  const { ports, at } = context;
  if ((await acceptInRealm(user, 'passwords', ports)).outcome !== 'passed') return { isOpen: false };
  const policy = await ports.policies.current();
  const available = await availableMethods(user, policy, context);
  const [last] = await ports.signInLog.list({ userId: user.id, top: 1 });
  const signInRequest = {
    correlationId: crypto.randomUUID(),
    application: commandLineApplication,
    resourceId: graphAppId,
    ipAddress: last?.ipAddress ?? '',
    userAgent: last?.userAgent ?? '',
    username: user.userPrincipalName,
  };
  let because: Because | undefined;
  for (const method of beginnings.filter((item) => available.includes(item))) {
    const proofs = [{ method, userId: user.id, at: at.toISOString() }];
    const verdict = await evaluate(signInRequest.correlationId, { ports: {}, at }, (trace, learnt) => {
      Object.assign(learnt, { user, proofs });
      return askPolicy(trace, { signInRequest, user, proofs, policy }, context);
    });
    if (verdict.kind !== 'refused') return { isOpen: true };
    if (verdict.fault !== undefined) throw verdict.fault;
    because = verdict.because;
  }
  return because ? { isOpen: false, because } : { isOpen: false };
}
