import { randomBytes } from 'node:crypto';
import type { Proof } from '#core/access/proof.ts';
import { meetsStrength, multifactorStrength } from '#core/access/strengths.ts';
import type { Ticket } from '#model/sign-in.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { SignInRequest } from '../request.ts';

/** How long a person has to find their other browser. After a wrong number no request is accepted for as long. */
const waitMilliseconds = 3 * 60_000;
/** Open requests for one person: of one browser at one address (the newest count), of one address, and in all. */
const mostOpen = { ofBrowser: 3, ofAddress: 6, inAll: 12 };
/** Besides these, so many requests of browsers the person signed in with before: strangers cannot fill them. */
const mostOfKnownBrowsers = 6;

type TicketPorts = Pick<Ports, 'tickets'>;

/** What a refused request has instead of an id: it is kept nowhere. */
export const refusedRequestId = 'refused';

/**
 * MFA-11: a request to the person's other sessions. Its number is shown where it was asked and typed where it is
 * approved: the user who approves has seen this very page, and not just pressed a button. A new request takes the place of older
 * ones of the same browser and address only, so that requests of an attacker displace none of the person's own. One that
 * is too many writes no row and answers {@link refusedRequestId}, with which the sign-in is refused.
 */
export async function askApproval(
  request: {
    readonly signInRequest: SignInRequest;
    readonly userId: string;
    readonly sessionUid: string | undefined;
    readonly number: string;
  },
  { ports: { tickets, browsers }, at }: SignInContext<TicketPorts & Pick<Ports, 'browsers'>>,
): Promise<string> {
  const id = randomBytes(32).toString('base64url');
  const { signInRequest, userId, sessionUid = '', number } = request;
  const { application, ipAddress, userAgent, browser = '' } = signInRequest;
  const recent = await tickets.ofUser('approval', userId, at);
  const isKnown = browser !== '' && (await browsers.knows(userId, browser, at));
  const matching = recent.filter(
    (item) => isOpen(item) && isFrom(item, ipAddress) && item.document.browser === browser,
  );
  const displaced = matching.slice(0, Math.max(0, matching.length - mostOpen.ofBrowser + 1));
  for (const old of displaced) await tickets.take('approval', old.id, at);
  const otherApprovals = recent.filter((item) => !displaced.includes(item));
  if (!isAccepted(otherApprovals, { ipAddress, isKnown })) return refusedRequestId;
  const document = {
    number,
    sessionUid,
    application: application.displayName,
    ipAddress,
    userAgent: userAgent.slice(0, 200),
    browser,
    known: String(isKnown),
    askedAt: at.toISOString(),
  };
  const expires = new Date(at.getTime() + waitMilliseconds);
  await tickets.put({ id, kind: 'approval', userId, state: 'open', document, expires });
  return id;
}

const isOpen = ({ state }: Ticket): boolean => state === 'open';
const isFrom = ({ document }: Ticket, ipAddress: string): boolean => document.ipAddress === ipAddress;
const wrongNumber = 'the number was wrong';

function isAccepted(recent: readonly Ticket[], request: { ipAddress: string; isKnown: boolean }): boolean {
  if (recent.some(({ state }) => state === wrongNumber)) return false;
  const open = recent.filter(isOpen);
  const ofKnown = open.filter(({ document }) => document.known === 'true');
  if (request.isKnown) return ofKnown.length < mostOfKnownBrowsers;
  const ofStrangers = open.filter((item) => !ofKnown.includes(item));
  const ofAddress = ofStrangers.filter((item) => isFrom(item, request.ipAddress));
  return ofStrangers.length < mostOpen.inAll && ofAddress.length < mostOpen.ofAddress;
}

/** The requests a person has not answered, oldest first. */
export async function openApprovals(
  userId: string,
  { ports: { tickets }, at }: SignInContext<TicketPorts>,
): Promise<readonly Ticket[]> {
  return (await tickets.ofUser('approval', userId, at)).filter(isOpen);
}

export const approvalOf = (
  id: string,
  { ports: { tickets }, at }: SignInContext<TicketPorts>,
): Promise<Ticket | undefined> => tickets.find('approval', id, at);

/** Who answers: a live session of the same person, of another browser, that has itself proven more than one factor. */
export interface Approver {
  readonly userId: string;
  readonly sessionUid: string;
  readonly proofs: readonly Proof[];
}

/** Answers a request once. A wrong number denies it, as a denial does: there is no second guess. */
export async function answerApproval(
  request: { readonly id: string; readonly number: string | undefined; readonly approver: Approver },
  { ports: { tickets }, at }: SignInContext<TicketPorts>,
): Promise<'approved' | 'denied' | 'unknown'> {
  const { id, number, approver } = request;
  const ticket = await tickets.find('approval', id, at);
  if (!ticket || !mayAnswer(approver, ticket)) return 'unknown';
  const isRight = number?.trim() === ticket.document.number;
  const state = isRight ? 'approved' : number === undefined ? 'denied' : wrongNumber;
  if (!(await tickets.move(id, 'open', state, at))) return 'unknown';
  return isRight ? 'approved' : 'denied';
}

function mayAnswer({ userId, sessionUid, proofs }: Approver, ticket: Ticket): boolean {
  const matching = proofs.filter((proof) => proof.userId === userId);
  const isAnother = ticket.document.sessionUid !== sessionUid;
  return ticket.userId === userId && isAnother && meetsStrength(multifactorStrength, matching);
}
