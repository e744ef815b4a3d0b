import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { Ended } from '#model/session.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { AuditLog, SignInLog } from '#ports/logs.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { LiveSignIns } from '#ports/sessions.ts';
import type { TimedContext } from '../context.ts';
import { revokeSignInSessions } from '../directory/sessions.ts';

interface ReportPorts {
  readonly signInLog: Pick<SignInLog, 'find'>;
  readonly live: Pick<LiveSignIns, 'endOfUser'>;
  readonly audits: Pick<AuditLog, 'note'>;
}

/** How far back people see their own sign-ins. */
const days = 30;

/**
 * The interactive sign-ins of a user in the last thirty days, the newest first. Of a sign-in that has a result, the entries
 * that led to it are left out.
 */
export async function recentSignInsOf(
  userId: string,
  { top, after }: { readonly top: number; readonly after?: SignInRecord },
  { ports: { signInLog }, at }: SignInContext<Pick<Ports, 'signInLog'>>,
): Promise<readonly SignInRecord[]> {
  const from = new Date(at.getTime() - days * 86_400_000);
  const entries: SignInRecord[] = [];
  for (let last = after; ; ) {
    const page = await signInLog.list({ userId, isInteractive: true, from, top, ...(last ? { after: last } : {}) });
    for (const entry of page)
      if (entries.length < top && !(await hasResult(entry, userId, signInLog))) entries.push(entry);
    if (entries.length === top || page.length < top) return entries;
    last = page.at(-1);
  }
}

/** A sign-in has a few entries that are not finished: a certificate was asked for, a second factor was. */
const mostSteps = 20;

/** Whether the sign-in of an entry that is not finished has a result, from the same address for the same application. */
async function hasResult(
  { status, correlationId, createdDateTime, ipAddress, appId }: SignInRecord,
  userId: string,
  signInLog: Pick<SignInLog, 'list'>,
): Promise<boolean> {
  if (status !== 'interrupted') return false;
  const steps = await signInLog.list({
    userId,
    correlationId,
    ipAddress,
    appId,
    from: createdDateTime,
    top: mostSteps,
  });
  return steps.some((step) => step.isInteractive && step.status !== 'interrupted');
}

/**
 * A user says that a sign-in was not theirs: every session and refresh token of theirs ends (REV-2), and the audit log names
 * the entry. An entry of another user is refused like one that does not exist.
 */
export async function reportNotMe(
  signInId: string,
  userId: string,
  context: TimedContext<ReportPorts>,
): Promise<Ruling<Ended>> {
  const { actor, ports } = context;
  const entry = await ports.signInLog.find(signInId);
  if (entry?.userId !== userId) return refused('signInNotTheirs', { id: signInId.slice(0, 64) });
  const { createdDateTime, ipAddress, appDisplayName } = entry;
  const report = { signInId, createdDateTime: createdDateTime.toISOString(), ipAddress, appDisplayName };
  await ports.audits.note({
    activity: 'User reported suspicious sign-in',
    targetId: userId,
    actor,
    old: undefined,
    new: report,
  });
  const ruling = await revokeSignInSessions(userId, context);
  return ruling.outcome === 'passed' ? passed(ruling.value, 'signInReported', { id: signInId }) : ruling;
}
