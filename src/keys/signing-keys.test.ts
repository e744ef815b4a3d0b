import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { calculateJwkThumbprint, jwtVerify, SignJWT } from 'jose';
import type { SigningKey } from '#model/signing-key.ts';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { openSigningKeys, publishedBeforeSigning } from './signing-keys.ts';

for (const database of databasesUnderTest()) {
  describe(`signing keys on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    after(async () => {
      await storage?.close();
      database.end();
    });
    const tenant = () => storage.forTenant(crypto.randomUUID()).keyStore;

    test('the first is made once, RS256 of 2048 bits, for ten who ask together, and is the same after a restart', async () => {
      const store = tenant();
      const keys = openSigningKeys(store, clock);
      const request = await Promise.all(Array.from({ length: 10 }, () => keys.current()));
      const kids = new Set(request.flat().map(({ kid }) => kid));
      assert.equal(kids.size, 1);
      const [key] = await openSigningKeys(store, clock).current();
      assert.deepEqual([...kids], [key!.kid]);
      assert.equal(key!.alg, 'RS256');
      assert.equal(createPrivateKey({ key: key!.privateJwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength, 2048);
    });

    for (const alg of ['RS256', 'PS256', 'ES256'] as const) {
      test(`what a ${alg} key signs verifies with its public part; the one before it still verifies`, async () => {
        const keys = openSigningKeys(tenant(), clock);
        const [older] = await keys.current();
        const signature = await sign(older!);
        clock.pass(1);
        const result = await keys.rotate(alg);
        const published = (await keys.current()).map(({ kid }) => kid);
        assert.deepEqual(published, [older!.kid, result.kid], 'published, and not signing yet');
        clock.pass(publishedBeforeSigning);
        const [newest, ...otherKeys] = await keys.current();
        assert.deepEqual([newest?.kid, otherKeys.map(({ kid }) => kid)], [result.kid, [older!.kid]]);
        assert.deepEqual(
          [result.privateJwk.kid, result.privateJwk.alg, result.privateJwk.use],
          [result.kid, alg, 'sig'],
        );
        await verify(result, await sign(result));
        await verify(otherKeys[0]!, signature);
        await assert.rejects(verify(result, signature));
        assert.notEqual(
          await calculateJwkThumbprint(result.privateJwk),
          await calculateJwkThumbprint(older!.privateJwk),
        );
      });
    }

    test('a key for a compromised one signs at once, on another node within a minute, and no key that is to sign later passes it', async () => {
      const store = tenant();
      const [mine, otherKeys] = [openSigningKeys(store, clock), openSigningKeys(store, clock)];
      await mine.current();
      await otherKeys.current();
      clock.pass(1_000);
      await mine.rotate();
      clock.pass(1_000);
      const { kid } = await mine.rotate('RS256', 'now');
      assert.equal((await mine.current())[0]!.kid, kid);
      assert.ok(
        (await otherKeys.current(kid)).some((key) => key.kid === kid),
        'a token of it is accepted at once',
      );
      clock.pass(60_000);
      assert.equal((await otherKeys.current())[0]!.kid, kid);
      clock.pass(publishedBeforeSigning);
      for (const node of [mine, otherKeys]) assert.equal((await node.current())[0]!.kid, kid);
    });

    test('a key that another process made is known within a minute', async () => {
      const store = tenant();
      const [mine, otherKeys] = [openSigningKeys(store, clock), openSigningKeys(store, clock)];
      await mine.current();
      clock.pass(1);
      const { kid } = await otherKeys.rotate();
      clock.pass(60_000);
      assert.ok((await mine.current()).some((key) => key.kid === kid));
      clock.pass(publishedBeforeSigning);
      for (const node of [mine, otherKeys]) assert.equal((await node.current())[0]!.kid, kid);
    });

    test('a key that another process made is known at once to a node that is shown its id; made-up ids cause one reading together', async () => {
      const store = tenant();
      let read = 0;
      const list = async () => {
        read += 1;
        return store.list();
      };
      const [mine, otherKeys] = [openSigningKeys({ ...store, list }, clock), openSigningKeys(store, clock)];
      await mine.current();
      clock.pass(1_000);
      const { kid } = await otherKeys.rotate();
      assert.ok((await mine.current(kid)).some((key) => key.kid === kid));
      const before = read;
      await Promise.all(Array.from({ length: 50 }, (_, i) => mine.current(`made up ${i}`)));
      assert.equal(read, before + 1);
    });

    test('a key that another process made is in the JWK set within a second, and the set is read once a second', async () => {
      const store = tenant();
      let read = 0;
      const list = async () => {
        read += 1;
        return store.list();
      };
      const [mine, otherKeys] = [openSigningKeys({ ...store, list }, clock), openSigningKeys(store, clock)];
      for (let turn = 0; turn < 2; turn++) await mine.current(); // the first makes a key
      const { kid } = await otherKeys.rotate('RS256', 'now');
      clock.pass(1_000);
      assert.ok((await mine.published()).some((key) => key.kid === kid));
      const before = read;
      for (let i = 0; i < 50; i += 1) await mine.published();
      assert.equal(read, before);
    });

    test('two processes that begin in the same moment know each other’s key within a minute', async () => {
      const store = tenant();
      const [item, otherNode] = [openSigningKeys(store, clock), openSigningKeys(store, clock)];
      await Promise.all([item.current(), otherNode.current()]);
      clock.pass(60_000);
      assert.deepEqual(await item.current(), await otherNode.current());
    });

    test('a store that fails is asked again by the next who needs a key', async () => {
      const store = tenant();
      let fails = 1;
      const list = async () => {
        if (fails-- > 0) throw new Error('not now');
        return store.list();
      };
      const keys = openSigningKeys({ ...store, list }, clock);
      await assert.rejects(keys.current(), /not now/);
      assert.equal((await keys.current()).length, 1);
    });
  });
}

const sign = ({ kid, alg, privateJwk }: SigningKey): Promise<string> =>
  new SignJWT({ a: 1 }).setProtectedHeader({ alg, kid }).sign(createPrivateKey({ key: privateJwk, format: 'jwk' }));

async function verify({ alg, privateJwk }: SigningKey, token: string): Promise<void> {
  const publicKey = createPublicKey(createPrivateKey({ key: privateJwk, format: 'jwk' }));
  const { payload } = await jwtVerify(token, publicKey, { algorithms: [alg] });
  assert.equal(payload.a, 1);
}
