import type { Application } from '#model/application.ts';
import type { RelatedObjects, Restoration } from '#model/directory-object.ts';

export interface Applications {
  find(appId: string): Promise<Application | undefined>;
  findByIdentifierUri(uri: string): Promise<Application | undefined>;
  list(): Promise<readonly Application[]>;
  /** Those that users can open: they have a homepage. No others are read. */
  listWithHomepage(): Promise<readonly Application[]>;
  /** Those with an identifier URI whose host is the domain. @param domain in lower case */
  listOfDomain(domain: string): Promise<readonly Application[]>;
  /** Those that have been given permissions; no others are read. */
  listWithRoles(): Promise<readonly Application[]>;
  /** Without `actor` it is the installation itself. */
  put(application: Application, actor?: string): Promise<void>;
  /** Reads and writes under one lock. Throws `nothingFound`. */
  change(appId: string, work: (application: Application) => Application, actor: string): Promise<Application>;
  remove(appId: string, actor?: string): Promise<boolean>;
  /** Moves it to the deleted objects with what is `related`; false when there is none. */
  softDelete(appId: string, actor: string, related?: RelatedObjects): Promise<boolean>;
  /** The audit row says the `restoration`. Throws `nothingFound`. */
  restore(appId: string, actor: string, restoration?: Restoration): Promise<Application>;
}

/** A record to store; `expiresIn` in seconds, 0 for one that stays. */
export interface RecordToStore {
  readonly model: string;
  readonly id: string;
  readonly payload: Record<string, unknown>;
  readonly expiresIn: number;
}

/** The records of the OpenID provider: eight methods over one table, in its words. Times are seconds as it gives them. */
export interface OidcRecords {
  upsert(model: string, id: string, payload: Record<string, unknown>, expiresIn: number): Promise<void>;
  /** Stores them in one transaction. */
  upsertAll(records: readonly RecordToStore[]): Promise<void>;
  find(model: string, id: string): Promise<Record<string, unknown> | undefined>;
  findByUid(model: string, uid: string): Promise<Record<string, unknown> | undefined>;
  findByUserCode(model: string, userCode: string): Promise<Record<string, unknown> | undefined>;
  /** Marks it consumed, by whom from `by`; true for exactly one caller. */
  consume(model: string, id: string, by?: string): Promise<boolean>;
  /**
   * Notes a poll with a record that is still pending. True when it comes sooner after the last one than the interval, at
   * first `seconds`; then the interval grows (RFC 8628 §3.5).
   */
  isPolledTooFast(model: string, id: string, seconds: number): Promise<boolean>;
  /** False where there was none: true for exactly one caller. */
  destroy(model: string, id: string): Promise<boolean>;
  revokeByGrantId(grantId: string): Promise<void>;
}
