import type { Schema } from './schema.ts';

/** Tables without rows of a tenant: CRLs and targets of events belong to every tenant. */
const sharedTables = ['tenants', 'crls', 'crl_claims', 'crl_chunks', 'event_targets'] as const;
type SharedTable = (typeof sharedTables)[number];

/** Every table with rows of a tenant: the compiler compares them with {@link Schema}. Marks of changes come last, because the removal of rows leaves marks. */
const rowsOfTenants: Readonly<Record<Exclude<keyof Schema, SharedTable>, true>> = {
  domains: true,
  policies: true,
  authorities: true,
  pki_containers: true,
  presented_certificates: true,
  users: true,
  certificate_user_ids: true,
  groups: true,
  group_members: true,
  directory_index: true,
  directory_changes: true,
  directory_versions: true,
  objects: true,
  deleted_objects: true,
  sign_ins: true,
  sign_in_activity: true,
  seen_certificates: true,
  repeated_sign_ins: true,
  audits: true,
  session_proofs: true,
  shown_certificates: true,
  logout_notices: true,
  flows: true,
  handoffs: true,
  applications: true,
  identifier_uris: true,
  oidc_records: true,
  signing_keys: true,
  methods: true,
  attempts: true,
  tickets: true,
  device_registrations: true,
  device_user_keys: true,
  device_authorities: true,
  primary_refresh_tokens: true,
  device_ids: true,
  device_people: true,
  visits: true,
  sync_objects: true,
  sync_members: true,
  sync_domains: true,
  sync_leases: true,
  known_browsers: true,
  event_outbox: true,
  change_marks: true,
};
export const tenantTables = Object.keys(rowsOfTenants) as readonly Exclude<keyof Schema, SharedTable>[];

/** Every table and view that stores name. */
export const allTables: readonly (keyof Schema)[] = [...sharedTables, ...tenantTables];
