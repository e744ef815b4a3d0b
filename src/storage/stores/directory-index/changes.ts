import type { DirectoryChange } from '#ports/directory/lists.ts';
import type { TenantDatabase } from '../../database/schema.ts';

/** The version of the tenant's directory: how many changes were committed. */
export async function directoryVersion({ database, tenantId }: TenantDatabase): Promise<number> {
  const row = await database
    .selectFrom('directory_versions')
    .select('version')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  return Number(row?.version ?? 0);
}

/** The changes after a version, in their order; of each object and each of its parts the last one. */
export async function changesAfter(
  { database, tenantId }: TenantDatabase,
  kind: 'user' | 'group',
  { after, top }: { readonly after: number; readonly top: number },
): Promise<readonly DirectoryChange[]> {
  const rows = await database
    .selectFrom('directory_changes')
    .select(['object_id', 'part', 'version', 'is_removed'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('version', '>', after)
    .orderBy('version')
    .limit(top)
    .execute();
  return rows.map(({ object_id, part, version, is_removed }) => {
    const [memberKind, memberId] = part.split(' ');
    const member = memberId ? { kind: memberKind as 'user' | 'group', id: memberId } : undefined;
    return {
      id: object_id,
      version: Number(version),
      isRemoved: Number(is_removed) === 1,
      ...(member ? { member } : {}),
    };
  });
}
