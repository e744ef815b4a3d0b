import type { Tenant } from '#model/tenant.ts';
import type { Applications } from './applications.ts';
import type { Clock, StepTimes } from './clock.ts';
import type { Passkeys, Passwords } from './credentials.ts';
import type { DeviceStores } from './devices.ts';
import type { Directory, Federations, GroupAdmin, UserAdmin } from './directory.ts';
import type { AttemptStore, Flows, Handoffs, KnownBrowsers, Tickets } from './flows.ts';
import type { AuditLog, SignInLog } from './logs.ts';
import type { Methods } from './methods.ts';
import type { DeletedObjects, Objects } from './objects.ts';
import type { Policies, PolicyAdmin } from './policies.ts';
import type { Crls, Ocsp } from './revocation.ts';
import type { LiveSignIns, Sessions } from './sessions.ts';
import type { SynchronisationStore } from './synchronisation/store.ts';
import type { Tenants } from './tenants.ts';
import type { TrustStoreAdmin } from './trust-store.ts';

/**
 * The settings of an installation about private addresses, by their names. `refuse` lets no address without a public meaning
 * be entered or dialled: private, loopback, unique local, shared and reserved ones.
 */
export type AddressSettings = Readonly<
  Record<'crlPrivateAddresses' | 'logoutPrivateAddresses' | 'federationPrivateAddresses', 'allow' | 'refuse'>
>;

/** Every private address may be used: the default of each setting. */
export const everyAddress: AddressSettings = {
  crlPrivateAddresses: 'allow',
  logoutPrivateAddresses: 'allow',
  federationPrivateAddresses: 'allow',
};

/** What we need from the world. Opened for one tenant, so that a caller cannot forget which. */
export interface Ports {
  readonly tenant: Tenant;
  readonly clock: Clock;
  /** Absent where nothing is measured. */
  readonly steps?: StepTimes | undefined;
  readonly policies: Policies;
  readonly directory: Directory;
  readonly federations: Federations;
  readonly crls: Crls;
  readonly ocsp: Ocsp;
  readonly signInLog: SignInLog;
  readonly sessions: Sessions;
  readonly flows: Flows;
  readonly handoffs: Handoffs;
  readonly live: LiveSignIns;
  readonly passwords: Passwords;
  readonly methods: Methods;
  readonly passkeys: Passkeys;
  readonly attempts: AttemptStore;
  readonly tickets: Tickets;
  readonly browsers: KnownBrowsers;
  readonly objects: Pick<Objects, 'list' | 'find'>;
  readonly devices: DeviceStores;
  /** Which groups a user is directly in, and whether a group is role-assignable: directory roles depend on it. */
  readonly groups: Pick<GroupAdmin, 'find' | 'directGroups'>;
}

/** What a sign-in, and every other evaluation of one moment, works with. `at` is the time that everything in it is evaluated at. */
export interface SignInContext<P = Ports> {
  readonly ports: P;
  readonly at: Date;
}

/** Everything that `admin` needs of one tenant. */
export interface AdminPorts {
  /** The settings by which an address is checked when it is entered. */
  readonly addresses: AddressSettings;
  readonly tenants: Tenants;
  readonly policies: Policies;
  readonly trustStore: TrustStoreAdmin;
  readonly users: UserAdmin;
  readonly policy: PolicyAdmin;
  readonly applications: Applications;
  readonly groups: GroupAdmin;
  readonly objects: Objects;
  readonly deleted: DeletedObjects;
  readonly live: LiveSignIns;
  readonly methods: Methods;
  readonly devices: DeviceStores;
  readonly audits: AuditLog;
  readonly synchronisation: SynchronisationStore;
  /**
   * Does several things as one: what `work` throws leaves everything as it was. Changes of one tenant wait for each other
   * on every node, so it is for what is short, and asks nothing of the network.
   */
  inTransaction<T>(work: (inside: AdminPorts) => Promise<T>): Promise<T>;
}
