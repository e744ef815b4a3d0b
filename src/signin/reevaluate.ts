import type { Proof } from '#core/access/proof.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { SignInContext } from '#ports/ports.ts';
import { askPolicy } from './evaluation/ask-policy.ts';
import { evaluate } from './evaluation/evaluate.ts';
import type { SignInRequest } from './request.ts';
import { signInWithCertificate } from './with-certificate.ts';
import { provenSince } from './with-session.ts';

/**
 * How the sign-in of an entry would end now: its certificate, or what it had proven, is evaluated under today's policy for the
 * user as they are today. Nothing is written but the CRL cache; the entry stays as it is. Refuses with `proofNotKept` where
 * the log keeps nothing that could be evaluated.
 */
export async function reevaluate(
  record: SignInRecord,
  context: SignInContext,
): Promise<Ruling<{ readonly verdict: Verdict }>> {
  const user = record.userId === undefined ? undefined : await context.ports.directory.user(record.userId);
  const request = requestOf(record, user?.userPrincipalName);
  const leaf = await context.ports.signInLog.presented(record.id);
  if (leaf) {
    const certificateSignIn = { ...request, presented: { leaf }, host: '', proofs: provenBefore(record) };
    return resultOf(await signInWithCertificate(certificateSignIn, context));
  }
  if (record.proofs.length === 0 || record.userId === undefined) return refused('proofNotKept', {});
  return resultOf(await evaluateProofs({ ...request, userId: record.userId, proofs: record.proofs }, context));
}

const resultOf = (verdict: Verdict): Ruling<{ readonly verdict: Verdict }> =>
  passed({ verdict }, 'signInReevaluated', { outcome: verdict.kind });

/** The request of an entry, as far as it is kept. */
function requestOf(record: SignInRecord, userPrincipalName: string | undefined): SignInRequest {
  return {
    correlationId: record.correlationId,
    application: { appId: record.appId, displayName: record.appDisplayName },
    resourceId: record.resourceId,
    ipAddress: record.ipAddress,
    userAgent: record.userAgent,
    username: userPrincipalName ?? record.userPrincipalName,
    ...(record.clientAppType ? { clientAppType: record.clientAppType } : {}),
    ...(record.device ? { device: record.device } : {}),
    ...(record.incomingTokenType ? { incomingTokenType: record.incomingTokenType } : {}),
  };
}

/** What the sign-in had proven before its certificate, which is the last proof of an entry. */
function provenBefore({ proofs }: SignInRecord): readonly Proof[] {
  return proofs.at(-1)?.certificate ? proofs.slice(0, -1) : proofs;
}

interface Proven extends SignInRequest {
  readonly userId: string;
  readonly proofs: readonly Proof[];
}

/** Asks policy about what an entry had proven. */
const evaluateProofs = (proven: Proven, context: SignInContext): Promise<Verdict> =>
  evaluate(proven.correlationId, { ports: {}, at: context.at }, async (trace, learnt) => {
    const policy = await context.ports.policies.current();
    trace.decidedBy(policy.version);
    const user = await context.ports.directory.user(proven.userId);
    learnt.user = user;
    if (!user) return trace.require('account', refused('accountUnknown', { username: proven.username }));
    const { userPrincipalName } = user;
    if (!user.accountEnabled) return trace.require('account', refused('accountDisabled', { userPrincipalName }));
    learnt.proofs = provenSince(user, proven.proofs);
    const methods = learnt.proofs.map(({ method }) => method);
    if (methods.length === 0) trace.require('account', revokedSince(proven, user.signInSessionsValidFromDateTime));
    trace.report('account', passed(user, 'sessionAccepted', { methods }).because);
    return askPolicy(trace, { signInRequest: proven, user, proofs: learnt.proofs, policy }, context);
  });

const revokedSince = ({ proofs }: Proven, validFrom = '') =>
  refused('sessionRevoked', { provenAt: proofs.at(-1)!.at, validFrom });
