import type { Proof } from '#core/access/proof.ts';
import { sessionIdOf } from '#core/token/session-id.ts';
import type { Ended } from '#model/session.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { AuditLog, SignInLog } from '#ports/logs.ts';
import type { Ports } from '#ports/ports.ts';
import type { LiveSignIns, Sessions } from '#ports/sessions.ts';
import { provenSince } from '#signin/with-session.ts';
import type { AdminContext } from '../context.ts';

/** A live session of a user in one browser, as the person and the administrators see it. */
export interface UserSession {
  /** The `sid` of its tokens and the `sessionId` of its entries; never what the provider knows the session by. */
  readonly id: string;
  readonly createdDateTime: Date;
  readonly lastUsedDateTime: Date;
  /** Of the newest entry; empty where the log no longer has one. */
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly methods: readonly Proof['method'][];
  readonly certificate: { readonly subject: string; readonly sha1Thumbprint: string } | undefined;
  readonly applications: readonly { readonly appId: string; readonly displayName: string }[];
}

/** Entries of the sign-in log that are read to describe the sessions of a user. */
const mostEntries = 500;

/** The live sessions of a user, the one used last first. */
export async function sessionsOf(
  userId: string,
  ports: {
    readonly sessions: Pick<Sessions, 'ofUser'>;
    readonly signInLog: Pick<SignInLog, 'list'>;
    readonly directory: Pick<Ports['directory'], 'user'>;
  },
): Promise<readonly UserSession[]> {
  const user = await ports.directory.user(userId);
  if (!user) return [];
  const live = (await ports.sessions.ofUser(userId))
    .map(({ sessionUid, proofs }) => ({ sessionUid, proofs: provenSince(user, proofs) }))
    .filter(({ proofs }) => proofs.length > 0);
  if (live.length === 0) return [];
  const entries = Map.groupBy(
    await ports.signInLog.list({ userId, top: mostEntries }),
    ({ sessionId = '' }) => sessionId,
  );
  return live
    .map(({ sessionUid, proofs }) => {
      const id = sessionIdOf(sessionUid);
      return sessionFrom(id, proofs, entries.get(id) ?? []);
    })
    .toSorted((first, second) => second.lastUsedDateTime.getTime() - first.lastUsedDateTime.getTime());
}

function sessionFrom(id: string, proofs: readonly Proof[], entries: readonly SignInRecord[]): UserSession {
  const times = proofs.map(({ at }) => Date.parse(at));
  const [newest] = entries;
  const certificate = proofs.findLast((proof) => proof.certificate !== undefined)?.certificate;
  const successes = entries.filter(({ status }) => status === 'success');
  const applications = new Map(successes.map(({ appId, appDisplayName }) => [appId, appDisplayName]));
  return {
    id,
    createdDateTime: new Date(Math.min(...times)),
    lastUsedDateTime: new Date(Math.max(...times, newest?.createdDateTime.getTime() ?? 0)),
    ipAddress: newest?.ipAddress ?? '',
    userAgent: newest?.userAgent ?? '',
    methods: [...new Set(proofs.map(({ method }) => method))],
    certificate: certificate && { subject: certificate.subject, sha1Thumbprint: certificate.sha1Thumbprint },
    applications: [...applications].map(([appId, displayName]) => ({ appId, displayName })),
  };
}

/**
 * Ends one live session of a user by its public id, and notes it in the audit log. What applications were given to keep lives
 * to its own end (REV-1). Undefined when the user has no such session.
 */
export async function endSessionOf(
  userId: string,
  id: string,
  {
    actor,
    ports,
  }: AdminContext<{
    readonly sessions: Pick<Sessions, 'ofUser'>;
    readonly live: Pick<LiveSignIns, 'endSession'>;
    readonly audits: Pick<AuditLog, 'note'>;
  }>,
): Promise<Ended | undefined> {
  const session = (await ports.sessions.ofUser(userId)).find(({ sessionUid }) => sessionIdOf(sessionUid) === id);
  if (!session) return undefined;
  const result = await ports.live.endSession(session.sessionUid);
  await ports.audits.note({ activity: 'End session', targetId: userId, actor, old: undefined, new: { sessionId: id } });
  return result;
}
