import { type Insertable, sql } from 'kysely';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { bindingIn, cardIn, strengthOf } from './report-columns.ts';

/** What can be inserted into: the database, or a part of a statement. */
type Inserting = Pick<Database, 'insertInto'>;

/** Makes a statement that notes a use. */
export type UseStatement = (
  database: Inserting,
) => ReturnType<typeof noteActivity> | ReturnType<typeof noteCertificate>;

/**
 * The statements that note when the user of an entry signed in, and with which certificate. Entries without a known user note
 * nothing.
 */
export function useStatements(
  tenantId: string,
  record: SignInRecord,
  sha256: string | null | undefined,
): readonly UseStatement[] {
  if (record.userId === undefined) return [];
  const user = { tenant_id: tenantId, user_id: record.userId };
  const card = sha256 ? cardIn(record) : undefined;
  return [
    (database) => noteActivity(database, user, record),
    ...(card ? [(database: Inserting) => noteCertificate(database, user, record, { ...card, sha256: sha256! })] : []),
  ];
}

/** Notes them. */
export async function noteUse(
  database: Database,
  tenantId: string,
  record: SignInRecord,
  sha256: string | null | undefined,
): Promise<void> {
  await Promise.all(useStatements(tenantId, record, sha256).map((statement) => statement(database).execute()));
}

interface UserKey {
  readonly tenant_id: string;
  readonly user_id: string;
}

const noActivity = {
  interactive_at: null,
  interactive_id: null,
  silent_at: null,
  silent_id: null,
  success_at: null,
  success_id: null,
};

function noteActivity(database: Inserting, user: UserKey, record: SignInRecord) {
  const { id, isInteractive, status } = record;
  const at = record.createdDateTime.getTime();
  const attempt = isInteractive ? { interactive_at: at, interactive_id: id } : { silent_at: at, silent_id: id };
  const change = { ...attempt, ...(status === 'success' ? { success_at: at, success_id: id } : {}) };
  return database
    .insertInto('sign_in_activity')
    .values({ ...user, ...noActivity, ...change })
    .onConflict((on) => on.columns(['tenant_id', 'user_id']).doUpdateSet(change));
}

type Card = NonNullable<ReturnType<typeof cardIn>> & { readonly sha256: string };

function noteCertificate(database: Inserting, user: UserKey, record: SignInRecord, card: Card) {
  const { sha256 } = card;
  const at = record.createdDateTime.getTime();
  const bound = bindingIn(record);
  const binding = bound
    ? { bound_at: at, ...bound, strength: strengthOf(record) }
    : { bound_at: null, field: null, property: null, rank: null, affinity: null, strength: null };
  const row: Insertable<Schema['seen_certificates']> = {
    ...user,
    sha256,
    sha1: card.sha1Thumbprint,
    policy_oids: JSON.stringify(card.policyOids ?? []),
    issuer: card.issuer,
    first_at: at,
    last_at: at,
    uses: 1,
    ...binding,
  };
  const change = { last_at: at, policy_oids: row.policy_oids, uses: sql<number>`seen_certificates.uses + 1` };
  return database
    .insertInto('seen_certificates')
    .values(row)
    .onConflict((on) =>
      on.columns(['tenant_id', 'user_id', 'sha256']).doUpdateSet(bound ? { ...change, ...binding } : change),
    );
}
