import { randomBytes } from 'node:crypto';
import type { Proof } from '#core/access/proof.ts';
import { meetsStrength, multifactorStrength } from '#core/access/strengths.ts';
import type { Ticket } from '#model/sign-in.ts';
import type { Ports } from '#ports/ports.ts';
import type { SignInRequest } from '../request.ts';

/** How long somebody has to find their other browser, and how many requests one person is shown at once. */
const waitMilliseconds = 3 * 60_000;
const mostOpen = 3;

type TicketPorts = Pick<Ports, 'tickets'>;

/**
 * MFA-11: a request to the person's other sessions. Its number is shown where it was asked and typed where it is
 * approved: whoever approves has seen this very page, and not just pressed a button.
 */
export async function askApproval(
  request: {
    readonly visit: SignInRequest;
    readonly userId: string;
    readonly sessionUid: string | undefined;
    readonly number: string;
  },
  { tickets }: TicketPorts,
  at: Date,
): Promise<string> {
  const open = await openApprovals(request.userId, { tickets }, at);
  for (const old of open.slice(0, Math.max(0, open.length - mostOpen + 1))) await tickets.take('approval', old.id, at);
  const id = randomBytes(32).toString('base64url');
  const { visit, userId, sessionUid = '', number } = request;
  const { application, ipAddress, userAgent } = visit;
  const document = {
    number,
    sessionUid,
    application: application.displayName,
    ipAddress,
    userAgent: userAgent.slice(0, 200),
  };
  const expires = new Date(at.getTime() + waitMilliseconds);
  await tickets.put({ id, kind: 'approval', userId, state: 'open', document, expires });
  return id;
}

/** The requests a person has not answered, oldest first. */
export async function openApprovals(userId: string, { tickets }: TicketPorts, at: Date): Promise<readonly Ticket[]> {
  return (await tickets.ofUser('approval', userId, at)).filter(({ state }) => state === 'open');
}

export const approvalOf = (id: string, { tickets }: TicketPorts, at: Date): Promise<Ticket | undefined> =>
  tickets.find('approval', id, at);

/** Who answers: a live session of the same person, of another browser, that has itself proven more than one factor. */
export interface Approver {
  readonly userId: string;
  readonly sessionUid: string;
  readonly proofs: readonly Proof[];
}

/** Answers a request once. A wrong number denies it, as a denial does: there is no second guess. */
export async function answerApproval(
  request: { readonly id: string; readonly number: string | undefined; readonly approver: Approver },
  { tickets }: TicketPorts,
  at: Date,
): Promise<'approved' | 'denied' | 'unknown'> {
  const { id, number, approver } = request;
  const ticket = await tickets.find('approval', id, at);
  if (!ticket || !mayAnswer(approver, ticket)) return 'unknown';
  const isRight = number?.trim() === ticket.document.number;
  const state = isRight ? 'approved' : number === undefined ? 'denied' : 'the number was wrong';
  if (!(await tickets.move(id, 'open', state, at))) return 'unknown';
  return isRight ? 'approved' : 'denied';
}

function mayAnswer({ userId, sessionUid, proofs }: Approver, ticket: Ticket): boolean {
  const ownItems = proofs.filter((proof) => proof.userId === userId);
  const isAnother = ticket.document.sessionUid !== sessionUid;
  return ticket.userId === userId && isAnother && meetsStrength(multifactorStrength, ownItems);
}
