import { sql } from 'kysely';
import type { Tenant, TenantContents } from '#model/tenant.ts';
import { audit } from '../audits/audit.ts';
import { auditLogOf, clearAuditDays } from '../audits/days.ts';
import { lockTenant } from '../audits/edits.ts';
import { installationLog } from '../audits/refusals.ts';
import type { Database, TenantDatabase } from '../schema.ts';
import { clearDays, signInLogOf } from '../sign-in-log/days.ts';
import { deleteInBatches } from '../statements/delete-in-batches.ts';
import { tenantTables } from '../table-names.ts';

/** The kind of object, of the installation itself, that names a tenant whose rows are still to be removed. */
const removedKind = 'removedTenants';

/** Milliseconds after its removal in which requests that had begun before may still write rows of a tenant. */
const lateRows = 24 * 3600 * 1000;

/** Rows that are counted at most, so that a large log is not read whole. */
const mostCounted = 100_000;

/** What a tenant has; each number counts up to a hundred thousand. */
export async function contentsOf({ database, tenantId }: TenantDatabase): Promise<TenantContents> {
  const count = async (table: (typeof tenantTables)[number]) => {
    const logs = { sign_ins: signInLogOf(database), audits: auditLogOf(database) } as const;
    const rows = database.selectFrom(table === 'sign_ins' || table === 'audits' ? logs[table] : table);
    const counted = rows.select(sql`1`.as('one')).where(sql<boolean>`tenant_id = ${tenantId}`).limit(mostCounted);
    const { total } = await database
      .selectFrom(counted.as('counted'))
      .select(({ fn }) => fn.countAll().as('total'))
      .executeTakeFirstOrThrow();
    return Number(total);
  };
  return {
    users: await count('users'),
    groups: await count('groups'),
    applications: await count('applications'),
    devices: await count('device_registrations'),
    authorities: await count('authorities'),
    signIns: await count('sign_ins'),
    audits: await count('audits'),
  };
}

/**
 * Ends a tenant in one transaction, with its row in the audit log of the installation: from then on no request finds it.
 * Its rows are removed afterwards, in statements of a few rows each, by {@link clearRemovedTenants}.
 */
export async function removeTenant(database: Database, tenant: Tenant, actor: string, at: Date): Promise<boolean> {
  return database.transaction().execute(async (step) => {
    const context = { database: step, tenantId: tenant.id };
    await lockTenant(context);
    const { numDeletedRows } = await step.deleteFrom('tenants').where('id', '=', tenant.id).executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    await step.deleteFrom('domains').where('tenant_id', '=', tenant.id).execute();
    const marker = { tenant_id: installationLog, kind: removedKind, id: tenant.id, owner: null, document: '{}' };
    await step
      .insertInto('objects')
      .values({ ...marker, version: crypto.randomUUID(), created_at: at.getTime() })
      .execute();
    await audit({ database: step, tenantId: installationLog }, at, {
      ...{ activity: 'Delete tenant', targetId: tenant.id, actor },
      old: { ...tenant, contents: await contentsOf(context) },
      new: undefined,
    });
    return true;
  });
}

/** Removes the rows of tenants that were removed. What a process that ended left is removed by the next one. */
export async function clearRemovedTenants(database: Database, at: Date): Promise<void> {
  const markers = await database
    .selectFrom('objects')
    .select(['id', 'created_at'])
    .where('tenant_id', '=', installationLog)
    .where('kind', '=', removedKind)
    .execute();
  for (const { id, created_at } of markers) {
    const store = { database, tenantId: id };
    await clearDays(store);
    await clearAuditDays(store);
    for (const table of tenantTables) await deleteInBatches(database, table, sql`tenant_id = ${id}`);
    if (created_at > at.getTime() - lateRows) continue;
    const marker = database.deleteFrom('objects').where('tenant_id', '=', installationLog);
    await marker.where('kind', '=', removedKind).where('id', '=', id).execute();
  }
}
