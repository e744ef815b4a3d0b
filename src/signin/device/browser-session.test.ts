import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTenant } from '#test/contract/one-tenant.ts';
import { browserSessionOfDevice, keepBrowserSession } from './browser-session.ts';

test('a browser session names the primary refresh token that it rests on, in its tenant, until it ends', async (t) => {
  const { ports, storage, clock, end } = await openTenant();
  t.after(end);
  const session = { primary: 'token', accountId: 'ana', sessionKey: 'sealed' };
  await keepBrowserSession('s', session, 60, ports.oidcRecords);
  assert.deepEqual(await browserSessionOfDevice('s', ports.oidcRecords), session);
  const otherTenant = storage.forTenant(crypto.randomUUID());
  assert.equal(await browserSessionOfDevice('s', otherTenant.oidcRecords), undefined);
  for (const uid of ['', 'unknown']) assert.equal(await browserSessionOfDevice(uid, ports.oidcRecords), undefined);
  await ports.oidcRecords.upsert('DeviceSession', 'damaged', { accountId: 'ana' }, 60);
  assert.equal(await browserSessionOfDevice('damaged', ports.oidcRecords), undefined);
  clock.pass(60_000);
  assert.equal(await browserSessionOfDevice('s', ports.oidcRecords), undefined);
});
