import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { describeOnNodes } from '#test/contract/each-database.ts';
import { joinDevice } from './join-device.ts';
import { changeRegistrationPolicy } from './registration-policy.ts';

describeOnNodes('devices that join', ({ clock, nodes }) => {
  test('joins at once on every node stop at the quota', async () => {
    const tenantId = crypto.randomUUID();
    const ports = nodes().map((node) => node.forTenant(tenantId));
    orThrow(await changeRegistrationPolicy({ userDeviceQuota: 2 }, { actor: 'test', ports: ports[0]! }));
    const issue = () => ({ certificate: new Uint8Array(randomBytes(16)), expires: clock.now() });
    const user = { id: crypto.randomUUID(), userPrincipalName: 'ana@woodgrove.test', groupIds: [] };
    const rulings = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        joinDevice(
          {
            user: user as never,
            operation: 'join',
            methods: ['rsa'],
            joinType: 0,
            displayName: `Laptop ${i}`,
            deviceType: 'Linux',
            osVersion: '6',
            deviceKey: Uint8Array.of(1),
            transportKey: Uint8Array.of(2),
            reuse: false,
            connectedDeviceId: undefined,
          },
          issue,
          { ports: ports[i % ports.length]!, at: clock.now() },
        ),
      ),
    );
    assert.equal(rulings.filter(({ outcome }) => outcome === 'passed').length, 2);
    const codes = new Set(rulings.map(({ because }) => because.code));
    assert.deepEqual(codes, new Set(['deviceRegistered', 'deviceQuotaReached']));
  });
});
