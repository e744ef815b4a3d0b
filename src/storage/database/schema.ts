import type { Kysely } from 'kysely';
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

/** The rows of one tenant. */
export interface TenantDatabase {
  readonly database: Database;
  readonly tenantId: string;
}

export type Database = Kysely<Schema>;
