import type { Because } from '#core/trace/reasons.ts';

/** What a synchronization brings from Active Directory. */
export type SourceKind = 'user' | 'group' | 'computer';

/** Why an object, or one of its values, was not taken over (Graph: onPremisesProvisioningError). */
export interface ProvisioningError {
  readonly category: 'PropertyConflict' | 'Other';
  /** ISO 8601 UTC. */
  readonly occurredDateTime: string;
  readonly propertyCausingError: string;
  readonly value: string;
}

/** What is remembered of an object of Active Directory. */
export interface SynchronisedObject {
  /** objectGUID as text. */
  readonly sourceId: string;
  readonly domain: string;
  readonly kind: SourceKind;
  /** Id of the object here; undefined where none could be made. */
  readonly objectId: string | undefined;
  /** Of the values that were written last; empty where they must be written again. */
  readonly digest: string;
  /** False once the object was deleted there, or left the scope. */
  readonly isLive: boolean;
  /** Whether it still has to enter the groups that name it. */
  readonly joinsDue: boolean;
  readonly problems: readonly ProvisioningError[];
  /** For messages. */
  readonly name: string;
}

/** How far a domain was read: valid for one database of one domain controller, and one configuration. */
export interface SyncCursor {
  readonly invocationId: string;
  /** The highest update sequence number that was read. */
  readonly usn: string;
  readonly settingsDigest: string;
}

export interface SyncCounts {
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly memberships: number;
  readonly problems: number;
  readonly ldapRequests: number;
}

/** One run over one domain. */
export interface SyncRun {
  readonly kind: 'full' | 'delta';
  /** ISO 8601 UTC. */
  readonly startedDateTime: string;
  readonly endedDateTime: string;
  readonly counts: SyncCounts;
  /** Why it ended early; absent where it did not. */
  readonly because?: Because;
}

/** What a run over one domain would do. */
export interface DirectoryPlan {
  readonly domain: string;
  readonly kind: SyncRun['kind'];
  /** Objects that were read, and those of them that are the same as here. */
  readonly read: number;
  readonly unchanged: number;
  /** Why it could not be planned, or would not be done. */
  readonly because: Because | null;
  readonly changes: readonly DirectoryPlanChange[];
}

/** What a run would do with one object. */
export interface DirectoryPlanChange {
  readonly action: 'add' | 'refuse' | 'update' | 'restore' | 'takeOver' | 'delete';
  /** By what a user of the cloud is taken over. */
  readonly match?: 'hard' | 'soft';
  readonly kind: SourceKind;
  readonly name: string;
  readonly sourceId: string;
  readonly objectId: string | undefined;
  readonly problems: readonly Omit<ProvisioningError, 'occurredDateTime'>[];
}

/** What is remembered of a domain between runs. */
export interface SyncState {
  readonly cursor?: SyncCursor;
  readonly lastRun?: SyncRun;
  /** ISO 8601 UTC of the end of the last run without a fault. */
  readonly lastSuccessDateTime?: string;
}

/** Another user who has a name or an address. */
export interface NameOwner {
  readonly property: 'userPrincipalName' | 'onPremisesUserPrincipalName' | 'mail' | 'certificateUserIds';
  /** In the form in which they compare. */
  readonly key: string;
  readonly userId: string;
}
