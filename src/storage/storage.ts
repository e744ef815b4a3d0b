import { sql } from 'kysely';
import type { CardeaError } from '#core/trace/fault.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Clock } from '#ports/clock.ts';
import type { AuditLog, EventOutbox, LogLimit, LogRetention, LogSize } from '#ports/logs.ts';
import { type AddressSettings, everyAddress } from '#ports/ports.ts';
import type { CrlBytes } from '#ports/revocation.ts';
import type { Tenants } from '#ports/tenants.ts';
import { cachedStores, cachedTenants } from './cache/cached-stores.ts';
import { installation } from './cache/change-marks.ts';
import { ReadCache } from './cache/read-cache.ts';
import { openAudits } from './database/audits/audit.ts';
import { makeAuditDays } from './database/audits/days.ts';
import { lockTenant } from './database/audits/edits.ts';
import { installationLog } from './database/audits/refusals.ts';
import { checkTables } from './database/checks/check-tables.ts';
import { openEventOutbox } from './database/event-outbox.ts';
import { inTransaction } from './database/in-transaction.ts';
import { type NodeReports, openNodeReports } from './database/node-reports.ts';
import { openDatabase, type Place, poolUseOf } from './database/open.ts';
import type { PoolUse } from './database/postgres/postgres-pool.ts';
import { prune } from './database/removal/prune.ts';
import type { Database, TenantDatabase } from './database/schema.ts';
import { countSealed, reseal, type SealCount } from './database/sealed/reseal.ts';
import { checkSecretKey, resetSecretKey } from './database/secret-key.ts';
import { makeDays } from './database/sign-in-log/days.ts';
import { lastLimit, limitLog } from './database/sign-in-log/size.ts';
import { copyDatabase, isFile, whenLost } from './database/sqlite/open-sqlite.ts';
import { probeWrite } from './database/sqlite/probe.ts';
import { TenantTurns } from './database/statements/tenant-turns.ts';
import { WriteCount } from './database/statements/write-count.ts';
import { openDeviceAuthorities } from './stores/devices/authorities.ts';
import { openDeviceIndex } from './stores/devices/device-index.ts';
import { openPrimaryRefreshTokens } from './stores/devices/primary-refresh-tokens.ts';
import { openDeviceRegistrations } from './stores/devices/registrations.ts';
import { openApplications } from './stores/directory/applications.ts';
import { openDeleted } from './stores/directory/deleted.ts';
import { openFederations } from './stores/directory/federations.ts';
import { openGroups } from './stores/directory/groups.ts';
import { openObjects } from './stores/directory/objects.ts';
import { openSynchronised } from './stores/directory/synchronised.ts';
import { openTenants } from './stores/directory/tenants.ts';
import { openMethods } from './stores/directory/users/methods.ts';
import { openUsers } from './stores/directory/users/users.ts';
import { openDirectoryLists } from './stores/directory-index/directory-lists.ts';
import { rebuildIndex } from './stores/directory-index/rebuild-index.ts';
import { openFactors } from './stores/sign-in/factors.ts';
import { openLiveSignIns } from './stores/sign-in/live-sign-ins.ts';
import { type RepeatRules, usualRepeats } from './stores/sign-in/log/repeats.ts';
import { findSignIns, openSignIns } from './stores/sign-in/log/sign-ins.ts';
import { openOidcRecords, tenantOfRecord } from './stores/sign-in/oidc-records.ts';
import { VisitRows } from './stores/sign-in/visit-rows.ts';
import { openVisits } from './stores/sign-in/visits.ts';
import { openCrlBytes } from './stores/trust/crl-bytes.ts';
import { openCrlLeases } from './stores/trust/crl-leases.ts';
import { openKeyStore, type Sealing } from './stores/trust/key-store.ts';
import { openPolicies } from './stores/trust/policies.ts';
import type { TenantStorage } from './tenant-storage.ts';

export type { NodeReports } from './database/node-reports.ts';
export type { PoolUse } from './database/postgres/postgres-pool.ts';
export type { TenantStorage } from './tenant-storage.ts';

