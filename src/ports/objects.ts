import type { AuditEntry, DeletedObject, StoredObject } from '#model/directory-object.ts';

/** By which party, beside their owner, objects of a kind are found. Each pair has an index: migrations 031 and 038. */
export type PartyProperty =
  | { readonly kind: 'appRoleAssignments'; readonly property: 'resourceId' }
  | { readonly kind: 'oauth2PermissionGrants'; readonly property: 'principalId' }
  | { readonly kind: 'oauth2PermissionGrants'; readonly property: 'resourceId' }
  | { readonly kind: 'applicationOwners'; readonly property: 'ownerId' };
export type ObjectParty = PartyProperty & { readonly id: string };

/** At most so many objects, after the one of this id. */
export interface ObjectSlice {
  readonly top: number;
  readonly after: string | undefined;
}

export interface Objects {
  /** In the order they were made. */
  list<T>(kind: string, owner?: string): Promise<readonly StoredObject<T>[]>;
  /** Those of several owners, in the order of ids. */
  ofOwners<T>(kind: string, owners: readonly string[]): Promise<readonly StoredObject<T>[]>;
  /** Those of one party, in the order of ids, by an index. */
  ofParty<T>(party: ObjectParty, slice?: ObjectSlice): Promise<readonly StoredObject<T>[]>;
  find<T>(kind: string, id: string): Promise<StoredObject<T> | undefined>;
  add<T>(
    object: Pick<StoredObject<T>, 'kind' | 'id' | 'owner' | 'document'>,
    auditEntry: AuditEntry,
  ): Promise<StoredObject<T>>;
  /** Reads and writes as one; undefined when there is none of this id. `work` may be called again when another writer was faster. */
  change<T>(
    kind: string,
    id: string,
    work: (document: T) => T,
    auditEntry: AuditEntry,
  ): Promise<StoredObject<T> | undefined>;
  /** Gone for good; false when there is none of this id. */
  remove(kind: string, id: string, auditEntry: AuditEntry): Promise<boolean>;
  /** Moves it to the deleted objects; false when there is none of this id. */
  softDelete(kind: string, id: string, auditEntry: AuditEntry): Promise<boolean>;
  /** Restores a deleted object. Throws `nothingFound`. */
  restore<T>(kind: string, id: string, auditEntry: AuditEntry): Promise<StoredObject<T>>;
}

/** What was deleted and may be restored for thirty days (Graph: directory/deletedItems). */
export interface DeletedObjects {
  /** Newest first. */
  list(kind: string): Promise<readonly DeletedObject[]>;
  find(id: string): Promise<DeletedObject | undefined>;
  /** Gone for good; false when there is none of this id. */
  purge(id: string, auditEntry: AuditEntry): Promise<boolean>;
}
