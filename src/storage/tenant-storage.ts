import type { Applications, OidcRecords } from '#ports/applications.ts';
import type { DeviceStores } from '#ports/devices.ts';
import type { DirectoryLists } from '#ports/directory/lists.ts';
import type { Directory, Federations, GroupAdmin, UserAdmin } from '#ports/directory.ts';
import type { AttemptStore, Flows, Handoffs, KnownBrowsers, Tickets } from '#ports/flows.ts';
import type { KeyStore } from '#ports/keys.ts';
import type { AuditLog, SignInLog } from '#ports/logs.ts';
import type { Methods } from '#ports/methods.ts';
import type { DeletedObjects, Objects } from '#ports/objects.ts';
import type { Policies, PolicyAdmin } from '#ports/policies.ts';
import type { AddressSettings } from '#ports/ports.ts';
import type { LiveSignIns, Sessions } from '#ports/sessions.ts';
import type { SynchronisationStore } from '#ports/synchronisation/store.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { TrustStoreAdmin } from '#ports/trust-store.ts';

/** The stores of one tenant. */
export interface TenantStorage {
  readonly addresses: AddressSettings;
  readonly tenants: Tenants;
  readonly policies: Policies;
  readonly policy: PolicyAdmin;
  readonly trustStore: TrustStoreAdmin;
  readonly directory: Directory;
  readonly users: UserAdmin;
  readonly groups: GroupAdmin;
  readonly lists: DirectoryLists;
  readonly objects: Objects;
  readonly deleted: DeletedObjects;
  readonly audits: AuditLog;
  readonly applications: Applications;
  readonly signInLog: SignInLog;
  readonly sessions: Sessions;
  readonly flows: Flows;
  readonly handoffs: Handoffs;
  readonly oidcRecords: OidcRecords;
  readonly keyStore: KeyStore;
  readonly live: LiveSignIns;
  /** Its own stores once more, inside one transaction. Those of one tenant come one after the other, on every node. */
  inTransaction<T>(work: (inside: TenantStorage) => Promise<T>): Promise<T>;
  readonly federations: Federations;
  readonly methods: Methods;
  readonly attempts: AttemptStore;
  readonly tickets: Tickets;
  readonly browsers: KnownBrowsers;
  readonly devices: DeviceStores;
  readonly synchronisation: SynchronisationStore;
}
