import type { DeviceAuthority } from '#model/device.ts';
import type { DeviceAuthorities } from '#ports/devices.ts';
import { lockTenant } from '../../database/audits/edits.ts';
import { inTransaction } from '../../database/in-transaction.ts';
import type { Database, Schema, TenantDatabase } from '../../database/schema.ts';
import { sealLabels } from '../../database/sealed/labels.ts';
import type { Sealing } from '../trust/key-store.ts';

/** The authorities of one tenant that issue certificates of one kind. Private keys are sealed before they reach a row. */
export function openDeviceAuthorities(
  { database, tenantId }: TenantDatabase,
  sealing: Sealing,
  purpose: 'device' | 'peer' | 'hello',
): DeviceAuthorities {
  const label = (id: string) => sealLabels.device_authorities(tenantId, id);
  const authorityOf = (row: Schema['device_authorities']): DeviceAuthority => ({
    id: row.id,
    certificate: new Uint8Array(Buffer.from(row.certificate, 'base64')),
    privateKey: new Uint8Array(Buffer.from(sealing.open(row.sealed, label(row.id)), 'base64')),
    createdDateTime: new Date(row.created_at),
  });
  const list = async (db: Database) =>
    (
      await db
        .selectFrom('device_authorities')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('purpose', '=', purpose)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute()
    ).map(authorityOf);
  return {
    list: () => list(database),
    add: (authority, { onlyFirst }) =>
      inTransaction(database, async (inside) => {
        await lockTenant({ database: inside, tenantId });
        const [newest] = await list(inside);
        if (newest && onlyFirst) return newest;
        const { id, certificate, privateKey, createdDateTime } = authority;
        await inside
          .insertInto('device_authorities')
          .values({
            tenant_id: tenantId,
            purpose,
            id,
            certificate: Buffer.from(certificate).toString('base64'),
            created_at: createdDateTime.getTime(),
            sealed: sealing.seal(Buffer.from(privateKey).toString('base64'), label(id)),
          })
          .execute();
        return authority;
      }),
  };
}
