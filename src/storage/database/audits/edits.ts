import type { Transaction } from 'kysely';
import type { Schema, TenantDatabase, TenantStore } from '../schema.ts';
import { audit, type Change } from './audit.ts';

export type Step = Transaction<Schema>;

/** What an edit did. Without changes nothing was edited: neither the version nor the audit log moves. */
export interface Edited<T> {
  readonly changes: readonly Change[];
  readonly result: T;
}

/** Runs one edit of a tenant's policy or trust store; `version` is the one it starts from. */
export type Edit = <T>(work: (step: Step, version: string) => Promise<Edited<T>>) => Promise<T>;

/** The version of a tenant whose policy was not edited yet. */
export const factoryVersion = 'factory';

/**
 * Edits of a tenant come one after the other: each begins by locking the row of the version, so that what it reads is
 * what it replaces, and the old value in its audit row is the one that was there. The change, its audit rows and the new
 * version are one transaction.
 */
export function openEdits({ database, tenantId, clock }: TenantStore): Edit {
  return (work) =>
    database.transaction().execute(async (step) => {
      const context = { database: step, tenantId };
      const { changes, result } = await work(step, await lockTenant(context));
      if (changes.length > 0) await renew(context);
      for (const change of changes) await audit(context, clock.now(), change);
      return result;
    });
}

/**
 * Makes other changes of the tenant wait until this transaction ends, and answers the version of its policy. An update that
 * changes nothing locks the row in PostgreSQL; SQLite has one writer.
 */
export async function lockTenant(context: TenantDatabase<Pick<Step, 'insertInto' | 'selectFrom'>>): Promise<string> {
  const row = { tenant_id: context.tenantId, kind: 'version', version: factoryVersion, document: '{}' };
  await context.database
    .insertInto('policies')
    .values(row)
    .onConflict((on) => on.columns(['tenant_id', 'kind']).doUpdateSet({ document: '{}' }))
    .execute();
  const { version } = await versionRow(context).select('version').executeTakeFirstOrThrow();
  return version;
}

const versionRow = ({ database: step, tenantId }: TenantDatabase<Pick<Step, 'selectFrom'>>) =>
  step.selectFrom('policies').where('tenant_id', '=', tenantId).where('kind', '=', 'version');

async function renew({ database: step, tenantId }: TenantDatabase<Step>): Promise<void> {
  await step
    .updateTable('policies')
    .set({ version: crypto.randomUUID() })
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'version')
    .execute();
}

/** Replaces one document of a tenant's policy. */
export async function write(
  { database: step, tenantId }: TenantDatabase<Step>,
  kind: string,
  value: unknown,
): Promise<void> {
  const [version, document] = [crypto.randomUUID(), JSON.stringify(value)];
  await step
    .insertInto('policies')
    .values({ tenant_id: tenantId, kind, version, document })
    .onConflict((on) => on.columns(['tenant_id', 'kind']).doUpdateSet({ version, document }))
    .execute();
}
