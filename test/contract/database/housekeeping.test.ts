import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { readConfig } from '#server/config.ts';
import type { OpenInstallation } from '#server/installation.ts';
import { housekeeping } from '#server/tasks.ts';
import { databasesUnderTest, emptyFolder, openAt, TestClock } from '../databases.ts';
import { recordAt } from '../record-at.ts';

const postgres = databasesUnderTest()[1]!;
const day = 86_400_000;

describe('housekeeping of a node', { skip: postgres.missing ?? false }, () => {
  after(() => postgres.end());

  test('whose clock is two months ahead removes what is too old by the clock of the database', async () => {
    const clock = new TestClock();
    clock.at = new Date();
    const storage = await openAt(await postgres.place(), clock);
    try {
      const id = crypto.randomUUID();
      await storage.tenants.add({ id, displayName: 'Woodgrove', domains: [] });
      const log = storage.forTenant(id).signInLog;
      const [lately, formerly] = [5, 35].map((days) =>
        recordAt(clock.at.getTime() - days * day, { status: 'success' }),
      );
      for (const record of [lately!, formerly!]) await log.append(record);
      clock.pass(60 * day);
      const config = readConfig({ dataFolder: emptyFolder() }, {}, '/');
      const installation = {
        storage,
        crls: { removeUnusedFiles: async () => undefined },
      } as unknown as OpenInstallation;
      await housekeeping(config, installation, { demo: undefined, onLogSize: () => undefined });
      assert.ok(await log.find(lately!.id));
      assert.equal(await log.find(formerly!.id), undefined);
    } finally {
      await storage.close();
    }
  });
});
