import { evaluateAccess } from '../core/access/evaluate-access.ts';
import type { Proof } from '../core/access/proof.ts';
import type { User } from '../core/binding/user.ts';
import { passed, type Ruling, refused } from '../core/trace/ruling.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Ports } from '../ports.ts';
import type { Visit } from './asked.ts';
import { judge } from './judge.ts';
import { record } from './record.ts';
import { situationOf } from './situation.ts';

/** A live session of the login host that asks for one more application. */
export interface SessionSignIn extends Visit {
  readonly sessionUid: string;
  readonly userId: string;
  /** Authentication contexts a claims challenge asks for; they bring policies to bear, and become `acrs` (TOK-6). */
  readonly authenticationContexts?: readonly string[];
  /** What this very request has just proven on the sign-in pages, where its entry was written; empty for an older session. */
  readonly justProven: readonly Proof[];
}

/** Asks policy once more, for this application, with what the session has proven; and writes the entry (architecture §3, line 10). */
export async function signInWithSession(asked: SessionSignIn, ports: Ports, at: Date): Promise<Verdict> {
  const verdict = await judge(asked.correlationId, at, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const user = await ports.directory.user(asked.userId);
    const proofs = (await ports.sessions.proofs(asked.sessionUid)).filter((proof) => proof.userId === asked.userId);
    learnt.user = trace.require('account', stillHolds(user, proofs, asked));
    learnt.proofs = proofs;
    const situation = situationOf(asked, learnt.user, policy, at);
    const contexts = asked.authenticationContexts ?? [];
    const asking = contexts.length > 0 ? { ...situation, authenticationContexts: contexts } : situation;
    const { ruling, reported } = evaluateAccess(policy.access, asking, proofs);
    trace.report('access', ...reported);
    return trace.require('access', ruling);
  });
  if (verdict.kind === 'granted' && asked.justProven.length > 0) return verdict;
  return record(asked, verdict, at, ports.signInLog, { isInteractive: false });
}

/** REV-2: what was proven before the user's sessions were revoked proves nothing now. */
function stillHolds(user: User | undefined, proofs: readonly Proof[], asked: SessionSignIn): Ruling<User> {
  if (!user?.accountEnabled || proofs.length === 0) return refused('sessionUnproven', { userId: asked.userId });
  const provenAt = proofs.map((proof) => proof.at).sort()[0]!;
  const validFrom = user.signInSessionsValidFromDateTime;
  if (validFrom !== undefined && provenAt < validFrom) return refused('sessionRevoked', { provenAt, validFrom });
  return passed(user, 'sessionAccepted', { methods: proofs.map((proof) => proof.method) });
}
