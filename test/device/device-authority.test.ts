import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceAuthorityAt, usualAuthorityNames } from '#device/registration/device-authority.ts';
import { openSealing } from '#keys/sealing.ts';
import { openStorage } from '#storage/storage.ts';
import { emptyFolder, openAt, TestClock } from '#test/contract/databases.ts';

const clock = new TestClock();

test('the key of a device authority cannot be read from the database alone: it is sealed with the secret key', async () => {
  const place = { kind: 'sqlite', folder: emptyFolder() } as const;
  const [tenantId, victim] = [crypto.randomUUID(), await openAt(place, clock)];
  await deviceAuthorityAt(victim.forTenant(tenantId).devices.authorities, usualAuthorityNames, clock.now());
  await victim.close();
  const thief = await openStorage(place, clock, openSealing(emptyFolder(), undefined));
  await assert.rejects(thief.forTenant(tenantId).devices.authorities.list());
  await thief.close();
  const owner = await openAt(place, clock);
  assert.equal((await owner.forTenant(tenantId).devices.authorities.list()).length, 1);
  await owner.close();
});
