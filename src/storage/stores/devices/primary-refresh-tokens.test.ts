import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PrimaryRefreshToken } from '#model/device.ts';
import { describeOnNodes } from '#test/contract/each-database.ts';

describeOnNodes('primary refresh tokens', ({ clock, nodes }) => {
  const tenant = (id: string = crypto.randomUUID()) => ({
    firstNode: nodes()[0].forTenant(id).devices.primaryRefreshTokens,
    lastNode: nodes().at(-1)!.forTenant(id).devices.primaryRefreshTokens,
  });

  const token = (change: Partial<PrimaryRefreshToken> = {}): PrimaryRefreshToken => ({
    id: crypto.randomUUID(),
    userId: 'ana',
    deviceId: 'laptop',
    credential: 'certificate',
    certificateKey: 'AB12',
    proofs: [{ method: 'x509CertificateMultiFactor', userId: 'ana', at: clock.now().toISOString() }],
    issuedDateTime: clock.now(),
    expiresDateTime: new Date(clock.now().getTime() + 60_000),
    ...change,
  });

  test('an expired token is not found', async () => {
    const { firstNode, lastNode } = tenant();
    const live = token();
    await firstNode.add(live);
    assert.deepEqual(await lastNode.find(live.id), live);
    clock.pass(60_000);
    assert.equal(await lastNode.find(live.id), undefined);
  });

  const ends = [
    { which: { userId: 'ana' }, left: ['ben'] },
    { which: { userId: 'ana', credential: 'password' as const }, left: ['ana certificate', 'ben'] },
    { which: { certificateKey: 'AB12' }, left: ['ana password'] },
    { which: { deviceId: 'laptop' }, left: [] },
    { which: {}, left: ['ana certificate', 'ana password', 'ben'] },
  ];
  for (const { which, left } of ends) {
    test(`ending ${JSON.stringify(which)} leaves ${left.length} tokens`, async () => {
      const { firstNode } = tenant();
      await firstNode.add(token({ id: 'ana certificate' }));
      const { certificateKey: _, ...withoutCertificate } = token();
      await firstNode.add({ ...withoutCertificate, id: 'ana password', credential: 'password' });
      await firstNode.add(token({ id: 'ben', userId: 'ben' }));
      await firstNode.end(which);
      const ids = (await firstNode.ofDevice('laptop')).map(({ id }) => id);
      assert.deepEqual(ids.toSorted(), left);
    });
  }
});
