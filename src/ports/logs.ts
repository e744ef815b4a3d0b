import type { AuditRecord, RefusedOperation } from '#model/audit.ts';
import type {
  AssuranceKind,
  CertificateCount,
  CertificateTried,
  CertificateUse,
  LastUse,
  ObservedValue,
  PresentedCertificate,
  SignInActivity,
  SignInCount,
  SignInKey,
  SignInQuery,
  SignInRecord,
  SignInSummaryRow,
  TriedQuery,
} from '#model/sign-in.ts';

export interface SignInLog {
  readonly reports: SignInReports;
  /** Resolves only when the row is durable. Rejects when it cannot be: then there is no sign-in. */
  append(record: SignInRecord, presentedCertificate?: PresentedCertificate): Promise<void>;
  /** What was tried with certificates from `since` on: of each person with each certificate the newest entry, newest first. */
  tried(query: TriedQuery): Promise<readonly CertificateTried[]>;
  find(id: string): Promise<SignInRecord | undefined>;
  /** The certificate that came in the handshake of an entry, as DER; undefined where none came or it is no longer kept. */
  presented(signInId: string): Promise<Uint8Array | undefined>;
  /** Newest first, unless the oldest are wanted first. */
  list(query: SignInQuery): Promise<readonly SignInRecord[]>;
}

/** What is counted and looked up in the sign-in log without reading its entries: from indexes alone. */
export interface SignInReports {
  /** How many entries there are, counted up to `ceiling`. */
  count(query: SignInCount, ceiling: number): Promise<number>;
  /** Entries of each length of time by result, the oldest first. Lengths without entries have no row. */
  summary(query: SignInCount & Period): Promise<readonly SignInSummaryRow[]>;
  /** Granted interactive sign-ins of each length of time by kind, the oldest first. */
  assurance(
    period: Period,
  ): Promise<readonly { readonly start: Date; readonly kind: AssuranceKind; readonly count: number }[]>;
  /** Policy OIDs and issuers of the certificates that came in sign-ins since then, those seen most first. */
  observed(
    since: Date,
    until: Date,
  ): Promise<{ readonly policyOids: readonly ObservedValue[]; readonly issuers: readonly ObservedValue[] }>;
  activityOf(userIds: readonly string[]): Promise<ReadonlyMap<string, SignInActivity>>;
  /** The certificates that came with this user's name, the one used last first. */
  certificatesOf(userId: string): Promise<readonly CertificateUse[]>;
  /** How many certificates were bound to each of these users, and how many users there are with one. */
  certificateCounts(userIds: readonly string[]): Promise<ReadonlyMap<string, CertificateCount>>;
  usersWithCertificate(): Promise<number>;
  /** Certificates that were bound by a low-affinity value, of each user and certificate the last use, newest first. */
  lowAffinity(query: {
    readonly top: number;
    readonly since: Date;
    readonly after?: Pick<CertificateUse, 'userId' | 'lastUsed'>;
  }): Promise<readonly CertificateUse[]>;
  /** Certificates that came with the names of users, of each user and certificate the last use, newest first. */
  lastUses(query: {
    readonly top: number;
    readonly after?: Pick<CertificateUse, 'userId' | 'lastUsed'>;
  }): Promise<readonly LastUse[]>;
  /** What a word stands for in the log: users, applications, addresses, certificates. Undefined where that is too much to look up. */
  keysOf(word: string): Promise<readonly SignInKey[] | undefined>;
}

/** Both ends belong to it; it is divided into lengths that begin at `from`. */
export interface Period {
  readonly from: Date;
  readonly until: Date;
  readonly milliseconds: number;
}

export interface AuditLog {
  /** A row by itself, for what changes no row of this database: an imported CRL, a new key. */
  note(
    change: Omit<AuditRecord, 'id' | 'correlationId' | 'activityDateTime' | 'oldValue' | 'newValue'> & {
      readonly old: unknown;
      readonly new: unknown;
    },
  ): Promise<void>;
  /** The rows that this request writes from here on have this id: of the request, or of the sign-in that it came from. */
  correlate(correlationId: string): void;
  /**
   * A row of its own for a refused operation, with the count of identical refusals of this hour: of the same caller,
   * operation, kind of target and reason. Call it outside of a transaction that is rolled back.
   */
  noteRefusal(refused: RefusedOperation): Promise<void>;
  /** Newest first, unless the oldest are wanted first. `before` is the last record of the previous page, in either order. */
  list(query: {
    readonly top: number;
    readonly targetId?: string;
    readonly correlationId?: string;
    /** One of these. */
    readonly activities?: readonly string[];
    readonly result?: 'success' | 'failure';
    /** Both ends belong to the range. */
    readonly from?: Date;
    readonly until?: Date;
    readonly before?: Pick<AuditRecord, 'id' | 'activityDateTime'>;
    readonly isOldestFirst?: boolean;
  }): Promise<readonly AuditRecord[]>;
  find(id: string): Promise<AuditRecord | undefined>;
}

/** An event that waits to be delivered to one target. */
export interface OutboxEntry {
  readonly position: number;
  /** Text that grows from event to event of a target; the same whenever the event is delivered again. */
  readonly order: string;
  readonly kind: 'signIn' | 'audit';
  /** Empty for the log of the installation. */
  readonly tenantId: string;
  /** The id of the row of the log. */
  readonly id: string;
  readonly at: Date;
}

/** How much waits for a target. */
export interface Backlog {
  readonly target: string;
  /** Counted up to a hundred thousand. */
  readonly count: number;
  readonly oldest: Date | undefined;
}

/** What was written to the logs and waits to be delivered elsewhere; it outlives every process. */
export interface EventOutbox {
  /** Events from now on wait for these targets, and no longer for targets that no process has named for a day. */
  name(targets: readonly string[], at: Date): Promise<void>;
  /** Takes or keeps the right to deliver to a target. One holder has it at a time, over all processes. */
  lease(target: string, holder: string, at: Date, until: Date): Promise<boolean>;
  /** The oldest entries that wait, in their order. */
  next(target: string, top: number): Promise<readonly OutboxEntry[]>;
  /** Forgets entries that were delivered. */
  delivered(target: string, entries: readonly OutboxEntry[]): Promise<void>;
  backlog(): Promise<readonly Backlog[]>;
}

/** Since when the logs are kept. */
export interface LogRetention {
  /** Entries of the sign-in log, and refusals of the audit log. */
  readonly signInsSince: Date;
  /** Changes of the audit log; undefined keeps all of them. */
  readonly changesSince?: Date | undefined;
}

/** The removal of entries because the sign-in log had its largest size. */
export interface LogLimit {
  readonly removedBefore: Date;
  readonly at: Date;
}

/** How large the sign-in log of every tenant is. */
export interface LogSize {
  readonly octets: number;
  /** What was removed just now. */
  readonly limit?: LogLimit;
}
