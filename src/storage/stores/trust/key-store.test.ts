import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import type { TenantStorage } from '../../storage.ts';

describeOnEachDatabase('keys of tokens', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
  });

  test('a private key lies sealed in the database and opens for its own tenant and key id only', async () => {
    const key = { kid: 'k1', alg: 'RS256', privateJwk: { d: 'secret' } } as const;
    await mine.keyStore.add(key, clock.at);
    assert.deepEqual(await mine.keyStore.list(), [{ ...key, createdDateTime: clock.at, signsFromDateTime: undefined }]);
    assert.deepEqual(await otherTenant.keyStore.list(), []);
  });
});