/** Every store of an installation, behind the ports they serve. */
export interface Storage {
  readonly tenants: Tenants;
  readonly crlBytes: CrlBytes;
  /** What was refused where no tenant was named. */
  readonly audits: AuditLog;
  /** What waits to be delivered to other systems. */
  readonly outbox: EventOutbox;
  /** The same object for the same tenant, so that what it keeps in memory is kept once. */
  forTenant(tenantId: string): TenantStorage;
  tenantOfRecord(model: string, id: string): Promise<string | undefined>;
  findSignIns(idOrCorrelationId: string): Promise<readonly SignInRecord[]>;
  /** Removes what has expired, and what is older than the logs are kept. */
  prune(at: Date, retention: LogRetention): Promise<void>;
  /** Measures the sign-in log, and removes its oldest entries while it has more octets than `most`; 0 is no limit. */
  limitLog(most: number, at: Date): Promise<LogSize>;
  /** When entries were last removed because of the limit; undefined where none were. */
  lastLogLimit(): Promise<LogLimit | undefined>;
  /** Rebuilds the index of lists of every tenant. @returns the number of objects */
  rebuildIndex(): Promise<number>;
  /** Whether the secret key is the one this database was sealed with. The first key is recorded. @throws secretKeyWrong */
  checkSecretKey(): Promise<void>;
  /** Removes everything sealed with a lost secret key, and records the current one. */
  resetSecretKey(): Promise<void>;
  /** How many rows each secret sealed. It reads every sealed row. */
  countSealed(): Promise<SealCount>;
  /** Seals with the first secret what older ones sealed. @returns the number of rows that were sealed again */
  reseal(): Promise<number>;
  /** Resolves when the database takes a write: on SQLite a row that is removed again, on PostgreSQL a transaction that changes nothing. Rejects as every write would. */
  probe(): Promise<void>;
  /**
   * Resolves when the tables of this program are there, with the last migration of a later version if the database has had one.
   * @throws databaseDamaged, databaseSchemaChanged
   */
  checkTables(): Promise<string | undefined>;
  /**
   * Calls a listener once when this process does not know any longer what of the database is on the disk (databaseSyncFailed). It refuses every change
   * from then on, and has to end.
   */
  whenLost(listener: (problem: CardeaError) => void): void;
  /** Milliseconds by which the clock of this computer is ahead of that of the database; 0 where both are one. */
  clockOffset(): Promise<number>;
  /**
   * The time by which rows are removed that have expired: that of this computer, or that of the database where it is earlier. The clock of one
   * node that is ahead then removes nothing that all nodes still need.
   */
  removalTime(): Promise<Date>;
  /** Runs the serving of one request, whose reads of tenants, policy, applications and users see one moment. */
  inRequest<T>(work: () => T, visitNamed?: VisitNamed): T;
  /** How nodes on one database hear of each other; undefined for SQLite, which one node has. */
  readonly nodeReports: NodeReports | undefined;
  /** How the connections of PostgreSQL are used; undefined for SQLite. */
  readonly poolUse: (() => PoolUse) | undefined;
  /** Copies the database into a new file, while it is used. Undefined where the rows are in PostgreSQL. */
  readonly copyTo: ((file: string) => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** The settings of an installation that stores apply, or carry to the functions that change them. */
export interface StorageRules {
  readonly repeats: RepeatRules;
  /** By which addresses are checked when they are entered. */
  readonly addresses: AddressSettings;
}
const usualRules: StorageRules = { repeats: usualRepeats, addresses: everyAddress };

/** The visit that the address of a request names: by its interaction or by its flow. */
export interface VisitNamed {
  readonly by: 'id' | 'flow_id';
  readonly value: string;
}

/** What the stores of every tenant share. */
interface StoreContext {
  readonly clock: Clock;
  readonly sealing: Sealing;
  readonly rules: StorageRules;
  readonly cache: ReadCache;
  /** Absent within a transaction, which has its turn. */
  readonly turns?: TenantTurns;
}

/** Opens the database of an installation. @throws as {@link openDatabase} */
export async function openStorage(
  place: Place,
  clock: Clock,
  sealing: Sealing,
  rules: StorageRules = usualRules,
): Promise<Storage> {
  const writes = new WriteCount();
  const database = await openDatabase(place, writes);
  const isReadOnly = place.schema === 'read';
  if (!isReadOnly) {
    await makeDays(database, clock.now());
    await makeAuditDays(database, clock.now());
  }
  const cache = new ReadCache(database, place.kind === 'sqlite' ? writes : undefined);
  const visits = new VisitRows(database, cache);
  const open = new Map<string, TenantStorage>();
  const context = { clock, sealing, rules, cache, turns: new TenantTurns() };
  const offset = async () => (place.kind === 'postgres' ? clockOffset(database, clock) : 0);
  return {
    tenants: isReadOnly ? openTenants(database, clock) : cachedTenants(openTenants(database, clock), cache),
    audits: openAudits({ database, tenantId: installationLog, clock }),
    crlBytes: openCrlBytes(database, clock, sharedCrls(database, place, cache)),
    outbox: openEventOutbox(database),
    forTenant(tenantId) {
      const make = () => openTenant({ database, tenantId }, context);
      // The marks of changes, by which the cache is current, are missing in the database of an earlier version.
      const tenant = open.get(tenantId) ?? (isReadOnly ? make() : cachedStores(make(), tenantId, cache));
      open.set(tenantId, tenant);
      return tenant;
    },
    tenantOfRecord: (model, id) => tenantOfRecord(database, visits, model, id),
    findSignIns: (target) => findSignIns(database, target),
    prune: (at, retention) => prune(database, at, retention),
    limitLog: (most, at) => limitLog(database, most, at),
    lastLogLimit: () => lastLimit(database),
    async rebuildIndex() {
      let count = 0;
      for (const { id } of await openTenants(database, clock).list())
        count += await rebuildIndex({ database, tenantId: id });
      return count;
    },
    checkSecretKey: () => checkSecretKey(database, sealing, !isReadOnly),
    resetSecretKey: () => resetSecretKey(database, sealing),
    countSealed: () => countSealed(database, sealing),
    reseal: () => reseal(database, sealing),
    probe: () => (place.kind === 'sqlite' ? probeWrite(database) : probeTransaction(database)),
    checkTables: () => checkTables(database),
    whenLost: (listener) => whenLost(database, listener),
    clockOffset: offset,
    removalTime: async () => new Date(clock.now().getTime() - Math.max(0, await offset())),
    inRequest(work, visitNamed) {
      const prefetch = visitNamed && (() => visits.find(visitNamed.by, visitNamed.value));
      return cache.inRequest(work, prefetch);
    },
    nodeReports: place.kind === 'postgres' ? openNodeReports(database) : undefined,
    poolUse: poolUseOf(database),
    copyTo: isFile(database) ? (file) => copyDatabase(database, file) : undefined,
    close: () => database.destroy(),
  };
}

/** A replica, and a server that is read-only, refuse it. */
const probeTransaction = (database: Database): Promise<void> =>
  inTransaction(database, async (inside) => {
    await inside.deleteFrom('sign_ins').where('tenant_id', '=', '').execute();
  });

/** How processes on one database share their CRLs. A file of SQLite that one process holds is shared with no other. */
const sharedCrls = (database: Database, place: Place, cache: ReadCache): Pick<CrlBytes, 'leases' | 'mark'> =>
  place.kind === 'postgres' || place.sharing !== undefined
    ? { leases: openCrlLeases(database), mark: () => cache.mark({ tenantId: installation, area: 'crls' }) }
    : { leases: undefined, mark: undefined };

/** Half of the time that the question took counts for the way there. */
async function clockOffset(database: Database, clock: Clock): Promise<number> {
  const start = clock.now().getTime();
  const { rows } = await sql<{ now: string }>`select extract(epoch from clock_timestamp()) * 1000 as now`.execute(
    database,
  );
  const end = clock.now().getTime();
  return Math.round((start + end) / 2 - Number(rows[0]!.now));
}

function openTenant({ database, tenantId }: TenantDatabase, context: StoreContext): TenantStorage {
  const { clock, sealing, rules } = context;
  const store = { database, tenantId, clock };
  const visits = new VisitRows(database, context.cache);
  return {
    addresses: rules.addresses,
    ...openPolicies(store),
    ...openUsers(store),
    ...openVisits(store, visits),
    applications: openApplications(store),
    groups: openGroups(store),
    lists: openDirectoryLists(store),
    objects: openObjects(store),
    deleted: openDeleted(store),
    audits: openAudits(store),
    signInLog: openSignIns(store, rules.repeats),
    oidcRecords: openOidcRecords(store, visits),
    keyStore: openKeyStore(store, sealing),
    live: openLiveSignIns(store),
    tenants: openTenants(database, clock),
    inTransaction(work) {
      const { turns, ...within } = context;
      const change = () =>
        inTransaction(database, async (inside) => {
          await lockTenant({ database: inside, tenantId });
          return work(openTenant({ database: inside, tenantId }, within));
        });
      return turns ? turns.take(tenantId, change) : change();
    },
    federations: openFederations(openObjects(store), openGroups(store)),
    methods: openMethods(store, sealing),
    ...openFactors(store, sealing),
    synchronisation: openSynchronised(store),
    devices: {
      registrations: openDeviceRegistrations(store),
      index: openDeviceIndex(store),
      authorities: openDeviceAuthorities(store, sealing, 'device'),
      peerAuthorities: openDeviceAuthorities(store, sealing, 'peer'),
      helloAuthorities: openDeviceAuthorities(store, sealing, 'hello'),
      primaryRefreshTokens: openPrimaryRefreshTokens(store),
    },
  };
}
