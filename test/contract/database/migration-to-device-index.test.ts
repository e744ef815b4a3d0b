import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceKind } from '#model/device.ts';
import { emptyFolder, openAt } from '../databases.ts';
import { databaseOf } from './old-database.ts';

test('devices from before the index are entered with their owners', async () => {
  const place = { kind: 'sqlite', folder: emptyFolder() } as const;
  const tenantId = crypto.randomUUID();
  const [owned, plain] = ['ana', null].map((owner) => ({
    id: crypto.randomUUID(),
    owner,
    deviceId: crypto.randomUUID(),
  }));
  const old = await databaseOf('017-refusals', place);
  const rows = [owned!, plain!].map(({ id, owner, deviceId }) => ({
    ...{ tenant_id: tenantId, kind: deviceKind, id, owner },
    ...{ version: crypto.randomUUID(), created_at: 0, document: JSON.stringify({ deviceId }) },
  }));
  await old.insertInto('objects').values(rows).execute();
  await old.destroy();

  const storage = await openAt(place);
  const { index } = storage.forTenant(tenantId).devices;
  for (const { id, deviceId } of [owned!, plain!]) assert.equal(await index.objectIdOf(deviceId), id);
  assert.deepEqual(await index.devicesOf('ana', 'owner'), [owned!.id]);
  assert.deepEqual(await index.usersOf(owned!.id, 'user'), ['ana']);
  assert.deepEqual(await index.usersOf(plain!.id, 'owner'), []);
  await storage.close();
});
