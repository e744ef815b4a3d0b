import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { pino } from 'pino';
import { SharedLimits, type Spending } from '#net/limits/shared-limits.ts';
import { SourceLimiter, usualLimits } from '#net/limits/source-limiter.ts';
import { mostReported, NotableSpending, notableShare } from '#net/nodes/notable-spending.ts';
import { nodeLimits } from '#server/scheduled/node-limits.ts';
import { databasesUnderTest } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import { until } from '#test/until.ts';
import { openNodeReports, slotsOfNode } from './node-reports.ts';
import { openDatabase } from './open.ts';
import type { Database } from './schema.ts';

const postgres = databasesUnderTest()[1]!;

describe('what nodes on PostgreSQL tell each other of sources', { skip: postgres.missing ?? false }, () => {
  let database: Database;
  before(async () => {
    database = await openDatabase(await postgres.place());
  });
  after(async () => {
    await database?.destroy();
    postgres.end();
  });
  const rows = async () => {
    const { rows } = await sql<{ count: number; octets: number }>`
      select count(*) as count, coalesce(max(length(report)), 0) as octets from node_reports`.execute(database);
    return rows[0]!;
  };

  test('each node reads once what each other one wrote, in order, and nothing of its own', async () => {
    const [first, second, third] = [1, 2, 3].map(() => openNodeReports(database));
    assert.deepEqual(await first!.exchange('a'), []);
    assert.deepEqual(await first!.exchange('b'), []);
    assert.deepEqual(await second!.exchange('c'), ['a', 'b']);
    assert.deepEqual(await second!.exchange(undefined), []);
    assert.deepEqual((await third!.exchange(undefined)).toSorted(), ['a', 'b', 'c']);
    assert.deepEqual(await first!.exchange(undefined), ['c']);
  });

  test('a report that is older than ten seconds is of no use to a node that starts', async () => {
    await openNodeReports(database).exchange('old');
    await sql`update node_reports set at = at - 11000`.execute(database);
    assert.deepEqual(await openNodeReports(database).exchange(undefined), []);
  });

  test('an exchange is one statement, and the rows are few: those of a node are replaced, those of ended nodes removed', async () => {
    await sql`delete from node_reports`.execute(database);
    await openNodeReports(database).exchange('of a node that ended');
    await sql`update node_reports set at = at - 61000`.execute(database);
    const node = openNodeReports(database);
    assert.equal((await statementsOf(() => node.exchange('report'))).length, 1);
    for (let count = 1; count < 150; count++) await node.exchange('report');
    assert.equal((await rows()).count, slotsOfNode);
  });

  test('a hundred thousand sources of an outsider make no row and no statement; those above a notable share one report of bounded size', async () => {
    await sql`delete from node_reports`.execute(database);
    const spending = new NotableSpending();
    const budgets = { requests: { most: 1500, seconds: 10 } };
    const note = (count: number, from: number, to: number) => {
      for (let source = from; source < to; source++)
        spending.note({ spent: { requests: { [`2001:db8:${source.toString(16)}:1::/64`]: count } }, budgets }, 1000);
    };
    note(1, 0, 100_000);
    assert.equal(spending.take(), undefined);
    note(notableShare * 1500, 0, 20_000);
    await openNodeReports(database).exchange(JSON.stringify(spending.take()));
    const { count, octets } = await rows();
    assert.deepEqual([count, octets < mostReported * 64], [1, true], `${count} rows, ${octets} octets`);
  });

  for (const { name, roots, warnings } of [
    { name: 'the same TLS certificate report nothing', roots: ['a', 'a'], warnings: [0, 0] },
    { name: 'TLS certificates of different roots report it once each', roots: ['a', 'b'], warnings: [1, 1] },
  ])
    test(`nodes with ${name}`, async () => {
      await sql`delete from node_reports`.execute(database);
      const nodes = roots.map((tlsRoot) => {
        const lines: string[] = [];
        let reads = 0;
        const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
        const spend = () => void reads++;
        const stop = nodeLimits(5).start(openNodeReports(database), { spend, tlsRoot }, log);
        return { lines, stop, reads: () => reads };
      });
      await until('two reports of each node', () => nodes.every(({ reads }) => reads() > 1));
      for (const { stop } of nodes) await stop();
      assert.deepEqual(
        nodes.map(({ lines }) => lines.length),
        warnings,
      );
    });

  test('a thousand requests of a source need no statement, and the other node refuses it with its next exchange', async () => {
    const log = pino({ level: 'silent' });
    const node = () => {
      const limits = nodeLimits(20);
      const sharedLimits = new SharedLimits((spending: Spending) => limits.note(spending));
      const stop = limits.start(openNodeReports(database), { spend: (spent) => sharedLimits.spend(spent) }, log);
      return {
        limiter: new SourceLimiter({ ...usualLimits, requestsPerTenSeconds: 100 }, undefined, sharedLimits),
        stop,
      };
    };
    const [first, second] = [node(), node()];
    const ask = ({ limiter }: ReturnType<typeof node>) =>
      limiter.request(
        { url: '/', method: 'GET', headers: {}, socket: { remoteAddress: '192.0.2.7' } } as never,
        Date.now(),
      );
    const texts = await statementsOf(async () => {
      for (let count = 0; count < 1000; count++) ask(first);
    });
    assert.deepEqual(texts, []);
    let taken = 0;
    await until('the refusal by the other node', () => ask(second) !== undefined || ++taken > 50);
    assert.ok(taken <= 50, 'the other node refused it for what it asked there');
    await first.stop();
    await second.stop();
  });
});
