import { sql } from 'kysely';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Database, Schema } from '#storage/database/schema.ts';
import { hotStatement } from '#storage/database/statements/hot-statement.ts';
import { bindingIn, certificateReadIn, strengthOf } from './report-columns.ts';

/** What can be inserted into: the database, or a part of a statement. */
type Inserting = Pick<Database, 'insertInto'>;

/** What an entry notes of its user: when the user signed in, and with which certificate. */
export type UseKind = 'interactive' | 'interactiveSuccess' | 'silent' | 'silentSuccess' | 'shown' | 'bound';

/** The values of all notes of an entry. */
export interface UseValues {
  readonly tenant_id: string;
  readonly user_id: string | null;
  /** Of the entry. */
  readonly id: string;
  readonly created_at: number;
  readonly certificate_sha256: string | null;
  readonly sha1: string | null;
  readonly policy_oids: string | null;
  readonly issuer: string | null;
  readonly field: string | null;
  readonly property: string | null;
  readonly rank: number | null;
  readonly affinity: string | null;
  readonly strength: string | null;
}

/** What an entry notes: kinds, of which each is a statement, and their values. */
export interface Uses {
  readonly kinds: readonly UseKind[];
  readonly values: UseValues;
}

/** What an entry notes of its user. Entries without a known user note nothing. */
export function usesOf(tenantId: string, record: SignInRecord, sha256: string | null | undefined): Uses {
  const { id, userId, isInteractive, status } = record;
  const certificate = sha256 ? certificateReadIn(record) : undefined;
  const bound = certificate && bindingIn(record);
  const activity = `${isInteractive ? 'interactive' : 'silent'}${status === 'success' ? 'Success' : ''}` as const;
  const binding = bound
    ? { ...bound, strength: strengthOf(record) }
    : { field: null, property: null, rank: null, affinity: null, strength: null };
  return {
    kinds: userId === undefined ? [] : [activity, ...(certificate ? ([bound ? 'bound' : 'shown'] as const) : [])],
    values: {
      tenant_id: tenantId,
      user_id: userId ?? null,
      id,
      created_at: record.createdDateTime.getTime(),
      certificate_sha256: sha256 ?? null,
      sha1: certificate?.sha1Thumbprint ?? null,
      policy_oids: certificate ? JSON.stringify(certificate.policyOids ?? []) : null,
      issuer: certificate?.issuer ?? null,
      ...binding,
    },
  };
}

/** The statement of a note. Its text depends on the kind alone. */
export const useStatement = (database: Inserting, values: UseValues, kind: UseKind) =>
  kind === 'shown' || kind === 'bound'
    ? noteCertificate(database, values, kind === 'bound')
    : noteActivity(database, values, kind);

const note = hotStatement((database, values: UseValues, kind: UseKind) => useStatement(database, values, kind));

/** Notes what an entry that is there says of its user. */
export async function noteUse(
  database: Database,
  tenantId: string,
  record: SignInRecord,
  sha256: string | null | undefined,
): Promise<void> {
  const { kinds, values } = usesOf(tenantId, record, sha256);
  await Promise.all(kinds.map((kind) => note(database, values, kind)));
}

const noActivity = {
  interactive_at: null,
  interactive_id: null,
  silent_at: null,
  silent_id: null,
  success_at: null,
  success_id: null,
};

function noteActivity(
  database: Inserting,
  { tenant_id, user_id, id, created_at }: UseValues,
  kind: Exclude<UseKind, 'shown' | 'bound'>,
) {
  const attempt = kind.startsWith('interactive')
    ? { interactive_at: created_at, interactive_id: id }
    : { silent_at: created_at, silent_id: id };
  const change = { ...attempt, ...(kind.endsWith('Success') ? { success_at: created_at, success_id: id } : {}) };
  return database
    .insertInto('sign_in_activity')
    .values({ tenant_id, user_id: user_id as string, ...noActivity, ...change })
    .onConflict((on) => on.columns(['tenant_id', 'user_id']).doUpdateSet(change));
}

function noteCertificate(database: Inserting, values: UseValues, isBound: boolean) {
  const { tenant_id, created_at, sha1, policy_oids, issuer, field, property, rank, affinity, strength } = values;
  const binding = { bound_at: isBound ? created_at : null, field, property, rank, affinity, strength };
  const row = {
    ...{ tenant_id, user_id: values.user_id, sha256: values.certificate_sha256, sha1, policy_oids, issuer },
    ...{ first_at: created_at, last_at: created_at, uses: 1, ...binding },
  };
  const change = { last_at: created_at, policy_oids: policy_oids!, uses: sql<number>`seen_certificates.uses + 1` };
  return database
    .insertInto('seen_certificates')
    .values(row as Schema['seen_certificates'])
    .onConflict((on) =>
      on.columns(['tenant_id', 'user_id', 'sha256']).doUpdateSet(isBound ? { ...change, ...binding } : change),
    );
}
