import { sql } from 'kysely';
import { type IndexedKind, indexedProperties } from '#core/directory/index-keys.ts';
import { deviceKind } from '#model/device.ts';
import { inTransaction } from '../../database/in-transaction.ts';
import type { TenantDatabase } from '../../database/schema.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import type { IndexedObject } from './index-values.ts';
import { objectsAtOnce, objectsById } from './objects-by-id.ts';
import { reindex } from './reindex.ts';

const tables = { user: 'users', group: 'groups', device: 'objects', application: 'applications' } as const;

/**
 * Rebuilds the index of lists of a tenant, because a node of a version from before the index has changed some
 * of them. Readers have the old index until the end; changes of the directory wait. @returns the number of objects
 */
export function rebuildIndex({ database, tenantId }: TenantDatabase): Promise<number> {
  return inTransaction(database, async (inside) => {
    if (isPostgres(inside)) await sql`lock table directory_index in share row exclusive mode`.execute(inside);
    await inside.deleteFrom('directory_index').where('tenant_id', '=', tenantId).execute();
    let count = 0;
    for (const kind of Object.keys(indexedProperties) as IndexedKind[])
      for (let ids = await idsAfter({ database: inside, tenantId }, kind, ''); ids.length > 0; ) {
        for (const [id, object] of await objectsById({ database: inside, tenantId }, kind, ids))
          await reindex({ database: inside, tenantId }, undefined, { kind, id, object } as IndexedObject);
        count += ids.length;
        ids = await idsAfter({ database: inside, tenantId }, kind, ids.at(-1)!);
      }
    return count;
  });
}

async function idsAfter({ database, tenantId }: TenantDatabase, kind: IndexedKind, after: string): Promise<string[]> {
  let query = database.selectFrom(tables[kind]).select('id').where('tenant_id', '=', tenantId).where('id', '>', after);
  if (kind === 'device') query = query.where(sql.ref('kind'), '=', deviceKind);
  return (await query.orderBy('id').limit(objectsAtOnce).execute()).map(({ id }) => id);
}
