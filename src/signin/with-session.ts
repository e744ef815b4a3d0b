import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import type { SignInContext } from '#ports/ports.ts';
import { askPolicy } from './evaluation/ask-policy.ts';
import { evaluate } from './evaluation/evaluate.ts';
import { writeSignInLog } from './log/write-sign-in-log.ts';
import type { SignInRequest } from './request.ts';

/** A live session of the login host that asks for one more application. */
export interface SessionSignIn extends SignInRequest {
  readonly sessionUid: string;
  readonly userId: string;
  /** Whether what the application asks for is consented to: else the sign-in ends there, and its entry says so. */
  readonly consent?: Ruling<void>;
  /** What this very request has just proven on the sign-in pages, where its entry was written; empty for an older session. */
  readonly justProven: readonly Proof[];
  /** Whether the session begins with this very request: nothing was proven in it before. */
  readonly isNewSession?: boolean;
}

/** Asks policy once more, for this application, with what the session has proven; and writes the entry (ARCHITECTURE.md, “One sign-in”, line 10). */
export async function signInWithSession(sessionSignIn: SessionSignIn, context: SignInContext): Promise<Verdict> {
  const { ports, at } = context;
  const verdict = await evaluate(sessionSignIn.correlationId, { ports, at }, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const user = await ports.directory.user(sessionSignIn.userId);
    const { isNewSession, justProven, sessionUid } = sessionSignIn;
    const sessionProofs = isNewSession ? justProven : await ports.sessions.proofs(sessionUid);
    const proofs = sessionProofs.filter((proof) => proof.userId === sessionSignIn.userId);
    learnt.user = user; // the entry of a refusal names the person, too
    const holder = trace.require('account', stillHolds(user, proofs, sessionSignIn));
    learnt.proofs = provenSince(holder, proofs);
    const question = { signInRequest: sessionSignIn, user: holder, proofs: learnt.proofs, policy };
    const access = await askPolicy(trace, question, context);
    const { consent } = sessionSignIn;
    if (consent && consent.outcome !== 'passed') trace.require('access', consent);
    return access;
  });
  if (verdict.kind === 'granted' && sessionSignIn.justProven.length > 0) return verdict;
  return writeSignInLog(sessionSignIn, verdict, context, { isInteractive: false });
}

/** REV-2: what was proven before the user's sessions were revoked proves nothing now. */
export function provenSince({ signInSessionsValidFromDateTime: since }: User, proofs: readonly Proof[]) {
  return since === undefined ? proofs : proofs.filter((proof) => Date.parse(proof.at) >= Date.parse(since));
}

function stillHolds(user: User | undefined, proofs: readonly Proof[], sessionSignIn: SessionSignIn): Ruling<User> {
  if (!user?.accountEnabled || proofs.length === 0) return refused('sessionUnproven', { userId: sessionSignIn.userId });
  const validFrom = user.signInSessionsValidFromDateTime ?? '';
  const validProofs = provenSince(user, proofs);
  if (validProofs.length === 0) return refused('sessionRevoked', { provenAt: proofs.at(-1)!.at, validFrom });
  return passed(user, 'sessionAccepted', { methods: validProofs.map((proof) => proof.method) });
}
