import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceAuthority } from '#model/device.ts';
import { describeOnNodes } from '#test/contract/each-database.ts';

describeOnNodes('authorities of devices', ({ clock, nodes }) => {
  const tenant = (id: string = crypto.randomUUID()) => ({
    firstNode: nodes()[0].forTenant(id).devices.authorities,
    lastNode: nodes().at(-1)!.forTenant(id).devices.authorities,
  });

  const authority = (): DeviceAuthority => ({
    id: crypto.randomUUID(),
    certificate: Uint8Array.of(7),
    privateKey: Uint8Array.of(8, 9),
    createdDateTime: clock.now(),
  });

  test('of first authorities added at once on two nodes, one is the tenant’s', async () => {
    const { firstNode, lastNode } = tenant();
    const [a, b] = await Promise.all([
      firstNode.add(authority(), { onlyFirst: true }),
      lastNode.add(authority(), { onlyFirst: true }),
    ]);
    assert.equal(a.id, b.id);
    assert.deepEqual(await firstNode.list(), [a]);
  });
});
