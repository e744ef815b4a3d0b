import type {
  Applications,
  AttemptStore,
  AuditLog,
  Clock,
  CrlBytes,
  DeletedObjects,
  Directory,
  Federations,
  Flows,
  GroupAdmin,
  Handoffs,
  KeyStore,
  KnownBrowsers,
  LiveSignIns,
  Methods,
  Objects,
  OidcRecords,
  Policies,
  PolicyAdmin,
  Sessions,
  SignInLog,
  SignInRecord,
  Tenants,
  Tickets,
  TrustStoreAdmin,
  UserAdmin,
} from '../ports.ts';
import { openApplications } from './applications.ts';
import { atomically } from './atomically.ts';
import { openAudits } from './audit.ts';
import { openCrlBytes, pruneCrlChunks } from './crl-bytes.ts';
import { openCrlClaims } from './crl-claims.ts';
import { openDeleted, pruneDeleted } from './deleted.ts';
import { lockTenant } from './edits.ts';
import { openFactors } from './factors.ts';
import { openFederations } from './federations.ts';
import { openGroups } from './groups.ts';
import { openKeyStore, type Sealing } from './key-store.ts';
import { openLiveSignIns } from './live-sign-ins.ts';
import { openMethods } from './methods.ts';
import { openObjects } from './objects.ts';
import { openOidcRecords, tenantOfRecord } from './oidc-records.ts';
import { type Database, openDatabase, type Place } from './open.ts';
import { openPolicies } from './policies.ts';
import { checkSecretKey, resetSecretKey } from './secret-key.ts';
import { findSignIns, openSignIns } from './sign-ins.ts';
import { openTenants } from './tenants.ts';
import { openUsers } from './users.ts';
import { openVisits } from './visits.ts';

/** Every store of an installation, behind the ports they serve. */
export interface Storage {
  readonly tenants: Tenants;
  readonly crlBytes: CrlBytes;
  /** The same object for the same tenant, so that what it keeps in memory is kept once. */
  forTenant(tenantId: string): TenantStorage;
  tenantOfRecord(model: string, id: string): Promise<string | undefined>;
  findSignIns(idOrCorrelationId: string): Promise<readonly SignInRecord[]>;
  /** Removes what has expired, and log entries from before `keepSignInsSince`. */
  prune(at: Date, keepSignInsSince: Date): Promise<void>;
  /** Whether the secret key is the one this database was sealed with. The first key is recorded. @throws secretKeyWrong */
  checkSecretKey(): Promise<void>;
  /** Removes everything sealed with a lost secret key, and records the current one. */
  resetSecretKey(): Promise<void>;
  close(): Promise<void>;
}
export interface TenantStorage {
  readonly tenants: Tenants;
  readonly policies: Policies;
  readonly policy: PolicyAdmin;
  readonly trustStore: TrustStoreAdmin;
  readonly directory: Directory;
  readonly users: UserAdmin;
  readonly groups: GroupAdmin;
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
  atomically<T>(work: (inside: TenantStorage) => Promise<T>): Promise<T>;
  readonly federations: Federations;
  readonly methods: Methods;
  readonly attempts: AttemptStore;
  readonly tickets: Tickets;
  readonly browsers: KnownBrowsers;
}

/** Opens the database of an installation. @throws as {@link openDatabase} */
export async function openStorage(place: Place, clock: Clock, sealing: Sealing): Promise<Storage> {
  const database = await openDatabase(place);
  const opened = new Map<string, TenantStorage>();
  return {
    tenants: openTenants(database, clock),
    // SQLite belongs to one process, which has nobody to wait for.
    crlBytes: openCrlBytes(database, clock, place.kind === 'postgres' ? openCrlClaims(database) : undefined),
    forTenant(tenantId) {
      const tenant = opened.get(tenantId) ?? openTenant(database, tenantId, clock, sealing);
      opened.set(tenantId, tenant);
      return tenant;
    },
    tenantOfRecord: (model, id) => tenantOfRecord(database, model, id),
    findSignIns: (wanted) => findSignIns(database, wanted),
    prune: (at, keepSignInsSince) => prune(database, at, keepSignInsSince),
    checkSecretKey: () => checkSecretKey(database, sealing),
    resetSecretKey: () => resetSecretKey(database, sealing),
    close: () => database.destroy(),
  };
}

function openTenant(database: Database, tenantId: string, clock: Clock, sealing: Sealing): TenantStorage {
  return {
    ...openPolicies(database, tenantId, clock),
    ...openUsers(database, tenantId, clock),
    ...openVisits(database, tenantId, clock),
    applications: openApplications(database, tenantId, clock),
    groups: openGroups(database, tenantId, clock),
    objects: openObjects(database, tenantId, clock),
    deleted: openDeleted(database, tenantId, clock),
    audits: openAudits(database, tenantId, clock),
    signInLog: openSignIns(database, tenantId),
    oidcRecords: openOidcRecords(database, tenantId, clock),
    keyStore: openKeyStore(database, tenantId, sealing),
    live: openLiveSignIns(database, tenantId, clock),
    tenants: openTenants(database, clock),
    atomically: (work) =>
      atomically(database, async (inside) => {
        await lockTenant(inside, tenantId);
        return work(openTenant(inside, tenantId, clock, sealing));
      }),
    federations: openFederations(openObjects(database, tenantId, clock), openGroups(database, tenantId, clock)),
    methods: openMethods(database, tenantId, clock, sealing),
    ...openFactors(database, tenantId, clock, sealing),
  };
}

async function prune(database: Database, at: Date, keepSignInsSince: Date): Promise<void> {
  const now = at.getTime();
  for (const table of [
    'flows',
    'handoffs',
    'session_proofs',
    'oidc_records',
    'shown_certificates',
    'logout_notices',
    'crl_claims',
    'attempts',
    'tickets',
    'known_browsers',
  ] as const) {
    await database.deleteFrom(table).where('expires_at', '<=', now).execute();
  }
  // Tenant by tenant, because the index on the time begins with the tenant: the log is not read whole to find what is old.
  for (const { id } of await database.selectFrom('tenants').select('id').execute()) {
    const old = database.deleteFrom('sign_ins').where('tenant_id', '=', id);
    await old.where('created_at', '<', keepSignInsSince.getTime()).execute();
  }
  await database.deleteFrom('presented_certificates').where('seen_at', '<', keepSignInsSince.getTime()).execute();
  await pruneDeleted(database, at);
  await pruneCrlChunks(database, at);
}
