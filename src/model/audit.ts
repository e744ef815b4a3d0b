import type { Because } from '#core/trace/reasons.ts';

/** One change an administrator made, or one that was refused (Graph: directoryAudit; AUD-1, AUD-2). */
export interface AuditRecord {
  readonly id: string;
  /** What the rows of one request, command or run share; of refusals that are one row, that of the newest. */
  readonly correlationId: string;
  /** Of refusals that are one row: when the first one was. */
  readonly activityDateTime: Date;
  readonly activity: string;
  readonly targetId: string;
  readonly actor: string;
  /** Undefined for what was not there before, is not there after, or is a secret. */
  readonly oldValue: unknown;
  readonly newValue: unknown;
  /** Absent where the change was made. */
  readonly refusal?: AuditedRefusal;
}

/** Why something was refused, and how often within one hour. */
export interface AuditedRefusal {
  readonly because: Because;
  readonly count: number;
  readonly lastDateTime: Date;
}

/** A change, or a read that needs rights, that was refused. */
export interface RefusedOperation {
  readonly activity: string;
  /** The same text for every target of a kind: `PATCH users/{id}`, `user remove`. */
  readonly operation: string;
  /** Graph: `targetResources.type`. */
  readonly targetKind: string;
  readonly targetId: string;
  /** Who and from where, as `actorText` writes it. */
  readonly actor: string;
  /** Who, wherever from: identical refusals of one caller are one row an hour. */
  readonly caller: string;
  readonly because: Because;
}
