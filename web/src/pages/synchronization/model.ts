export const syncPath = '/directory/onPremisesSynchronization';

interface ProvisioningError {
  readonly category?: string;
  readonly propertyCausingError: string;
  readonly value: string;
  /** Absent in a plan. */
  readonly occurredDateTime?: string;
}

/** An object of Active Directory, and what of it could not be taken over. */
export interface Provisioned {
  readonly kind: 'user' | 'group' | 'computer';
  readonly name: string;
  readonly objectGuid: string;
  readonly objectId?: string | null;
  readonly onPremisesProvisioningErrors: readonly ProvisioningError[];
}

interface SyncError {
  readonly code: string;
  readonly message: string;
}

/** How the synchronization of one domain stands. */
export interface DomainState {
  readonly domain: string;
  readonly lastSuccessDateTime: string | null;
  readonly lastRun: {
    readonly kind: 'full' | 'delta';
    readonly startedDateTime: string;
    readonly endedDateTime: string;
    readonly counts: Readonly<Record<'read' | 'added' | 'updated' | 'deleted' | 'memberships', number>>;
    readonly error: SyncError | null;
  } | null;
}

/** The synchronization of the tenant, with the part that is Cardea's own: `status`. */
export interface Synchronization {
  readonly id: string;
  readonly configuration: {
    readonly accidentalDeletionPrevention: { readonly alertThreshold: number };
    readonly synchronizationInterval: string;
  };
  readonly features: { readonly softMatchOnUpnEnabled: boolean };
  readonly status: {
    readonly objects: { readonly live: number; readonly withProblems: number };
    readonly domains: readonly DomainState[];
    readonly problems: readonly Provisioned[];
  };
}

/** What a run would do with one object. */
export interface PlannedObject extends Provisioned {
  readonly action: 'add' | 'update' | 'delete' | 'restore' | 'takeOver' | 'refuse';
  readonly match?: 'hard' | 'soft';
}

/** What a run over one domain would do. */
export interface DomainPlan {
  readonly domain: string;
  readonly kind: 'full' | 'delta';
  readonly read: number;
  readonly unchanged: number;
  readonly error: SyncError | null;
  readonly changeCount: number;
  /** The first five hundred. */
  readonly changes: readonly PlannedObject[];
}

const pages = { user: '/users', group: '/groups', computer: '/devices' } as const;

/** The page of an object that is here. */
export const pageOf = ({ kind, objectId }: Provisioned): string => `${pages[kind]}/${objectId}`;
