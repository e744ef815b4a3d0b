import { sql } from 'kysely';
import { changeRetention, deletedRetention } from '#core/directory/retention.ts';
import type { LogRetention } from '#ports/logs.ts';
import { rewriteAfter } from '../../stores/sign-in/log/presented-certificates.ts';
import { longestWrite } from '../../stores/trust/crl-bytes.ts';
import { pruneCrls } from '../../stores/trust/prune-crls.ts';
import { makeAuditDays, pruneAudits } from '../audits/days.ts';
import { installationLog } from '../audits/refusals.ts';
import type { Database } from '../schema.ts';
import { dropDays, makeDays, retentionStart } from '../sign-in-log/days.ts';
import { batchRows, deleteInBatches } from '../statements/delete-in-batches.ts';
import { clearRemovedTenants } from './remove-tenant.ts';

/** Rows of up to half a megabyte. */
const chunkRows = 10;

const expiring = [
  'visits',
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
  'primary_refresh_tokens',
] as const;

/**
 * Removes what has expired, and what is older than the logs are kept, in statements of a few rows each: none is near the statement
 * time-out of PostgreSQL, and none holds SQLite for long.
 */
export async function prune(database: Database, at: Date, { signInsSince, changesSince }: LogRetention): Promise<void> {
  const since = signInsSince.getTime();
  for (const table of expiring) await deleteInBatches(database, table, sql`expires_at <= ${at.getTime()}`);
  // Tenant by tenant, because the index on the time begins with the tenant: the log is not read whole to find what is old.
  const tenantIds = (await database.selectFrom('tenants').select('id').execute()).map(({ id }) => id);
  for (const id of tenantIds) {
    await deleteInBatches(database, 'sign_ins', sql`tenant_id = ${id} and created_at < ${since}`);
    await deleteInBatches(database, 'seen_certificates', sql`tenant_id = ${id} and last_at < ${since}`);
  }
  await makeAuditDays(database, at);
  const auditRetention = { refusalsSince: since, changesSince: changesSince?.getTime() };
  await pruneAudits(database, [...tenantIds, installationLog], auditRetention);
  await makeDays(database, at);
  await dropDays(database, since);
  const entriesSince = retentionStart(database, since);
  await deleteInBatches(database, 'repeated_sign_ins', sql`repeated_at < ${entriesSince}`);
  await deleteInBatches(database, 'presented_certificates', sql`seen_at < ${entriesSince - rewriteAfter}`);
  await pruneDeleted(database, at);
  await deleteInBatches(database, 'directory_changes', sql`at < ${at.getTime() - changeRetention}`);
  await pruneCrls(database, at.getTime() - deletedRetention, tenantIds);
  await pruneCrlChunks(database, at);
  await clearRemovedTenants(database, at);
}

/** Removes for good what was deleted more than thirty days ago. What a user had registered is kept as long as the user. */
async function pruneDeleted(database: Database, at: Date): Promise<void> {
  const since = at.getTime() - deletedRetention;
  for (;;) {
    const objects = await deletedBefore(database, since);
    for (const { tenant_id, id } of objects) {
      for (const table of ['methods', 'sign_in_activity', 'seen_certificates'] as const)
        await deleteInBatches(database, table, sql`tenant_id = ${tenant_id} and user_id = ${id}`);
      await deleteInBatches(
        database,
        'objects',
        sql`tenant_id = ${tenant_id} and kind = 'pictures' and owner = ${id.toLowerCase()}`,
      );
      const removal = database.deleteFrom('deleted_objects').where('tenant_id', '=', tenant_id).where('id', '=', id);
      await removal.where('deleted_at', '<', since).execute();
    }
    if (objects.length < batchRows) return;
  }
}

/** The next objects of all tenants that were deleted before a time, in milliseconds: a batch of them, by index. */
export const deletedBefore = (database: Database, since: number) =>
  database
    .selectFrom('deleted_objects')
    .select(['tenant_id', 'id'])
    .where('deleted_at', '<', since)
    .limit(batchRows)
    .execute();

/** Removes what was written for a list that never became current: the process ended, or another one was faster. */
async function pruneCrlChunks(database: Database, at: Date): Promise<void> {
  const since = String(at.getTime() - longestWrite).padStart(15, '0');
  const current = sql`generation in (select generation from crls)`;
  await deleteInBatches(database, 'crl_chunks', sql`generation < ${since} and not (${current})`, chunkRows);
}
