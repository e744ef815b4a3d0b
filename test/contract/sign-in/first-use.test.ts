import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isFirstUse } from '#device/first-use.ts';
import { openFlowToken, sealFlowToken, spendFlowToken } from '#signin/scripted/flow-secrets.ts';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, nodesAt, TestClock } from '../databases.ts';

for (const database of databasesUnderTest()) {
  describe(`what is taken once is taken once on every node of ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    const clock = new TestClock();
    const tenantId = crypto.randomUUID();
    let nodes: readonly Storage[] = [];
    before(async () => {
      nodes = await nodesAt(await database.place(), clock);
    });
    after(async () => {
      for (const node of nodes) await node.close();
      database.end();
    });
    const stores = (index: number) => nodes[index % nodes.length]!.forTenant(tenantId);
    const taken = (answers: readonly boolean[]) => answers.filter(Boolean).length;

    test('a request that a device signs, an assertion and a SID proof: by one of ten at once, and by none after', async () => {
      const text = crypto.randomUUID();
      const use = (index: number) => isFirstUse(text, 900, stores(index).oidcRecords);
      assert.equal(taken(await Promise.all(Array.from({ length: 10 }, (_, index) => use(index)))), 1);
      clock.pass(899_000);
      assert.deepEqual([await use(0), await use(1)], [false, false]);
    });

    test('a flow token of a sign-in without pages', async () => {
      const sealing = {
        seal: (text: string) => Buffer.from(text).toString('base64url'),
        open: (text: string) => Buffer.from(text, 'base64url').toString(),
      };
      const context = { interactionUid: 'i', tenantId, cookies: {}, expires: 0 };
      const sealed = sealFlowToken(context, { proofs: 0 }, sealing, clock.at);
      const token = openFlowToken(sealed, context, sealing, clock.at)!;
      const spend = (index: number) => spendFlowToken(token, stores(index).attempts);
      assert.equal(taken(await Promise.all(Array.from({ length: 10 }, (_, index) => spend(index)))), 1);
      assert.deepEqual([await spend(0), await spend(1)], [false, false]);
    });
  });
}
