import { because } from '#core/trace/reasons.ts';
import { TraceInProgress } from '#core/trace/trace.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { SignInRequest } from '../request.ts';
import { entryWithoutPage } from './entry-without-page.ts';

/** Writes the entry of a replayed refresh token, which has ended its grant. Rejects when the log cannot be written. */
export async function noteReplay(
  signInRequest: Omit<SignInRequest, 'username'> & { readonly userId: string },
  { ports, at }: SignInContext<Pick<Ports, 'signInLog' | 'directory'>>,
): Promise<void> {
  const reason = because('refreshTokenReplayed', { appId: signInRequest.application.appId });
  const trace = new TraceInProgress(signInRequest.correlationId, at);
  trace.note('account', 'refused', reason);
  const user = await ports.directory.user(signInRequest.userId);
  await ports.signInLog.append({
    ...entryWithoutPage(signInRequest, at),
    status: 'failure',
    because: reason,
    userId: signInRequest.userId,
    userPrincipalName: user?.userPrincipalName ?? '',
    userDisplayName: user?.displayName ?? '',
    trace: trace.close(),
  });
}
