import type { AccessGrant, Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { because } from '#core/trace/reasons.ts';
import { Stopped, TraceInProgress } from '#core/trace/trace.ts';
import type { Verdict } from '#core/verdict.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

/** What a sign-in has learnt so far: the verdict is made from it wherever it stops. */
export interface Learnt {
  user: User | undefined;
  proofs: readonly Proof[];
}

/**
 * Runs one sign-in and turns whatever happens into a verdict. A refusal or an interruption is an answer; anything else
 * that is thrown is a fault of ours, and a fault refuses. What is evaluated again has no `steps`: it is not measured.
 */
export async function evaluate(
  correlationId: string,
  { ports: { steps }, at }: SignInContext<Pick<Ports, 'steps'>>,
  decide: (trace: TraceInProgress, learnt: Learnt) => Promise<AccessGrant>,
): Promise<Verdict> {
  const trace = new TraceInProgress(correlationId, at, steps?.begin());
  const learnt: Learnt = { user: undefined, proofs: [] };
  try {
    const access = await decide(trace, learnt);
    if (!learnt.user) throw new Error('a sign-in was granted without a user');
    return { kind: 'granted', user: learnt.user, proofs: learnt.proofs, access, trace: trace.close() };
  } catch (thrown) {
    return end(thrown, trace, learnt);
  }
}

function end(thrown: unknown, trace: TraceInProgress, { user, proofs }: Learnt): Verdict {
  if (!(thrown instanceof Stopped)) {
    const reason = because('signInFault', { step: trace.step });
    trace.note(trace.step, 'refused', reason);
    return { kind: 'refused', because: reason, user, trace: trace.close(), fault: thrown };
  }
  const { ruling } = thrown;
  return ruling.outcome === 'interrupted'
    ? { kind: 'interrupted', ask: ruling.ask, user, proofs, because: ruling.because, trace: trace.close() }
    : { kind: 'refused', because: ruling.because, user, trace: trace.close() };
}
