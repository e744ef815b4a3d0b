import type { AuditEntry, DeletedObject, StoredObject } from '#model/directory-object.ts';

export interface Objects {
  /** In the order they were made. */
  list<T>(kind: string, owner?: string): Promise<readonly StoredObject<T>[]>;
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
  /** Brings a buried one back. Throws `nothingFound`. */
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
