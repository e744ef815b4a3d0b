import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Tenant } from '#model/tenant.ts';
import { mountSmallDisk } from '#test/e2e/faults/small-disk.ts';
import { checkDisk, checkHealth, keysCheck, remembered, schemaCheck } from './health.ts';

/** An installation of 45 tenants, which notes whose keys were read. */
function scene() {
  const ids = Array.from({ length: 45 }, (_, index) => `tenant ${index}`);
  const faults = new Set<string>();
  /** Tenants whose key is on a token that does not sign. */
  const tokenFaults = new Set<string>();
  const reads: string[] = [];
  const read = async (id: string) => {
    reads.push(id);
    if (faults.has(id)) throw new Error(`${id} has no key`);
  };
  const sign = async (id: string) => {
    if (tokenFaults.has(id)) throw new Error(`the token of ${id} is away`);
  };
  const check = keysCheck({
    tenants: { list: async () => ids.map((id): Tenant => ({ id, displayName: id, domains: [] })) },
    signingKeysOf: (id) => ({ current: () => read(id), check: () => sign(id) }),
  });
  return { ids, faults, tokenFaults, reads, check };
}

test('a check that warns keeps the server ready, and one that throws does not', async () => {
  const later = await checkHealth({ schema: schemaCheck({ checkTables: async () => '999-later' }) });
  assert.deepEqual([later.status, later.checks.schema?.status], ['pass', 'warn']);
  assert.match(later.checks.schema?.problem ?? '', /applied the migration 999-later/);
  const checkTables = async () => {
    throw new Error('the table users is missing');
  };
  const broken = await checkHealth({ schema: schemaCheck({ checkTables }) });
  assert.deepEqual([broken.status, broken.checks.schema?.problem], ['fail', 'the table users is missing']);
});

test('a result is remembered for its time, for probes that ask at once and one after the other', async () => {
  let runs = 0;
  const check = async () => void runs++;
  for (const [milliseconds, times] of [
    [60_000, 1],
    [0, 3],
  ] as const) {
    runs = 0;
    const often = remembered(check, milliseconds);
    await Promise.all([often(), often()]);
    await often();
    assert.equal(runs, times);
  }
});

describe('the check of signing keys', () => {
  test('looks at twenty tenants, and at the others the next times', async () => {
    const { ids, reads, check } = scene();
    for (const slice of [ids.slice(0, 20), ids.slice(20, 40), ids.slice(40), ids.slice(0, 20)]) {
      reads.length = 0;
      await check();
      assert.deepEqual(reads, slice);
    }
  });

  test('fails until the key that could not be used can be, whichever tenants it looks at', async () => {
    const { faults, check } = scene();
    faults.add('tenant 3');
    await assert.rejects(check(), /tenant 3 has no key/);
    await assert.rejects(check(), /tenant 3 has no key/);
    faults.clear();
    for (let round = 0; round < 4; round++) await check();
  });

  test('fails while a key can be read and its token does not sign', async () => {
    const { tokenFaults, check } = scene();
    tokenFaults.add('tenant 3');
    await assert.rejects(check(), /the token of tenant 3 is away/);
    tokenFaults.clear();
    await check();
  });

  test('passes again where the tenant whose key failed was removed', async () => {
    const { ids, faults, check } = scene();
    faults.add('tenant 3');
    await assert.rejects(check(), /tenant 3/);
    ids.splice(3, 1);
    await check();
  });
});

const disk = mountSmallDisk(8);
after(() => disk.remove());
test('the disk is refused where sign-ins would fill it, and only there', { skip: disk.missing ?? false }, async () => {
  await checkDisk(import.meta.dirname);
  await assert.rejects(checkDisk(disk.folder), /has [0-8] MiB left; at least \d+ are needed/);
});

test('a check that does not end fails in its time', async () => {
  const { status, checks } = await checkHealth({ database: () => new Promise(() => undefined), keys: async () => {} });
  assert.deepEqual([status, checks.database?.status, checks.keys?.status], ['fail', 'fail', 'pass']);
});
