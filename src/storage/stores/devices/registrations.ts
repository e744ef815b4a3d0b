import type { DeviceRegistration, UserKey } from '#model/device.ts';
import type { DeviceRegistrations } from '#ports/devices.ts';
import type { Schema, TenantDatabase } from '../../database/schema.ts';

/** Keys of one tenant's registered devices and of their users. */
export function openDeviceRegistrations(store: TenantDatabase): DeviceRegistrations {
  const { database, tenantId } = store;
  const registrations = () => database.selectFrom('device_registrations').selectAll().where('tenant_id', '=', tenantId);
  const userKeys = () => database.selectFrom('device_user_keys').selectAll().where('tenant_id', '=', tenantId);
  return {
    async find(deviceId) {
      const row = await registrations().where('device_id', '=', deviceId).executeTakeFirst();
      return row && registrationOf(row);
    },
    async findByThumbprint(thumbprint) {
      const row = await registrations().where('thumbprint', '=', thumbprint).executeTakeFirst();
      return row && registrationOf(row);
    },
    async save(registration) {
      const row = rowOf(registration, tenantId);
      await database
        .insertInto('device_registrations')
        .values(row)
        .onConflict((on) => on.columns(['tenant_id', 'device_id']).doUpdateSet(row))
        .execute();
    },
    remove: (deviceId) => removeRegistration(store, deviceId),
    async findUserKey(keyId) {
      const row = await userKeys().where('key_id', '=', keyId).executeTakeFirst();
      return row && userKeyOf(row);
    },
    async userKeysOf(userId) {
      return (await userKeys().where('user_id', '=', userId).orderBy('created_at').execute()).map(userKeyOf);
    },
    async addUserKey(key) {
      await database.insertInto('device_user_keys').values(userKeyRow(key, tenantId)).execute();
    },
    async removeUserKeys(userId) {
      const { numDeletedRows } = await database
        .deleteFrom('device_user_keys')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

const removeRegistration = ({ database, tenantId }: TenantDatabase, deviceId: string) =>
  database.transaction().execute(async (step) => {
    for (const table of ['device_user_keys', 'primary_refresh_tokens'] as const) {
      await step.deleteFrom(table).where('tenant_id', '=', tenantId).where('device_id', '=', deviceId).execute();
    }
    const { numDeletedRows } = await step
      .deleteFrom('device_registrations')
      .where('tenant_id', '=', tenantId)
      .where('device_id', '=', deviceId)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  });

const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
const octets = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

const rowOf = (registration: DeviceRegistration, tenantId: string): Schema['device_registrations'] => ({
  tenant_id: tenantId,
  device_id: registration.deviceId,
  object_id: registration.objectId,
  certificate: base64(registration.certificate),
  thumbprint: registration.thumbprint,
  transport_key: base64(registration.transportKey),
  join_type: registration.joinType,
  methods: JSON.stringify(registration.authenticationMethods),
  registered_at: registration.registeredDateTime.getTime(),
  expires_at: registration.expiresDateTime.getTime(),
});

const registrationOf = (row: Schema['device_registrations']): DeviceRegistration => ({
  deviceId: row.device_id,
  objectId: row.object_id,
  certificate: octets(row.certificate),
  thumbprint: row.thumbprint,
  transportKey: octets(row.transport_key),
  joinType: row.join_type,
  authenticationMethods: JSON.parse(row.methods) as string[],
  registeredDateTime: new Date(row.registered_at),
  expiresDateTime: new Date(row.expires_at),
});

const userKeyRow = (key: UserKey, tenantId: string): Schema['device_user_keys'] => ({
  tenant_id: tenantId,
  key_id: key.keyId,
  user_id: key.userId,
  device_id: key.deviceId,
  public_key: base64(key.publicKey),
  created_at: key.createdDateTime.getTime(),
});

const userKeyOf = (row: Schema['device_user_keys']): UserKey => ({
  keyId: row.key_id,
  userId: row.user_id,
  deviceId: row.device_id,
  publicKey: octets(row.public_key),
  createdDateTime: new Date(row.created_at),
});
