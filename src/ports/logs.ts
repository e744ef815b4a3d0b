import type { AuditRecord, RefusedOperation } from '#model/audit.ts';
import type { CertificateTried, PresentedCertificate, SignInQuery, SignInRecord, TriedQuery } from '#model/sign-in.ts';

export interface SignInLog {
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

export interface AuditLog {
  /** A row by itself, for what changes no row of this database: a list brought by hand, a new key. */
  note(
    change: Omit<AuditRecord, 'id' | 'activityDateTime' | 'oldValue' | 'newValue'> & {
      readonly old: unknown;
      readonly new: unknown;
    },
  ): Promise<void>;
  /**
   * A row of its own for a refused operation, with the count of identical refusals of this hour: of the same caller,
   * operation, kind of target and reason. Call it outside of a transaction that is rolled back.
   */
  noteRefusal(refused: RefusedOperation): Promise<void>;
  /** Newest first, unless the oldest are wanted first. `before` is the last record of the previous page, in either order. */
  list(query: {
    readonly top: number;
    readonly targetId?: string;
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
