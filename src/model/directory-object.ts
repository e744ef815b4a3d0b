/** A directory object kept as a document, one kind a resource of Graph: `roleAssignments`, `featureRolloutPolicies` … */
export interface StoredObject<T> {
  readonly kind: string;
  readonly id: string;
  /** What it belongs to (a principal, a domain, a container), by which it is looked up; undefined when nothing. */
  readonly owner: string | undefined;
  readonly createdDateTime: Date;
  readonly document: T;
}

/** Who changes something, and what the audit log calls it. */
export interface AuditEntry {
  readonly activity: string;
  readonly actor: string;
}

export interface DeletedObject {
  readonly id: string;
  readonly kind: string;
  readonly deletedDateTime: Date;
  /** As its store wrote it down. */
  readonly document: unknown;
}
