import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type KyselyPlugin, sql } from 'kysely';
import { openSealing, type Sealing } from '#keys/sealing.ts';
import { openSigningKeys } from '#keys/signing-keys.ts';
import { databasesUnderTest, TestClock } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';
import { openStorage, type Storage } from '../../storage.ts';
import { openDatabase, type Place } from '../open.ts';
import type { Database } from '../schema.ts';
import { sealedTables } from './labels.ts';
import { reseal } from './reseal.ts';

const [oldSecret, newSecret] = [7, 8].map((octet) => Buffer.alloc(32, octet).toString('base64url'));
const sealingOf = (...secrets: (string | undefined)[]): Sealing => openSealing('/nowhere', secrets.join(','));
const clock = new TestClock();
/** More than two slices. */
const methodCount = 450;

/** Ends the connection's work before its n-th change, as the end of the process would. */
class EndsBefore implements KyselyPlugin {
  #changes: number;
  constructor(changes: number) {
    this.#changes = changes;
  }
  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
    const isChange = node.kind === 'RawNode' && node.sqlFragments[0]?.startsWith('update') === true;
    if (isChange && this.#changes-- === 0) throw new Error('the process has ended');
    return node;
  };
  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;
}

for (const database of databasesUnderTest()) {
  describe(`sealed rows after a new secret on ${database.name}`, { skip: database.missing ?? false }, () => {
    let place: Place;
    const tenantId = crypto.randomUUID();
    const ana = userOf(`ana@${tenantId}.test`);

    const withStorage = async <T>(sealing: Sealing, work: (storage: Storage) => Promise<T>): Promise<T> => {
      const storage = await openStorage(place, clock, sealing);
      try {
        return await work(storage);
      } finally {
        await storage.close();
      }
    };
    const withDatabase = async <T>(work: (direct: Database) => Promise<T>): Promise<T> => {
      const direct = await openDatabase(place);
      return work(direct).finally(() => direct.destroy());
    };
    before(async () => {
      place = await database.place();
      await withStorage(sealingOf(oldSecret), (storage) => fill(storage, tenantId, ana));
    });
    after(() => database.end());

    const rowCount = methodCount + 4; // a signing key, a ticket, an authority, and the record of the secret

    test('every table with sealed rows takes part', async () => {
      const columns = await withDatabase((direct) =>
        database.isShared
          ? sql<{ name: string }>`select table_name as name from information_schema.columns
              where column_name = 'sealed'`.execute(direct)
          : sql<{ name: string }>`select m.name from sqlite_master m, pragma_table_info(m.name) c
              where m.type = 'table' and c.name = 'sealed'`.execute(direct),
      );
      assert.deepEqual(columns.rows.map(({ name }) => name).sort(), Object.keys(sealedTables).sort());
    });

    test('the count tells how many rows each secret sealed, and how many no secret opens', async () => {
      const countWith = (sealing: Sealing) => withStorage(sealing, (storage) => storage.countSealed());
      assert.deepEqual(await countWith(sealingOf(newSecret, oldSecret)), { rows: [0, rowCount], unreadable: 0 });
      assert.deepEqual(await countWith(sealingOf(newSecret)), { rows: [0], unreadable: rowCount });
    });

    test('what was interrupted is taken up again, and a row that changed meanwhile is left', async () => {
      const sealing = sealingOf(newSecret, oldSecret);
      await assert.rejects(
        withDatabase((direct) => reseal(direct.withPlugin(new EndsBefore(210)), sealing)),
        /the process has ended/,
      );
      const counts = await withStorage(sealing, (storage) => storage.countSealed());
      assert.deepEqual([counts.rows[0]! > 0, counts.rows[1]! > 0, counts.unreadable], [true, true, 0]);
      assert.equal(counts.rows[0]! + counts.rows[1]!, rowCount);
      const [first, second] = await withStorage(sealing, async (storage) => [
        await storage.reseal(),
        await storage.reseal(),
      ]);
      assert.deepEqual([first, second], [counts.rows[1], 0]);
    });

    test('all of it opens once the older secret is removed', async () => {
      await withStorage(sealingOf(newSecret), async (storage) => {
        await storage.checkSecretKey();
        assert.deepEqual(await storage.countSealed(), { rows: [rowCount], unreadable: 0 });
        const tenant = storage.forTenant(tenantId);
        assert.equal((await tenant.keyStore.list()).length, 1);
        const methods = await tenant.methods.ofUser(ana.id);
        assert.equal(methods.length, methodCount);
        assert.equal((await tenant.tickets.find('approval', 'ticket', clock.at))?.document.number, '42');
        assert.deepEqual((await tenant.devices.authorities.list())[0]?.privateKey, new Uint8Array([1, 2, 3]));
      });
      await assert.rejects(
        withStorage(sealingOf(oldSecret), (storage) => storage.checkSecretKey()),
        { because: { code: 'secretKeyWrong', evidence: { source: 'CARDEA_SECRET_KEY' } } },
      );
    });
  });
}

async function fill(storage: Storage, tenantId: string, ana: ReturnType<typeof userOf>): Promise<void> {
  await storage.checkSecretKey();
  await storage.tenants.add({ id: tenantId, displayName: 'Woodgrove', domains: [] });
  const tenant = storage.forTenant(tenantId);
  await tenant.users.add(ana, 'test');
  await openSigningKeys(tenant.keyStore, clock).current();
  await tenant.inTransaction(async ({ methods }) => {
    for (let index = 0; index < methodCount; index++)
      await methods.add(
        {
          id: crypto.randomUUID(),
          userId: ana.id,
          kind: 'softwareOath',
          displayName: 'mine',
          createdDateTime: clock.at,
          secret: 'c2VjcmV0',
        },
        'test',
      );
  });
  const expires = new Date(clock.at.getTime() + 60_000);
  await tenant.tickets.put({
    id: 'ticket',
    kind: 'approval',
    userId: ana.id,
    state: 'open',
    document: { number: '42' },
    expires,
  } as never);
  await tenant.devices.authorities.add(
    {
      id: 'authority',
      certificate: new Uint8Array([4]),
      privateKey: new Uint8Array([1, 2, 3]),
      createdDateTime: clock.at,
    },
    { onlyFirst: true },
  );
}
