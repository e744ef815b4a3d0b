import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { deviceKind } from '#model/device.ts';
import { emptyFolder, openAt } from './databases.ts';

test('devices from before the index are entered with their owners', async () => {
  const place = { kind: 'sqlite', folder: emptyFolder() } as const;
  const tenantId = crypto.randomUUID();
  const before = await openAt(place);
  const [owned, plain] = [0, 1].map(() => ({ id: crypto.randomUUID(), document: { deviceId: crypto.randomUUID() } }));
  const entry = { activity: 'Register device', actor: 'test' };
  await before.forTenant(tenantId).objects.add({ kind: deviceKind, owner: 'ana', ...owned! }, entry);
  await before.forTenant(tenantId).objects.add({ kind: deviceKind, owner: undefined, ...plain! }, entry);
  await before.close();

  const database = new DatabaseSync(join(place.folder, 'cardea.db'));
  database.exec(`drop table device_ids; drop table device_people;
    delete from kysely_migration where name = '018-device-index';
    delete from installation_facts where name = 'migration 018-device-index'`);
  database.close();

  const after = await openAt(place);
  const { index } = after.forTenant(tenantId).devices;
  for (const device of [owned!, plain!]) assert.equal(await index.objectIdOf(device.document.deviceId), device.id);
  assert.deepEqual(await index.devicesOf('ana', 'owner'), [owned!.id]);
  assert.deepEqual(await index.usersOf(owned!.id, 'user'), ['ana']);
  assert.deepEqual(await index.usersOf(plain!.id, 'owner'), []);
  await after.close();
});
