import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EventDocument, LogEvent } from '../event.ts';
import { fileTarget } from './file.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-event-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const eventOf = (order: string): LogEvent => ({
  order,
  tenantId: 't',
  kind: 'audit',
  record: {
    id: order,
    correlationId: order,
    activityDateTime: new Date('2027-03-01T12:00:00Z'),
    activity: 'Add user',
    targetId: 'x',
    actor: 'test',
    oldValue: undefined,
    newValue: { displayName: 'x'.repeat(200) },
  },
});
const ordersIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => (JSON.parse(line) as EventDocument).order);
const signal = new AbortController().signal;

test('a file that is full is put aside, and the oldest goes', async () => {
  const file = join(folder, 'rotated', 'events');
  const target = fileTarget({ file, mostBytes: 1500, files: 3 });
  for (let n = 1; n <= 8; n++) await target.deliver([eventOf(`${n}`)], signal);
  await target.close!();
  const names = readdirSync(join(folder, 'rotated')).sort();
  assert.deepEqual(names, ['events', 'events.1', 'events.2']);
  const orders = ['events.2', 'events.1', 'events'].flatMap((name) => ordersIn(join(folder, 'rotated', name)));
  assert.deepEqual(orders, orders.toSorted());
  assert.equal(orders.at(-1), '8');
  assert.ok(orders.length < 8);
});

test('the line that a process left unfinished is ended, and the next event has a line of its own', async () => {
  const file = join(folder, 'torn');
  appendFileSync(file, '{"order":"1","ti');
  const target = fileTarget({ file, mostBytes: 1e6, files: 3 });
  await target.deliver([eventOf('1'), eventOf('2')], signal);
  await target.close!();
  assert.deepEqual(ordersIn(file), ['1', '2']);
});

test('a file that ends with a whole line is continued without an empty line', async () => {
  const file = join(folder, 'whole');
  for (const order of ['1', '2']) {
    const target = fileTarget({ file, mostBytes: 1e6, files: 3 });
    await target.deliver([eventOf(order)], signal);
    await target.close!();
  }
  assert.deepEqual(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line !== ''),
    [true, true, false],
  );
});

test('a file that cannot be written rejects, so that the events come again', async () => {
  const target = fileTarget({ file: '/dev/full', mostBytes: 1e6, files: 3 });
  await assert.rejects(target.deliver([eventOf('1')], signal), /ENOSPC|EINVAL/);
});
