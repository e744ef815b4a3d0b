/** One change an administrator made (Graph: directoryAudit; AUD-1, AUD-2). */
export interface AuditRecord {
  readonly id: string;
  readonly activityDateTime: Date;
  readonly activity: string;
  readonly targetId: string;
  readonly actor: string;
  /** Undefined for what was not there before, is not there after, or is a secret. */
  readonly oldValue: unknown;
  readonly newValue: unknown;
}
