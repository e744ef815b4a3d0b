import type { DeviceIndex } from '#ports/devices.ts';
import type { TenantStore } from '../../database/schema.ts';

type PartyColumn = 'object_id' | 'user_id';

/** Finds one tenant's devices by their own id and by their people. */
export function openDeviceIndex({ database, tenantId, clock }: TenantStore): DeviceIndex {
  const people = () => database.selectFrom('device_people').where('tenant_id', '=', tenantId);
  /** The ids in one column of the rows that have an id in the other, oldest first. */
  const idsOf = async (relation: string, { of, id, to }: { of: PartyColumn; id: string; to: PartyColumn }) => {
    const rows = await people()
      .select([`${to} as id`])
      .where(of, '=', id)
      .where('relation', '=', relation)
      .orderBy('created_at')
      .orderBy(to)
      .execute();
    return rows.map((row) => row.id);
  };
  return {
    async objectIdOf(deviceId) {
      const row = await database
        .selectFrom('device_ids')
        .select('object_id')
        .where('tenant_id', '=', tenantId)
        .where('device_id', '=', deviceId)
        .executeTakeFirst();
      return row?.object_id;
    },
    async enter({ deviceId, objectId }) {
      const { numInsertedOrUpdatedRows } = await database
        .insertInto('device_ids')
        .values({ tenant_id: tenantId, device_id: deviceId, object_id: objectId })
        .onConflict((on) => on.doNothing())
        .executeTakeFirstOrThrow();
      return Boolean(numInsertedOrUpdatedRows);
    },
    async remove(objectId) {
      for (const table of ['device_ids', 'device_people'] as const)
        await database.deleteFrom(table).where('tenant_id', '=', tenantId).where('object_id', '=', objectId).execute();
    },
    async relate(objectId, relation, userId) {
      const row = { tenant_id: tenantId, object_id: objectId, relation, user_id: userId };
      const { numInsertedOrUpdatedRows } = await database
        .insertInto('device_people')
        .values({ ...row, created_at: clock.now().getTime() })
        .onConflict((on) => on.doNothing())
        .executeTakeFirstOrThrow();
      return Boolean(numInsertedOrUpdatedRows);
    },
    async unrelate(objectId, relation, userId) {
      const { numDeletedRows } = await database
        .deleteFrom('device_people')
        .where('tenant_id', '=', tenantId)
        .where('object_id', '=', objectId)
        .where('relation', '=', relation)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      return Boolean(numDeletedRows);
    },
    usersOf: (objectId, relation) => idsOf(relation, { of: 'object_id', id: objectId, to: 'user_id' }),
    devicesOf: (userId, relation) => idsOf(relation, { of: 'user_id', id: userId, to: 'object_id' }),
  };
}
