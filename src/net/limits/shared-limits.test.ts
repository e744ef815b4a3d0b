import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '#test/until.ts';
import { SourceBuckets, SourceCounts } from './limits.ts';
import { refusalsPerTenSeconds } from './penalties.ts';
import { SharedLimits, type Spending } from './shared-limits.ts';
import { SourceLimiter, usualLimits } from './source-limiter.ts';

/** The limits of two processes; each report goes to the other one. */
function twoProcesses(): readonly [SharedLimits, SharedLimits] {
  const both: SharedLimits[] = [];
  const open = (id: number) =>
    new SharedLimits((spending) => both[1 - id]!.receive(id, JSON.parse(JSON.stringify(spending)) as Spending, 1000));
  both.push(open(0), open(1));
  return both as unknown as readonly [SharedLimits, SharedLimits];
}

describe('limits of two processes', () => {
  test('a source has one budget in both', () => {
    const processes = twoProcesses();
    const [first, second] = processes.map((limits) => new SourceBuckets(10, 100, 10, { limits, name: 'a' }));
    for (let count = 0; count < 8; count++) assert.equal(first!.take('s', 1000), undefined);
    processes[0].report();
    assert.deepEqual(
      Array.from({ length: 3 }, () => second!.take('s', 1000)),
      [undefined, undefined, 1],
    );
    assert.equal(second!.take('other', 1000), undefined);
  });

  test('what both gave before they knew of each other is paid back', () => {
    const processes = twoProcesses();
    const buckets = processes.map((limits) => new SourceBuckets(10, 100, 10, { limits, name: 'a' }));
    for (const bucket of buckets) for (let count = 0; count < 10; count++) bucket.take('s', 1000);
    for (const limits of processes) limits.report();
    // Ten too many were taken: nothing fits for the ten seconds in which they refill.
    for (const bucket of buckets) assert.equal(bucket.take('s', 10_500), 2);
    for (const bucket of buckets) assert.equal(bucket.take('s', 12_100), undefined);
  });

  test('what is given back is given back in both', () => {
    const processes = twoProcesses();
    const [first, second] = processes.map((limits) => new SourceBuckets(1, 100, 10, { limits, name: 'a' }));
    first!.take('s', 1000);
    first!.giveBack('s');
    processes[0].report();
    assert.equal(second!.take('s', 1000), undefined);
  });

  test('open connections count in both, and those of a process that has ended no more', () => {
    const processes = twoProcesses();
    const [first, second] = processes.map((limits) => new SourceCounts(3, limits));
    assert.ok(first!.enter('s') && first!.enter('s'));
    processes[0].report();
    assert.ok(second!.enter('s'));
    assert.ok(!second!.enter('s'));
    first!.leave('s');
    processes[0].report();
    assert.ok(second!.enter('s'));
    processes[1].forget(0);
    assert.ok(second!.enter('s'));
  });

  for (const [limit, path, method] of [
    ['requestsPerTenSeconds', '/assets/a.css', 'GET'],
    ['signInsPerTenSeconds', '/common/oauth2/v2.0/authorize', 'GET'],
    ['formsPerTenSeconds', '/login/x', 'POST'],
  ] as const)
    test(`${limit} of a source address hold in both`, () => {
      const processes = twoProcesses();
      const limits = { ...usualLimits, [limit]: 10 };
      const [first, second] = processes.map((item) => new SourceLimiter(limits, undefined, item));
      const request = { url: path, method, headers: {}, socket: { remoteAddress: '192.0.2.1' } } as never;
      for (let count = 0; count < 10; count++) assert.equal(first!.request(request, 1000), undefined);
      processes[0].report();
      assert.ok(second!.request(request, 1000));
    });

  test('handshakesPerTenSeconds of a source address hold in both', () => {
    const processes = twoProcesses();
    const limits = { ...usualLimits, handshakesPerTenSeconds: 10 };
    const [first, second] = processes.map((item) => new SourceLimiter(limits, undefined, item));
    for (let count = 0; count < 10; count++) first!.connect('192.0.2.1', 1000)!();
    processes[0].report();
    assert.equal(second!.connect('192.0.2.1', 1000), undefined);
    assert.ok(second!.connect('192.0.2.2', 1000));
  });

  test('a source that floods one process has a penalty in the other, which closes its connections', () => {
    const processes = twoProcesses();
    const [first, second] = processes.map(
      (item) => new SourceLimiter({ ...usualLimits, connections: 0 }, undefined, item),
    );
    const closed: string[] = [];
    second!.listen({ onPenalty: (source) => closed.push(source) });
    for (let count = 0; count < refusalsPerTenSeconds; count++) first!.connect('192.0.2.1', 1000);
    processes[0].report();
    assert.deepEqual(
      [first, second].map((limiter) => limiter!.isPenalised('192.0.2.1', 1000)),
      [false, false],
    );
    first!.connect('192.0.2.1', 1000);
    processes[0].report();
    assert.deepEqual(closed, ['192.0.2.1']);
    assert.ok(second!.isPenalised('192.0.2.1', 1000));
    assert.ok(!second!.isPenalised('192.0.2.2', 1000));
    assert.ok(second!.isPenalised('192.0.2.1', 10_900));
    assert.ok(!second!.isPenalised('192.0.2.1', 22_000));
  });
});

test('what a source took is reported without a change of its connections', async () => {
  const reports: Spending[] = [];
  const note = new SharedLimits((spending) => void reports.push(spending)).join(
    'requests',
    { most: 5, seconds: 10 },
    () => undefined,
  );
  note('192.0.2.1', 2);
  await until('the report', async () => reports.length > 0);
  assert.deepEqual(reports, [
    { spent: { requests: { '192.0.2.1': 2 } }, budgets: { requests: { most: 5, seconds: 10 } }, open: {} },
  ]);
});
