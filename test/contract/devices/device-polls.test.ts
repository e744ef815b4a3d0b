import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, nodesAt, TestClock } from '../databases.ts';

for (const database of databasesUnderTest()) {
  describe(`polls of a device on ${database.name} (RFC 8628 §3.5)`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let nodes: readonly Storage[] = [];
    before(async () => {
      nodes = await nodesAt(await database.place(), clock);
    });
    after(async () => {
      for (const node of nodes) await node.close();
      database.end();
    });

    async function code() {
      const tenantId = crypto.randomUUID();
      const [firstNode, lastNode] = [nodes[0]!, nodes.at(-1)!].map((node) => node.forTenant(tenantId).oidcRecords);
      const id = crypto.randomUUID();
      await firstNode!.upsert('DeviceCode', id, { userCode: id }, 900);
      const poll = (records = firstNode!) => records.isPolledTooFast('DeviceCode', id, 5);
      return { one: firstNode!, other: lastNode!, id, poll };
    }

    test('a poll within the interval is too fast on another node, too, and makes the interval 5 seconds longer', async () => {
      const { other: lastNode, poll } = await code();
      assert.equal(await poll(), false);
      clock.pass(5_000);
      assert.equal(await poll(lastNode), false);
      clock.pass(2_000);
      assert.equal(await poll(), true);
      clock.pass(5_000);
      assert.equal(await poll(lastNode), true, 'the interval is 10 seconds now');
      clock.pass(15_000);
      assert.equal(await poll(), false);
    });

    test('of polls at once on two nodes, one is on time', async () => {
      const { one: firstNode, other: lastNode, poll } = await code();
      const answers = await Promise.all([poll(firstNode), poll(lastNode), poll(firstNode), poll(lastNode)]);
      assert.deepEqual(answers.toSorted(), [false, true, true, true]);
    });

    test('what the person does meanwhile stays, and the interval survives it', async () => {
      const { one: firstNode, id, poll } = await code();
      await poll();
      await firstNode.upsert('DeviceCode', id, { userCode: id, accountId: 'ana' }, 900);
      assert.equal(await poll(), true);
      assert.equal((await firstNode.find('DeviceCode', id))?.accountId, 'ana');
    });

    test('a network that brings a poll a second early is no reason to slow down', async () => {
      const { poll } = await code();
      await poll();
      clock.pass(4_000);
      assert.equal(await poll(), false);
    });
  });
}
