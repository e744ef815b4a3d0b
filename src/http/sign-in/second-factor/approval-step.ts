import { randomInt } from 'node:crypto';
import { askApproval } from '#signin/factors/approvals.ts';
import { type C, type SignInPageContext, signInRequestOf } from '../page-context.ts';
import { currentVerdict } from './proven.ts';
import { waysIn } from './second-factor-ways.ts';

/** A request to the user's other sessions (MFA-11). */
export interface ApprovalRequest {
  /** What the user types where the request is approved. */
  readonly number: string;
  /** The sign-in, which waits for the answer. */
  readonly signIn: SignInPageContext;
}

/** Asks the user's other sessions, where that leads on; undefined where it does not. */
export async function requestApproval(c: C, signIn: SignInPageContext): Promise<ApprovalRequest | undefined> {
  const { flow, ports } = signIn;
  const signInRequest = signInRequestOf(c, flow);
  const verdict = flow.userId === undefined ? undefined : await currentVerdict(c, signIn, flow.userId);
  const leadsOn = verdict?.kind === 'interrupted' && waysIn(verdict).includes('approval');
  if (flow.userId === undefined || !leadsOn) return undefined;
  const number = String(randomInt(10, 100));
  const { userId, sessionUid } = flow;
  const approval = await askApproval({ signInRequest, userId, sessionUid, number }, signIn);
  const next = { ...flow, approval };
  await ports.flows.put(next);
  return { number, signIn: { ...signIn, flow: next } };
}
