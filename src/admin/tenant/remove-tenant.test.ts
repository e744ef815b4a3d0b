import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { lossWords, removeTenant } from './remove-tenant.ts';

describe('a tenant is removed', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const remove = (confirmation: string | undefined) =>
    removeTenant(woodgrove.tenant, confirmation, { actor: 'test', ports: woodgrove.storage }).then(outcomeOf);
  const addAnother = () =>
    woodgrove.storage.tenants.add({ id: crypto.randomUUID(), displayName: 'Other', domains: [domainOf('other.test')] });

  test('not the only one, whatever is typed', async () => assert.equal(await remove('woodgrove.test'), 'tenantIsLast'));

  for (const { confirmation, code } of [
    { confirmation: undefined, code: 'tenantNotConfirmed' },
    { confirmation: 'Woodgrove', code: 'tenantNotConfirmed' },
    { confirmation: 'other.test', code: 'tenantNotConfirmed' },
    { confirmation: 'WOODGROVE.test', code: 'passed' },
  ])
    test(`with the confirmation ${confirmation}: ${code}`, async () => {
      await addAnother();
      assert.equal(await remove(confirmation), code);
      const isThere = (await woodgrove.storage.tenants.find('woodgrove.test')) !== undefined;
      assert.equal(isThere, code !== 'passed');
    });

  test('once', async () => {
    await addAnother();
    await addAnother().catch(() => undefined);
    assert.equal(await remove('woodgrove.test'), 'passed');
    assert.equal(await remove('woodgrove.test'), 'tenantIsLast');
  });
});

test('what is lost is counted, up to the ceiling of the count', () =>
  assert.equal(
    lossWords({ users: 100_000, groups: 3, applications: 1, devices: 0, authorities: 2, signIns: 99_999, audits: 5 }),
    'at least 100000 users, 3 groups, 1 applications, 0 registered devices, 2 CAs, 99999 sign-in log entries, 5 audit log entries, its policies, sessions and signing keys',
  ));
