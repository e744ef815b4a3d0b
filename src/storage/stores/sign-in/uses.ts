import { type Insertable, sql } from 'kysely';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { bindingIn, cardIn, strengthOf } from './report-columns.ts';

/** Notes when the user of an entry signed in, and with which certificate. Entries without a known user note nothing. */
export async function noteUse(
  database: Database,
  tenantId: string,
  record: SignInRecord,
  sha256: string | null | undefined,
): Promise<void> {
  if (record.userId === undefined) return;
  const user = { tenant_id: tenantId, user_id: record.userId };
  await Promise.all([noteActivity(database, user, record), sha256 && noteCertificate(database, user, record, sha256)]);
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

async function noteActivity(database: Database, user: UserKey, record: SignInRecord): Promise<void> {
  const { id, isInteractive, status } = record;
  const at = record.createdDateTime.getTime();
  const attempt = isInteractive ? { interactive_at: at, interactive_id: id } : { silent_at: at, silent_id: id };
  const change = { ...attempt, ...(status === 'success' ? { success_at: at, success_id: id } : {}) };
  await database
    .insertInto('sign_in_activity')
    .values({ ...user, ...noActivity, ...change })
    .onConflict((on) => on.columns(['tenant_id', 'user_id']).doUpdateSet(change))
    .execute();
}

async function noteCertificate(database: Database, user: UserKey, record: SignInRecord, sha256: string): Promise<void> {
  const card = cardIn(record);
  if (!card) return;
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
  await database
    .insertInto('seen_certificates')
    .values(row)
    .onConflict((on) =>
      on.columns(['tenant_id', 'user_id', 'sha256']).doUpdateSet(bound ? { ...change, ...binding } : change),
    )
    .execute();
}
