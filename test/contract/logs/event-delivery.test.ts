import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pino from 'pino';
import { deliverEvents } from '#server/events/deliver-events.ts';
import type { EventTarget, LogEvent } from '#server/events/event.ts';
import { clock } from '#server/process/clock.ts';
import type { Storage } from '#storage/storage.ts';
import { until } from '#test/until.ts';
import { databasesUnderTest, openAt } from '../databases.ts';

const log = pino({ level: 'silent' });

/** Changes that are made on each node. */
const changes = 150;

/** A receiver of both nodes. It reads every third delivery and then refuses it, as a connection that is reset does. */
class Receiver {
  readonly events: LogEvent[] = [];
  readonly nodes = new Set<string>();
  most = 0;
  #atOnce = 0;
  #count = 0;

  targetOf(node: string): EventTarget {
    return {
      name: 'webhook',
      deliver: async (events) => {
        this.most = Math.max(this.most, ++this.#atOnce);
        await new Promise(setImmediate);
        this.events.push(...events);
        this.nodes.add(node);
        this.#atOnce--;
        if (++this.#count % 3 === 0) throw new Error('the connection was reset');
      },
    };
  }
}

for (const database of databasesUnderTest().filter(({ isShared }) => isShared)) {
  describe(`two nodes that deliver events side by side on ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    let nodes: readonly [Storage, Storage];
    before(async () => {
      const place = await database.place();
      nodes = [await openAt(place), await openAt(place)];
    });
    after(async () => {
      await Promise.all((nodes ?? []).map((node) => node.close()));
      database.end();
    });

    test('every event comes at least once and in order, from one node at a time, and from the other once it has stopped', async () => {
      const receiver = new Receiver();
      await nodes[0].outbox.name(['webhook'], clock.now());
      const start = (index: 0 | 1) =>
        deliverEvents([receiver.targetOf(`node ${index}`)], {
          storage: nodes[index],
          metrics: undefined,
          log,
          holder: `node ${index}`,
          pause: 5,
        });
      const stops = [start(0), start(1)] as const;
      const targets: string[] = [];
      const change = async (node: Storage, count: number) => {
        for (let index = 0; index < count; index++) {
          const targetId = crypto.randomUUID();
          targets.push(targetId);
          await node.audits.note({ activity: 'Test', actor: 'test', targetId, old: undefined, new: { index } });
        }
      };
      const seen = () => new Set(receiver.events.map((event) => event.kind === 'audit' && event.record.targetId));
      await Promise.all(nodes.map((node) => change(node, changes)));
      await until('the events of both nodes', () => seen().size === targets.length);
      const [first, ...further] = receiver.nodes;
      assert.deepEqual(further, [], 'nodes that deliver as well');
      await stops[first === 'node 0' ? 0 : 1]();
      await change(nodes[0], changes);
      await until('the last event', () => seen().size === targets.length);
      await Promise.all(stops.map((stop) => stop()));
      assert.equal(receiver.most, 1, 'deliveries at once');
      assert.deepEqual([...receiver.nodes].sort(), ['node 0', 'node 1']);
      assert.deepEqual([...seen()].sort(), targets.toSorted());
      const firstTimes = [...new Set(receiver.events.map(({ order }) => order))];
      assert.deepEqual(firstTimes, firstTimes.toSorted());
    });
  });
}
