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
  /** What the row has of the old and the new document; the whole of both when absent. */
  readonly audited?: (document: unknown) => unknown;
}

/** An object of the directory that names another one and ends with it. */
export type RelatedObject = Pick<StoredObject<unknown>, 'kind' | 'id' | 'owner' | 'document'>;

/** What a user, group or application had in other places when it was deleted, kept with it so that it can come back. */
export interface RelatedObjects {
  /** Role assignments and permission grants. */
  readonly objects: readonly RelatedObject[];
  /** Ids of the groups it owned. */
  readonly ownedGroupIds: readonly string[];
  /** Sessions and refresh tokens that ended, and Temporary Access Passes that were removed. They never come back. */
  readonly sessions: number;
  readonly grants: number;
  readonly passes: number;
}

/** A part of a deleted object: a group membership, a role assignment, a method. */
export interface RestoredPart {
  readonly kind: string;
  /** Id or name of the other end. */
  readonly id: string;
  /** Why it did not come back. */
  readonly reason?: string;
}
/** What came back with an object that was restored, and what did not. */
export interface Restoration {
  readonly restored: readonly RestoredPart[];
  readonly notRestored: readonly RestoredPart[];
}

export interface DeletedObject {
  readonly id: string;
  readonly kind: string;
  readonly deletedDateTime: Date;
  /** As its store wrote it down. */
  readonly document: unknown;
}
