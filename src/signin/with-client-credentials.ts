import { because } from '#core/trace/reasons.ts';
import { TraceInProgress } from '#core/trace/trace.ts';
import type { Ports } from '#ports/ports.ts';
import type { SignInRequest } from './request.ts';

/**
 * An application signs in as itself (RFC 6749 §4.4): its secret was checked by the provider, and this is the entry
 * without which it gets no token. Rejects when the log cannot be written.
 */
export async function noteClientCredentials(
  visit: Omit<SignInRequest, 'username'>,
  ports: Pick<Ports, 'signInLog'>,
  at: Date,
): Promise<void> {
  const reason = because('clientCredentialsAccepted', { application: visit.application.displayName });
  const trace = new TraceInProgress(visit.correlationId, at);
  trace.note('account', 'passed', reason);
  await ports.signInLog.append({
    id: crypto.randomUUID(),
    correlationId: visit.correlationId,
    createdDateTime: at,
    status: 'success',
    because: reason,
    userId: undefined,
    userPrincipalName: '',
    userDisplayName: '',
    appId: visit.application.appId,
    appDisplayName: visit.application.displayName,
    resourceId: visit.resourceId,
    ipAddress: visit.ipAddress,
    userAgent: visit.userAgent.slice(0, 512),
    isInteractive: false,
    proofs: [],
    ...(visit.uniqueTokenIdentifier === undefined ? {} : { uniqueTokenIdentifier: visit.uniqueTokenIdentifier }),
    trace: trace.close(),
  });
}
