import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { databasesUnderTest } from '../../contract/databases.ts';
import { until } from '../../until.ts';
import { RunningServer } from '../server.ts';
import { Pgbouncer, pgbouncerMissing } from './pgbouncer.ts';

const postgres = databasesUnderTest()[1]!;
const skip = postgres.missing ?? pgbouncerMissing ?? false;

/** More than a test asks of the node where the source was not before, while that node hears of it. */
const signIns = 100;

/** One node of one process and one of two workers, on PostgreSQL behind PgBouncer in transaction mode. */
describe('limits of a source address hold for two nodes', { skip }, () => {
  let nodes: readonly [RunningServer, RunningServer];
  const pgbouncer = new Pgbouncer();

  before(async () => {
    const place = await postgres.emptyPlace();
    const environment = {
      CARDEA_DATABASE_URL: await pgbouncer.start(place.kind === 'postgres' ? place.url : ''),
      CARDEA_DATABASE_PREPARED: 'false',
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
      CARDEA_LOGIN_ORIGIN: 'https://localhost:8443',
      CARDEA_SOURCE_SIGN_INS_PER_TEN_SECONDS: `${signIns}`,
    };
    nodes = [
      await RunningServer.start(environment),
      await RunningServer.start({ ...environment, CARDEA_WORKERS: '2' }),
    ];
  });
  after(async () => {
    for (const node of nodes ?? []) await node.remove();
    await pgbouncer.remove();
    postgres.end();
  });

  let sources = 1;
  const newSource = () => `127.0.0.${++sources}`;
  /** Resolves with the status, or with `closed` where the connection was closed without an answer. */
  const ask = (node: RunningServer, localAddress: string) =>
    new Promise<number | 'closed'>((resolve) => {
      const address = { host: '127.0.0.1', port: node.port, localAddress, servername: 'localhost' };
      const message = request(
        {
          ...address,
          path: '/common/oauth2/v2.0/authorize',
          headers: { host: 'localhost:8443' },
          rejectUnauthorized: false,
          agent: false,
        },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer.statusCode!));
        },
      );
      message.once('error', () => resolve('closed')).end();
    });

  /** How often the node is asked, and for how many milliseconds, until it answers a source so. */
  async function untilAnswered(node: RunningServer, source: string, expected: number | 'closed') {
    const begin = performance.now();
    let count = 0;
    await until(`${expected}`, async () => {
      count++;
      return (await ask(node, source)) === expected;
    });
    return { count, milliseconds: performance.now() - begin };
  }

  async function spendAt(node: RunningServer, source: string): Promise<void> {
    const many = () => Promise.all(Array.from({ length: 10 }, () => ask(node, source)));
    await until('the end of its budget', async () => (await many()).includes(429));
  }

  const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;

  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const)
    test(`a source that has spent its budget at node ${from + 1} is refused by node ${to + 1} within a second`, async (t) => {
      const times: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const source = newSource();
        await spendAt(nodes[from], source);
        const { count, milliseconds } = await untilAnswered(nodes[to], source, 429);
        assert.ok(count < signIns / 2, `${count} requests: refused for what it asked there`);
        times.push(milliseconds);
        assert.notEqual(await ask(nodes[to], newSource()), 429);
      }
      t.diagnostic(`${times.map(Math.round)} ms`);
      assert.ok(median(times) < 1000, `${times} ms`);
    });

  test('a source with a penalty at one node is closed by the other within a second', async (t) => {
    const source = newSource();
    const flood = () => Promise.all(Array.from({ length: 20 }, () => ask(nodes[0], source)));
    await until('the penalty', async () => (await flood()).includes('closed'));
    const { count, milliseconds } = await untilAnswered(nodes[1], source, 'closed');
    t.diagnostic(`${Math.round(milliseconds)} ms`);
    assert.ok(count < signIns / 2, `${count} requests`);
    assert.notEqual(await ask(nodes[1], newSource()), 'closed');
  });

  test('each node reports once that the other one has another TLS certificate', async () => {
    const line = 'another node has a TLS certificate that clients of this node do not trust';
    await until('the lines', () => nodes.every((node) => linesOf(node, line) > 0));
    assert.deepEqual(
      nodes.map((node) => linesOf(node, line)),
      [1, 1],
    );
  });

  const linesOf = (node: RunningServer, text: string) => node.output.split(text).length - 1;
  const [away, back] = ['apply to this node only', 'apply to all nodes together again'];

  test('without the database each node counts for itself and says so once; with it they count together again', async () => {
    const before = nodes.map((node) => linesOf(node, away));
    postgres.server!.kill();
    await until('the lines', () => nodes.every((node, index) => linesOf(node, away) > before[index]!));
    const source = newSource();
    await spendAt(nodes[0], source);
    assert.notEqual(await ask(nodes[1], source), 429);
    await postgres.server!.start();
    await until('the lines', () => nodes.every((node) => linesOf(node, back) > 0));
    assert.deepEqual(
      nodes.map((node, index) => linesOf(node, away) - before[index]!),
      [1, 1],
    );
    const secondSource = newSource();
    await spendAt(nodes[0], secondSource);
    const { count } = await untilAnswered(nodes[1], secondSource, 429);
    assert.ok(count < signIns / 2, `${count} requests`);
  });
});
