import type { CredentialKind, PrimaryRefreshToken } from '#model/device.ts';
import type { PrimaryRefreshTokens } from '#ports/devices.ts';
import type { Schema, TenantStore } from '../../database/schema.ts';

const columns = {
  id: 'id',
  userId: 'user_id',
  deviceId: 'device_id',
  certificateKey: 'certificate_key',
  credential: 'credential',
} as const;

/** Primary refresh tokens of one tenant that are alive. An expired one is not found, whether it was removed or not. */
export function openPrimaryRefreshTokens({ database, tenantId, clock }: TenantStore): PrimaryRefreshTokens {
  const live = () =>
    database
      .selectFrom('primary_refresh_tokens')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('expires_at', '>', clock.now().getTime());
  return {
    async find(id) {
      const row = await live().where('id', '=', id).executeTakeFirst();
      return row && tokenOf(row);
    },
    async add(token) {
      await database.insertInto('primary_refresh_tokens').values(rowOf(token, tenantId)).execute();
    },
    async renew(id, { proofs, certificateKey, issuedDateTime, expiresDateTime }) {
      const row = await database
        .updateTable('primary_refresh_tokens')
        .set({
          document: JSON.stringify({ proofs }),
          certificate_key: certificateKey ?? null,
          issued_at: issuedDateTime.getTime(),
          expires_at: expiresDateTime.getTime(),
        })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('expires_at', '>', clock.now().getTime())
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },
    async ofUser(userId) {
      return (await live().where('user_id', '=', userId).orderBy('issued_at').orderBy('id').execute()).map(tokenOf);
    },
    async ofDevice(deviceId) {
      return (await live().where('device_id', '=', deviceId).orderBy('issued_at').orderBy('id').execute()).map(tokenOf);
    },
    async end(which) {
      const conditions = Object.entries(which).filter(([, value]) => value !== undefined);
      if (conditions.length === 0) return [];
      let query = database.deleteFrom('primary_refresh_tokens').where('tenant_id', '=', tenantId);
      for (const [name, value] of conditions) query = query.where(columns[name as keyof typeof columns], '=', value);
      return (await query.returning('id').execute()).map(({ id }) => id);
    },
  };
}

const rowOf = (token: PrimaryRefreshToken, tenantId: string): Schema['primary_refresh_tokens'] => ({
  tenant_id: tenantId,
  id: token.id,
  user_id: token.userId,
  device_id: token.deviceId,
  credential: token.credential,
  certificate_key: token.certificateKey ?? null,
  issued_at: token.issuedDateTime.getTime(),
  expires_at: token.expiresDateTime.getTime(),
  document: JSON.stringify({ proofs: token.proofs }),
});

const tokenOf = (row: Schema['primary_refresh_tokens']): PrimaryRefreshToken => ({
  id: row.id,
  userId: row.user_id,
  deviceId: row.device_id,
  credential: row.credential as CredentialKind,
  ...(row.certificate_key === null ? {} : { certificateKey: row.certificate_key }),
  issuedDateTime: new Date(row.issued_at),
  expiresDateTime: new Date(row.expires_at),
  proofs: (JSON.parse(row.document) as Pick<PrimaryRefreshToken, 'proofs'>).proofs,
});
