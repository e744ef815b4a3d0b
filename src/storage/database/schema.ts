import type { Kysely } from 'kysely';
import type { Clock } from '#ports/clock.ts';
import type { DeviceTables } from './tables/devices.ts';
import type { DirectoryTables } from './tables/directory.ts';
import type { LogTables } from './tables/logs.ts';
import type { SignInTables } from './tables/sign-in.ts';
import type { TrustTables } from './tables/trust.ts';

/**
 * The tables, as Kysely sees them. Portable by habit: text, integer and bigint only; times are epoch milliseconds,
 * booleans 0 | 1, documents JSON text; look-ups go through normalized `…_key` columns, never a collation.
 */
export interface Schema extends DirectoryTables, TrustTables, LogTables, SignInTables, DeviceTables {}

/** The rows of one tenant; `D` is a transaction where the caller must have begun one. */
export interface TenantDatabase<D = Database> {
  readonly database: D;
  readonly tenantId: string;
}

/** What the stores of one tenant work on. The clock dates their changes. */
export interface TenantStore extends TenantDatabase {
  readonly clock: Clock;
}

export type Database = Kysely<Schema>;
