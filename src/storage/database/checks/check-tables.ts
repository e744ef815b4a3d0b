import { sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import { migrations } from '../../migrations/list.ts';
import type { Database, Schema } from '../schema.ts';
import { isPostgres } from '../statements/is-postgres.ts';
import { appliedTo } from './check-schema.ts';

/** Every table and view that stores name: the compiler compares them with {@link Schema}. */
const tables: Readonly<Record<keyof Schema, true>> = {
  tenants: true,
  domains: true,
  users: true,
  certificate_user_ids: true,
  groups: true,
  group_members: true,
  directory_index: true,
  directory_changes: true,
  directory_versions: true,
  objects: true,
  deleted_objects: true,
  applications: true,
  identifier_uris: true,
  methods: true,
  sync_objects: true,
  sync_members: true,
  sync_domains: true,
  sync_leases: true,
  policies: true,
  authorities: true,
  pki_containers: true,
  crls: true,
  crl_claims: true,
  crl_chunks: true,
  signing_keys: true,
  change_marks: true,
  presented_certificates: true,
  sign_ins: true,
  sign_in_activity: true,
  seen_certificates: true,
  repeated_sign_ins: true,
  audits: true,
  event_targets: true,
  event_outbox: true,
  session_proofs: true,
  shown_certificates: true,
  logout_notices: true,
  flows: true,
  handoffs: true,
  oidc_records: true,
  attempts: true,
  tickets: true,
  visits: true,
  known_browsers: true,
  device_registrations: true,
  device_user_keys: true,
  device_authorities: true,
  primary_refresh_tokens: true,
  device_ids: true,
  device_people: true,
};

/**
 * Whether the tables of this program are there, and its migrations recorded: three statements that read no row of them.
 * @returns the last migration of a later version that the database has had, as while nodes are upgraded one after the other
 * @throws databaseDamaged for a missing table, databaseSchemaChanged for a missing migration, and as every read
 */
export async function checkTables(database: Database): Promise<string | undefined> {
  const names = JSON.stringify(Object.keys(tables));
  const missing = isPostgres(database)
    ? sql<{
        name: string;
      }>`select value as name from json_array_elements_text(${names}::json) where to_regclass(value) is null`
    : sql<{
        name: string;
      }>`select value as name from json_each(${names}) where value not in (select name from sqlite_master)`;
  const [table] = (await missing.execute(database)).rows;
  if (table) throw fault('databaseDamaged', { problem: `the table ${table.name} is missing` });
  const applied = [...(await appliedTo(database)).keys()];
  const known = Object.keys(migrations);
  const lost = known.find((name) => !applied.includes(name));
  if (lost !== undefined)
    throw fault('databaseSchemaChanged', { migration: lost, problem: 'the record that it was applied is missing' });
  return applied.findLast((name) => !known.includes(name));
}
