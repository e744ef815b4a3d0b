import { evaluateAccess } from '../core/access/evaluate-access.ts';
import type { Proof } from '../core/access/proof.ts';
import { passed, refused } from '../core/trace/ruling.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Ports } from '../ports.ts';
import type { Visit } from './asked.ts';
import { judge } from './judge.ts';
import { refusalOfRealm } from './realm.ts';
import { record } from './record.ts';
import { situationOf } from './situation.ts';

export interface PasswordSignIn extends Visit {
  readonly password: string;
}

/**
 * Signs in by password (PAGE-1), and writes the entry. An unknown user, a disabled one, one without a password and a
 * wrong password are one and the same answer, after the same work.
 */
export async function signInWithPassword(asked: PasswordSignIn, ports: Ports, at: Date): Promise<Verdict> {
  const verdict = await judge(asked.correlationId, at, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const [answer] = await ports.directory.answer([{ property: 'userPrincipalName', value: asked.username }]);
    const candidate = answer?.users[0];
    const stored = candidate?.accountEnabled ? await ports.directory.passwordHash(candidate.id) : undefined;
    const right = await ports.passwords.verify(stored, asked.password);
    const userPrincipalName = candidate?.userPrincipalName ?? asked.username;
    learnt.user = trace.require(
      'account',
      right && candidate
        ? passed(candidate, 'passwordAccepted', { userPrincipalName })
        : refused('passwordWrong', { userPrincipalName }),
    );
    const foreign = await refusalOfRealm(learnt.user, 'passwords', ports);
    if (foreign) trace.require('account', foreign);
    const proof: Proof = { method: 'password', userId: learnt.user.id, at: at.toISOString() };
    learnt.proofs = [proof];
    const { ruling, reported } = evaluateAccess(
      policy.access,
      situationOf(asked, learnt.user, policy, at),
      learnt.proofs,
    );
    trace.report('access', ...reported);
    return trace.require('access', ruling);
  });
  return record(asked, verdict, at, ports.signInLog);
}
