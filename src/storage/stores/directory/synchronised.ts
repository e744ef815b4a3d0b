import type { NameOwner, SynchronisedObject, SyncState } from '#model/synchronisation.ts';
import type { SynchronisationStore } from '#ports/synchronisation/store.ts';
import type { Schema, TenantDatabase } from '../../database/schema.ts';

/** Values of one statement: databases take some ten thousand. */
const mostValues = 500;

/** What a synchronization remembers in one tenant. */
export function openSynchronised(store: TenantDatabase): SynchronisationStore {
  const { database, tenantId } = store;
  const objects = () => database.selectFrom('sync_objects').selectAll().where('tenant_id', '=', tenantId);
  const liveOf = (domain: string | undefined) => {
    const live = database.selectFrom('sync_objects').where('tenant_id', '=', tenantId).where('is_live', '=', 1);
    return domain === undefined ? live : live.where('domain', '=', domain);
  };
  return {
    async byIds(sourceIds) {
      const rows = await inPortions(sourceIds, (ids) => objects().where('source_id', 'in', ids).execute());
      return rows.map(objectOf);
    },
    async ofDomain(domain) {
      const rows = await objects().where('domain', '=', domain).where('is_live', '=', 1).execute();
      return rows.map(objectOf);
    },
    async count(domain) {
      const row = await liveOf(domain)
        .select(({ fn }) => [fn.countAll().as('live'), fn.sum('has_problems').as('problems')])
        .executeTakeFirstOrThrow();
      return { live: Number(row.live), withProblems: Number(row.problems ?? 0) };
    },
    async withProblems(top, domain) {
      const query = liveOf(domain).selectAll().where('has_problems', '=', 1);
      return (await query.orderBy('source_id').limit(top).execute()).map(objectOf);
    },
    save: (items) => save(store, items),
    async due(domain, top) {
      const query = objects().where('domain', '=', domain).where('joins_due', '=', 1).where('is_live', '=', 1);
      return (await query.orderBy('source_id').limit(top).execute()).map(objectOf);
    },
    ...members(store),
    ...users(store),
    cloudGroups: () => cloudGroups(store),
    ...states(store),
    async take(holder, at, until) {
      const lease = { holder, expires_at: until.getTime() };
      const row = await database
        .insertInto('sync_leases')
        .values({ tenant_id: tenantId, ...lease })
        .onConflict((on) =>
          on
            .column('tenant_id')
            .doUpdateSet(lease)
            .where((is) =>
              is.or([is('sync_leases.expires_at', '<=', at.getTime()), is('sync_leases.holder', '=', holder)]),
            ),
        )
        .returning('holder')
        .executeTakeFirst();
      return row !== undefined;
    },
    async release(holder) {
      await database.deleteFrom('sync_leases').where('tenant_id', '=', tenantId).where('holder', '=', holder).execute();
    },
  };
}

async function save({ database, tenantId }: TenantDatabase, items: readonly SynchronisedObject[]): Promise<void> {
  await inPortions(items, async (portion) => {
    await database
      .insertInto('sync_objects')
      .values(portion.map((item) => rowOf(tenantId, item)))
      .onConflict((on) =>
        on.columns(['tenant_id', 'source_id']).doUpdateSet((is) => ({
          domain: is.ref('excluded.domain'),
          kind: is.ref('excluded.kind'),
          object_id: is.ref('excluded.object_id'),
          digest: is.ref('excluded.digest'),
          is_live: is.ref('excluded.is_live'),
          joins_due: is.ref('excluded.joins_due'),
          has_problems: is.ref('excluded.has_problems'),
          name: is.ref('excluded.name'),
          problems: is.ref('excluded.problems'),
        })),
      )
      .execute();
    return [];
  });
}

function members({
  database,
  tenantId,
}: TenantDatabase): Pick<SynchronisationStore, 'membersOf' | 'changeMembers' | 'groupsNaming'> {
  return {
    async membersOf(groupId) {
      const query = database.selectFrom('sync_members').select('member_id').where('tenant_id', '=', tenantId);
      return (await query.where('group_id', '=', groupId).execute()).map(({ member_id }) => member_id);
    },
    async changeMembers(groupId, added, removed) {
      await inPortions(added, async (ids) => {
        const rows = ids.map((member_id) => ({ tenant_id: tenantId, group_id: groupId, member_id }));
        await database
          .insertInto('sync_members')
          .values(rows)
          .onConflict((on) => on.doNothing())
          .execute();
        return [];
      });
      await inPortions(removed, async (ids) => {
        const query = database.deleteFrom('sync_members').where('tenant_id', '=', tenantId);
        await query.where('group_id', '=', groupId).where('member_id', 'in', ids).execute();
        return [];
      });
    },
    async groupsNaming(memberIds) {
      const query = database.selectFrom('sync_members').selectAll().where('tenant_id', '=', tenantId);
      const rows = await inPortions(memberIds, (ids) => query.where('member_id', 'in', ids).execute());
      return rows.map(({ group_id, member_id }) => ({ groupId: group_id, memberId: member_id }));
    },
  };
}

