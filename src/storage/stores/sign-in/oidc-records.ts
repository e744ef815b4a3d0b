import { sql } from 'kysely';
import type { OidcRecords, RecordToStore } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import type { Database, Schema, TenantDatabase, TenantStore } from '../../database/schema.ts';
import { hotStatement, type Values } from '../../database/statements/hot-statement.ts';
import { readCode, recordKey } from './code-rows.ts';
import type { VisitRows } from './visit-rows.ts';

/** RFC 8628 §3.5: `slow_down` makes the interval so many milliseconds longer, for this and all later polls. */
const slowDown = 5000;
/** So many milliseconds before its time a poll is on time: the network does not keep distances. */
const earlyPoll = 1000;

/** The records of one tenant's OpenID provider. Another tenant's are not found, even by their id. */
export function openOidcRecords({ database, tenantId, clock }: TenantStore, visits: VisitRows): OidcRecords {
  const interactions = interactionsOf(visits, tenantId, clock);
  const store = { database, tenantId, clock, visits };
  return {
    async upsert(model, id, payload, expiresIn) {
      if (model === interactionModel) return interactions.put(id, payload, expiresIn);
      await upsertRows(store, [rowOf({ model, id, payload, expiresIn }, tenantId, clock)]);
    },
    upsertAll: (records) =>
      upsertRows(
        store,
        records.map((record) => rowOf(record, tenantId, clock)),
      ),
    find: (model, id) => (model === interactionModel ? interactions.find(id) : findRecord(store, model, 'id', id)),
    findByUid: (model, uid) => findRecord(store, model, 'uid', uid),
    findByUserCode: (model, userCode) => findRecord(store, model, 'user_code', userCode),
    async consume(model, id, by) {
      const at = clock.now().getTime();
      const { rows } = await consumeOnce(database, { tenantId, model, id, at, by: by ?? null });
      return rows.length > 0;
    },
    isPolledTooFast: (model, id, seconds) => isPolledTooFast(store, model, id, seconds),
    async destroy(model, id) {
      if (model === interactionModel) return visits.remove(tenantId, id);
      const { numAffectedRows } = await deleteRecord(database, { tenantId, model, id });
      return numAffectedRows! > 0n;
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

interface RecordStore extends TenantDatabase {
  readonly clock: Clock;
  readonly visits: VisitRows;
}

interface Deleting {
  readonly tenantId: string;
  readonly model: string;
  readonly id: string;
}
const deleteRecord = hotStatement((database, { tenantId, model, id }: Deleting) =>
  database.deleteFrom('oidc_records').where('tenant_id', '=', tenantId).where('model', '=', model).where('id', '=', id),
);

interface Consuming {
  readonly tenantId: string;
  readonly model: string;
  readonly id: string;
  readonly at: number;
  readonly by: string | null;
}
const consumeOnce = hotStatement((database, { tenantId, model, id, at, by }: Consuming) =>
  database
    .updateTable('oidc_records')
    .set({ consumed_at: at, consumed_by: by })
    .where('tenant_id', '=', tenantId)
    .where('model', '=', model)
    .where('id', '=', id)
    .where('consumed_at', 'is', null)
    .returning('id'),
);

/** A record of another tenant with the same id stays as it is. */
const upsertionOf = ({ database, tenantId }: TenantDatabase, rows: readonly Row[]) =>
  database
    .insertInto('oidc_records')
    .values(rows)
    .onConflict((on) =>
      on
        .columns(['model', 'id'])
        .doUpdateSet((row) => ({
          uid: row.ref('excluded.uid'),
          user_code: row.ref('excluded.user_code'),
          grant_id: row.ref('excluded.grant_id'),
          account_id: row.ref('excluded.account_id'),
          expires_at: row.ref('excluded.expires_at'),
          document: row.ref('excluded.document'),
        }))
        .where('oidc_records.tenant_id', '=', tenantId),
    );

const recordColumns = [
  ...['model', 'id', 'tenant_id', 'uid', 'user_code', 'grant_id', 'expires_at', 'consumed_at', 'consumed_by'],
  ...['polled_at', 'poll_interval', 'document', 'account_id'],
];

/** As many records as its kind says: each has its values under the names of the columns and its own number. */
const upsertFew = hotStatement((database, values: Values, count: `${number}`) => {
  const row = (index: number) => recordColumns.map((column) => [column, values[`${column} ${index}`]]);
  const rows = Array.from({ length: Number(count) }, (_, index) => Object.fromEntries(row(index)) as Row);
  return upsertionOf({ database, tenantId: values['tenant_id 0'] as string }, rows);
});

/** A sign-in stores its session, its grant and its code together. */
const few = 3;

async function upsertRows({ database, tenantId }: RecordStore, rows: readonly Row[]): Promise<void> {
  if (rows.length > few) return void (await upsertionOf({ database, tenantId }, rows).execute());
  const values = rows.flatMap((row, index) =>
    Object.entries(row).map(([column, value]) => [`${column} ${index}`, value]),
  );
  await upsertFew(database, Object.fromEntries(values), `${rows.length}`);
}

async function findRecord(
  { database, tenantId, clock, visits: { cache } }: RecordStore,
  model: string,
  column: 'id' | 'uid' | 'user_code',
  value: string,
): Promise<Record<string, unknown> | undefined> {
  const { moment } = cache;
  const key = recordKey(model, column, value);
  if (moment && model === 'AuthorizationCode' && !moment.records.has(key))
    await readCode(database, cache, moment, value);
  if (moment?.records.has(key)) {
    const record = moment.records.get(key);
    moment.records.delete(key); // a second look-up looks again
    const isLive = record?.tenant_id === tenantId && (record.expires_at ?? Infinity) > clock.now().getTime();
    return isLive ? payloadOf(record) : undefined;
  }
  const { rows } = await liveRecords(database, { tenantId, model, value, at: clock.now().getTime() }, column);
  return rows[0] && payloadOf(rows[0]);
}

interface Searching {
  readonly tenantId: string;
  readonly model: string;
  readonly value: string;
  readonly at: number;
}
const liveRecords = hotStatement(
  (database, { tenantId, model, value, at }: Searching, column: 'id' | 'uid' | 'user_code') =>
    database
      .selectFrom('oidc_records')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('model', '=', model)
      .where(column, '=', value)
      .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', at)])),
);

/** Notes a poll, and returns whether it came too early. */
async function isPolledTooFast(
  { database, tenantId, clock }: RecordStore,
  model: string,
  id: string,
  seconds: number,
): Promise<boolean> {
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
}

/** The model whose records are in the rows of visits: they live minutes, and a request reads one with all that goes with it. */
const interactionModel = 'Interaction';

function interactionsOf(visits: VisitRows, tenantId: string, clock: Clock) {
  return {
    put(id: string, payload: Record<string, unknown>, expiresIn: number): Promise<void> {
      const expires = clock.now().getTime() + expiresIn * 1000;
      const change = { interaction: JSON.stringify(payload), interaction_expires_at: expires, expires_at: expires };
      return visits.write(tenantId, id, change);
    },
    async find(id: string): Promise<Record<string, unknown> | undefined> {
      const row = await visits.find('id', id);
      const isLive = row?.tenant_id === tenantId && Number(row.interaction_expires_at) > clock.now().getTime();
      return isLive && row.interaction !== null ? (JSON.parse(row.interaction) as Record<string, unknown>) : undefined;
    },
  };
}

/** Which tenant a code or a refresh token belongs to: `/common` has to ask before it can redeem. */
export async function tenantOfRecord(
  database: Database,
  visits: VisitRows,
  model: string,
  id: string,
): Promise<string | undefined> {
  if (model === interactionModel) {
    const row = await visits.find('id', id);
    return row?.interaction === null ? undefined : row?.tenant_id;
  }
  const { cache } = visits;
  const { moment } = cache;
  if (moment && model === 'AuthorizationCode') {
    await readCode(database, cache, moment, id);
    return moment.records.get(recordKey(model, 'id', id))?.tenant_id;
  }
  const row = await database
    .selectFrom('oidc_records')
    .select('tenant_id')
    .where('model', '=', model)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.tenant_id;
}

type Row = Schema['oidc_records'];

function rowOf({ model, id, payload, expiresIn }: RecordToStore, tenant_id: string, clock: Clock): Row {
  const expires_at = expiresIn ? clock.now().getTime() + expiresIn * 1000 : null;
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
