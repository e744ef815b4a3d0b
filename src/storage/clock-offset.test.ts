import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';

for (const database of databasesUnderTest())
  describe(`the clock of this computer and that of ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    for (const ahead of [-3_600_000, 0, 3_600_000])
      test(`differ by ${ahead / 1000} s, where the database has one of its own`, async () => {
        const clock = new TestClock();
        const place = await database.place();
        for (const schema of ['upgrade', 'read'] as const) {
          const storage = await openAt({ ...place, schema }, clock);
          clock.at = new Date(Date.now() + ahead);
          const offset = await storage.clockOffset();
          const removal = (await storage.removalTime()).getTime();
          await storage.close();
          // The clock stands still while the question is asked.
          const late = place.kind === 'postgres' ? ahead - offset : -offset;
          assert.ok(late >= -5 && late < 30_000, `${offset}`);
          const latest = place.kind === 'postgres' ? Math.min(clock.at.getTime(), Date.now()) : clock.at.getTime();
          assert.ok(removal <= latest + 5 && removal > latest - 30_000, `${new Date(removal).toISOString()}`);
        }
      });
  });