function users({
  database,
  tenantId,
}: TenantDatabase): Pick<SynchronisationStore, 'anchoredUsers' | 'owners' | 'synchronised'> {
  return {
    async anchoredUsers() {
      const rows = await database
        .selectFrom('users')
        .leftJoin('sync_objects', (on) =>
          on.onRef('sync_objects.tenant_id', '=', 'users.tenant_id').onRef('sync_objects.object_id', '=', 'users.id'),
        )
        .select(['users.id', 'users.profile'])
        .where('users.tenant_id', '=', tenantId)
        .where('sync_objects.source_id', 'is', null)
        .where('users.profile', 'like', '%"onPremisesImmutableId":"%')
        .execute();
      const anchorOf = (profile: string | null) =>
        (JSON.parse(profile ?? '{}') as Record<string, unknown>).onPremisesImmutableId;
      return new Map(rows.map(({ id, profile }) => [String(anchorOf(profile)), id]));
    },
    async owners(keys) {
      const by = async (property: NameOwner['property'], column: 'upn_key' | 'on_premises_upn_key' | 'mail_key') => {
        const rows = await inPortions(keys[property], (portion) =>
          database
            .selectFrom('users')
            .select(['id', `${column} as key`])
            .where('tenant_id', '=', tenantId)
            .where(column, 'in', portion)
            .execute(),
        );
        return rows.map(({ id, key }) => ({ property, key: key!, userId: id }));
      };
      const ids = await inPortions(keys.certificateUserIds, (portion) =>
        database
          .selectFrom('certificate_user_ids')
          .select(['user_id', 'value_key'])
          .where('tenant_id', '=', tenantId)
          .where('value_key', 'in', portion)
          .execute(),
      );
      return [
        ...(await by('userPrincipalName', 'upn_key')),
        ...(await by('onPremisesUserPrincipalName', 'on_premises_upn_key')),
        ...(await by('mail', 'mail_key')),
        ...(await by('mail', 'upn_key')),
        ...ids.map(({ user_id, value_key }) => ({
          property: 'certificateUserIds' as const,
          key: value_key,
          userId: user_id,
        })),
      ];
    },
    async synchronised(userIds) {
      const rows = await inPortions(userIds, (ids) =>
        database
          .selectFrom('sync_objects')
          .select('object_id')
          .where('tenant_id', '=', tenantId)
          .where('is_live', '=', 1)
          .where('object_id', 'in', ids)
          .execute(),
      );
      return new Set(rows.flatMap(({ object_id }) => object_id ?? []));
    },
  };
}

async function cloudGroups({ database, tenantId }: TenantDatabase) {
  const rows = await database
    .selectFrom('groups')
    .leftJoin('sync_objects', (on) =>
      on.onRef('sync_objects.tenant_id', '=', 'groups.tenant_id').onRef('sync_objects.object_id', '=', 'groups.id'),
    )
    .select(['groups.id', 'groups.profile'])
    .where('groups.tenant_id', '=', tenantId)
    .where('sync_objects.source_id', 'is', null)
    .where((is) =>
      is.or(['mail', 'onPremisesSecurityIdentifier'].map((name) => is('groups.profile', 'like', `%"${name}":"%`))),
    )
    .orderBy('groups.id')
    .execute();
  return rows.map(({ id, profile }) => ({ id, profile: JSON.parse(profile ?? '{}') as Record<string, unknown> }));
}

function states({ database, tenantId }: TenantDatabase): Pick<SynchronisationStore, 'state' | 'states' | 'saveState'> {
  const rows = () => database.selectFrom('sync_domains').selectAll().where('tenant_id', '=', tenantId);
  return {
    async state(domain) {
      const row = await rows().where('domain', '=', domain).executeTakeFirst();
      return row ? (JSON.parse(row.document) as SyncState) : {};
    },
    states: async () =>
      new Map((await rows().execute()).map(({ domain, document }) => [domain, JSON.parse(document) as SyncState])),
    async saveState(domain, state) {
      const document = JSON.stringify(state);
      await database
        .insertInto('sync_domains')
        .values({ tenant_id: tenantId, domain, document })
        .onConflict((on) => on.columns(['tenant_id', 'domain']).doUpdateSet({ document }))
        .execute();
    },
  };
}

async function inPortions<T, R>(items: readonly T[], ask: (portion: T[]) => Promise<readonly R[]>): Promise<R[]> {
  const answers: R[] = [];
  for (let from = 0; from < items.length; from += mostValues)
    answers.push(...(await ask(items.slice(from, from + mostValues))));
  return answers;
}

const objectOf = (row: Schema['sync_objects']): SynchronisedObject => ({
  sourceId: row.source_id,
  domain: row.domain,
  kind: row.kind as SynchronisedObject['kind'],
  objectId: row.object_id ?? undefined,
  digest: row.digest,
  isLive: Number(row.is_live) === 1,
  joinsDue: Number(row.joins_due) === 1,
  problems: JSON.parse(row.problems) as SynchronisedObject['problems'],
  name: row.name,
});

const rowOf = (tenantId: string, object: SynchronisedObject): Schema['sync_objects'] => ({
  tenant_id: tenantId,
  source_id: object.sourceId,
  domain: object.domain,
  kind: object.kind,
  object_id: object.objectId ?? null,
  digest: object.digest,
  is_live: Number(object.isLive),
  joins_due: Number(object.joinsDue),
  has_problems: Number(object.problems.length > 0),
  name: object.name,
  problems: JSON.stringify(object.problems),
});
