import { sql } from 'kysely';
import type { OidcRecords } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import type { Database, Schema } from '../../database/schema.ts';

/** RFC 8628 §3.5: `slow_down` makes the interval so many milliseconds longer, for this and all later polls. */
const slowDown = 5000;
/** So many milliseconds before its time a poll is on time: the network does not keep distances. */
const earlyPoll = 1000;

/** The records of one tenant's OpenID provider. Another tenant's are not found, even by their id. */
export function openOidcRecords(database: Database, tenantId: string, clock: Clock): OidcRecords {
  const match = async (model: string, column: 'id' | 'uid' | 'user_code', value: string) => {
    const row = await database
      .selectFrom('oidc_records')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('model', '=', model)
      .where(column, '=', value)
      .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', clock.now().getTime())]))
      .executeTakeFirst();
    return row && payloadOf(row);
  };
  return {
    async upsert(model, id, payload, expiresIn) {
      const row = rowOf(model, id, tenantId, payload, expiresIn ? clock.now().getTime() + expiresIn * 1000 : null);
      const { uid, user_code, grant_id, account_id, expires_at, document } = row;
      await database
        .insertInto('oidc_records')
        .values(row)
        .onConflict((on) =>
          on
            .columns(['model', 'id'])
            .doUpdateSet({ uid, user_code, grant_id, account_id, expires_at, document })
            .where('oidc_records.tenant_id', '=', tenantId),
        )
        .execute();
    },
    find: (model, id) => match(model, 'id', id),
    findByUid: (model, uid) => match(model, 'uid', uid),
    findByUserCode: (model, userCode) => match(model, 'user_code', userCode),
    async consume(model, id, by) {
      const row = await database
        .updateTable('oidc_records')
        .set({ consumed_at: clock.now().getTime(), consumed_by: by ?? null })
        .where('tenant_id', '=', tenantId)
        .where('model', '=', model)
        .where('id', '=', id)
        .where('consumed_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },
    async isPolledTooFast(model, id, seconds) {
      const at = clock.now().getTime();
      const first = seconds * 1000;
      const row = () =>
        database
          .updateTable('oidc_records')
          .where('tenant_id', '=', tenantId)
          .where('model', '=', model)
          .where('id', '=', id)
          .returning('id');
      // One statement decides: of polls that reach several nodes at once, one is on time.
      const onTime = await row()
        .set({ polled_at: at })
        .where(sql<boolean>`(polled_at is null or polled_at + coalesce(poll_interval, ${first}) <= ${at + earlyPoll})`)
        .executeTakeFirst();
      if (onTime) return false;
      const longer = sql<number>`coalesce(poll_interval, ${first}) + ${slowDown}`;
      return (await row().set({ polled_at: at, poll_interval: longer }).executeTakeFirst()) !== undefined;
    },
    async destroy(model, id) {
      await database
        .deleteFrom('oidc_records')
        .where('tenant_id', '=', tenantId)
        .where('model', '=', model)
        .where('id', '=', id)
        .execute();
    },
    async revokeByGrantId(grantId) {
      await database
        .deleteFrom('oidc_records')
        .where('tenant_id', '=', tenantId)
        .where('grant_id', '=', grantId)
        .execute();
    },
  };
}

/** Which tenant a code or a refresh token belongs to: `/common` has to ask before it can redeem. */
export async function tenantOfRecord(database: Database, model: string, id: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('oidc_records')
    .select('tenant_id')
    .where('model', '=', model)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.tenant_id;
}

type Row = Schema['oidc_records'];

function rowOf(
  model: string,
  id: string,
  tenant_id: string,
  payload: Record<string, unknown>,
  expires_at: number | null,
): Row {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const [uid, user_code, grant_id] = [text(payload.uid), text(payload.userCode), text(payload.grantId)];
  return {
    model,
    id,
    tenant_id,
    uid,
    user_code,
    grant_id,
    expires_at,
    consumed_at: null,
    consumed_by: null,
    polled_at: null,
    poll_interval: null,
    document: JSON.stringify(payload),
    account_id: text(payload.accountId),
  };
}

/** The provider expects `consumed` in seconds among what it stored; `consumedAt` is the same in milliseconds. */
function payloadOf({ document, consumed_at, consumed_by }: Row): Record<string, unknown> {
  const payload = JSON.parse(document) as Record<string, unknown>;
  if (consumed_at === null) return payload;
  const consumed = { consumed: Math.floor(consumed_at / 1000), consumedAt: consumed_at, consumedBy: consumed_by };
  return { ...payload, ...consumed };
}
