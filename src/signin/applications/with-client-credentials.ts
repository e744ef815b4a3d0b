import type { Because } from '#core/trace/reasons.ts';
import { because } from '#core/trace/reasons.ts';
import { type Trace, TraceInProgress } from '#core/trace/trace.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { entryWithoutPage } from '../log/entry-without-page.ts';
import type { SignInRequest } from '../request.ts';

/** How an application proved itself, in Graph's words for `clientCredentialType`. */
export type ClientCredentialType = 'clientSecret' | 'clientAssertion' | 'certificate';

/** A request of an application that signs in as itself. */
export interface ApplicationSignIn extends Omit<SignInRequest, 'username'> {
  readonly credential?: ClientCredentialType;
  /** What was found of the certificate that it showed; absent where it showed none. */
  readonly certificateTrace?: Trace;
}

/**
 * An application signs in as itself (RFC 6749 §4.4): its credential was checked before, and this is the entry without which
 * it gets no token. Rejects when the log cannot be written.
 */
export async function noteClientCredentials(
  applicationSignIn: ApplicationSignIn,
  context: SignInContext<Pick<Ports, 'signInLog'>>,
): Promise<void> {
  const reason = because('clientCredentialsAccepted', {
    application: applicationSignIn.application.displayName,
    ...(applicationSignIn.credential === undefined ? {} : { credential: applicationSignIn.credential }),
  });
  const trace = continueTrace(applicationSignIn, context.at);
  trace.note('account', 'passed', reason);
  await append(applicationSignIn, { status: 'success', reason, trace: trace.close() }, context);
}

/** The client certificate of an application was refused: the entry says at which step. Rejects when the log cannot be written. */
export async function noteCertificateRefused(
  applicationSignIn: ApplicationSignIn & { readonly certificateTrace: Trace },
  reason: Because,
  context: SignInContext<Pick<Ports, 'signInLog'>>,
): Promise<void> {
  await append(applicationSignIn, { status: 'failure', reason, trace: applicationSignIn.certificateTrace }, context);
}

/** The trace of the certificate continues in that of the entry. */
function continueTrace({ correlationId, certificateTrace }: ApplicationSignIn, at: Date): TraceInProgress {
  const trace = new TraceInProgress(correlationId, at);
  if (!certificateTrace) return trace;
  trace.decidedBy(certificateTrace.policyVersion);
  for (const { step, outcome, because: reason } of certificateTrace.findings) {
    if (outcome === 'reported') trace.report(step, reason);
    else trace.note(step, outcome, reason);
  }
  return trace;
}

function append(
  applicationSignIn: ApplicationSignIn,
  { status, reason, trace }: { status: 'success' | 'failure'; reason: Because; trace: Trace },
  { ports, at }: SignInContext<Pick<Ports, 'signInLog'>>,
): Promise<void> {
  return ports.signInLog.append({
    ...entryWithoutPage(applicationSignIn, at),
    status,
    because: reason,
    userId: undefined,
    userPrincipalName: '',
    userDisplayName: '',
    ...(applicationSignIn.uniqueTokenIdentifier === undefined
      ? {}
      : { uniqueTokenIdentifier: applicationSignIn.uniqueTokenIdentifier }),
    trace,
  });
}
