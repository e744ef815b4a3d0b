import { because } from '#core/trace/reasons.ts';
import { TraceInProgress } from '#core/trace/trace.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { SignInRequest } from '../request.ts';
import { writeSignInLog } from './write-sign-in-log.ts';

/** FLOW-6, LOG-1 (a): that a certificate was asked for is itself an entry, status Interrupted. */
export async function noteCertificateRequested(
  signInRequest: SignInRequest & { readonly host: string },
  context: SignInContext<Pick<Ports, 'signInLog' | 'directory'>>,
): Promise<void> {
  const reason = because('certificateRequested', { host: signInRequest.host });
  const trace = new TraceInProgress(signInRequest.correlationId, context.at);
  trace.note('certificate', 'interrupted', reason);
  const verdict = {
    kind: 'interrupted',
    ask: { kind: 'certificate' },
    user: undefined,
    proofs: [],
    because: reason,
    trace: trace.close(),
  } as const;
  await writeSignInLog(signInRequest, verdict, context);
}
