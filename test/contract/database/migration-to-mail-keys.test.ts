import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';
import { userOf } from '../user-of.ts';
import { databaseOf } from './old-database.ts';

for (const database of databasesUnderTest()) {
  describe(`mail addresses of an earlier version on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    test('users who share an address keep it and can be changed; a new user does not get it', async () => {
      const place = await database.emptyPlace();
      const old = await databaseOf('018-device-index', place);
      const [tenant, elsewhere] = [crypto.randomUUID(), crypto.randomUUID()];
      const row = (tenant_id: string, id: string, mail: string | null) => ({
        ...{ tenant_id, id, mail, upn: `${id}@mail.test`, upn_key: `${id}@mail.test`, display_name: id },
        ...{ on_premises_upn: null, on_premises_upn_key: null, account_enabled: 1 },
      });
      const mails = { a: 'Info@mail.test', b: 'info@mail.test', c: 'INFO@mail.test', d: null, e: 'Ärger@mail.test' };
      const rows = Object.entries(mails).map(([id, mail]) => row(tenant, id, mail));
      await old
        .insertInto('users')
        .values([...rows, row(elsewhere, 'a', mails.a)])
        .execute();
      await old.destroy();
      const storage = await openAt(place, new TestClock());
      try {
        const { users } = storage.forTenant(tenant);
        const read = Object.fromEntries((await users.list({ top: 9 })).map(({ id, mail }) => [id, mail ?? null]));
        assert.deepEqual(read, mails);
        const taken = (problem: { because?: { code: string } }) => problem.because?.code === 'mailTaken';
        const add = (mail: string) => users.add(userOf(`${crypto.randomUUID()}@mail.test`, { mail }), 'test');
        await assert.rejects(add('info@MAIL.test'), taken);
        await assert.rejects(add('äRGER@mail.test'), taken);
        const b = (await users.find('b@mail.test'))!;
        await users.update({ ...b, displayName: 'Ben' }, 'test');
        for (const name of ['a', 'c']) {
          const user = (await users.find(`${name}@mail.test`))!;
          await users.update({ ...user, mail: undefined }, 'test');
          await assert.rejects(add(mails.a), taken, `${name} leaves the address`);
        }
        await users.update({ ...b, mail: undefined }, 'test');
        await add(mails.a);
      } finally {
        await storage.close();
      }
    });
  });
}
