import type { Database, TenantDatabase } from '../../database/schema.ts';
import { batchRows } from '../../database/statements/delete-in-batches.ts';

/** A CRL is kept under its address, `#` and 32 characters that stand for its CA (`crls/cache/cached.ts`). */
const addressOf = (key: string): string => key.slice(0, key.lastIndexOf('#'));

/**
 * Removes lists that were last downloaded before a time, in milliseconds, and whose address no CA of any tenant names, not even one
 * that can be restored. The highest number of a CRL (CRL-15) stays for as long as a CA can use the address.
 */
export async function pruneCrls(database: Database, since: number, tenantIds: readonly string[]): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await database
      .selectFrom('crls')
      .select('url')
      .where('fetched_at', '<', since)
      .where('url', '>', after)
      .orderBy('url')
      .limit(batchRows)
      .execute();
    if (rows.length > 0)
      await removeUnused(
        database,
        rows.map(({ url }) => url),
        { since, tenantIds },
      );
    if (rows.length < batchRows) return;
    after = rows.at(-1)!.url;
  }
}

async function removeUnused(
  database: Database,
  keys: readonly string[],
  { since, tenantIds }: { readonly since: number; readonly tenantIds: readonly string[] },
): Promise<void> {
  let unused = keys;
  for (const id of tenantIds) {
    if (unused.length === 0) return;
    const texts = await addressesOf({ database, tenantId: id });
    unused = unused.filter((key) => !texts.some((text) => text.includes(addressOf(key))));
  }
  for (const key of unused)
    await database.deleteFrom('crls').where('url', '=', key).where('fetched_at', '<', since).execute();
}

/** Texts with every address that CAs of a tenant name, and some that they do not. */
async function addressesOf({ database, tenantId }: TenantDatabase): Promise<readonly string[]> {
  const authorities = await database
    .selectFrom('authorities')
    .select(['crl_url', 'delta_crl_url', 'settings'])
    .where('tenant_id', '=', tenantId)
    .execute();
  const deleted = await database
    .selectFrom('deleted_objects')
    .select('document')
    .where('tenant_id', '=', tenantId)
    .where('kind', 'in', ['certificateBasedAuthPki', 'certificateAuthorityDetail'])
    .execute();
  return [
    ...authorities.flatMap((row) => [row.crl_url, row.delta_crl_url, row.settings]),
    ...deleted.map(({ document }) => document),
  ].filter((text) => text !== null);
}
