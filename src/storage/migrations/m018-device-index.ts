import { type Kysely, type Migration, sql } from 'kysely';
import { createTable } from '../database/create-table.ts';

interface DeviceRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly owner: string | null;
  readonly document: string;
}

/** Finds devices by their own id and by their people. Devices that are there already are entered. */
export const deviceIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTable(db, {
      table: 'device_ids',
      columns: 'tenant_id! device_id! object_id!',
      keys: ['primary tenant_id device_id', 'unique tenant_id object_id'],
    });
    await createTable(db, {
      table: 'device_people',
      columns: 'tenant_id! object_id! relation! user_id! created_at#!',
      keys: ['primary tenant_id object_id relation user_id', 'index tenant_id user_id relation'],
    });
    const { rows } =
      await sql<DeviceRow>`select tenant_id, id, owner, document from objects where kind = 'devices'`.execute(db);
    for (const row of rows) await enter(db, row);
  },
};

async function enter(db: Kysely<unknown>, { tenant_id, id, owner, document }: DeviceRow): Promise<void> {
  const { deviceId } = JSON.parse(document) as { deviceId: string };
  await sql`insert into device_ids (tenant_id, device_id, object_id) values (${tenant_id}, ${deviceId}, ${id})
    on conflict do nothing`.execute(db);
  for (const relation of owner === null ? [] : ['owner', 'user'])
    await sql`insert into device_people (tenant_id, object_id, relation, user_id, created_at)
      values (${tenant_id}, ${id}, ${relation}, ${owner}, 0)`.execute(db);
}
