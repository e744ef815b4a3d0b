import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { documentOf, type EventDocument, type LogEvent } from '../event.ts';
import { fileTarget, takeBack } from './file.ts';

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

for (const [change, work] of [
  ['renamed the file', (file: string) => renameSync(file, `${file}-20270301`)],
  ['removed the file', (file: string) => rmSync(file)],
  ['removed the file with its folder', (file: string) => rmSync(dirname(file), { recursive: true })],
  [
    'renamed the file and made an empty one',
    (file: string) => {
      renameSync(file, `${file}-20270301`);
      appendFileSync(file, '');
    },
  ],
] as const)
  test(`after another program has ${change}, the next event is in the new file`, async () => {
    const file = join(mkdtempSync(join(folder, 'rotated-')), 'logs', 'events');
    const target = fileTarget({ file, mostBytes: 1e6, files: 3 });
    await target.deliver([eventOf('1')], signal);
    work(file);
    await target.deliver([eventOf('2')], signal);
    await target.deliver([eventOf('3')], signal);
    await target.close!();
    assert.deepEqual(ordersIn(file), ['2', '3']);
  });

test('a file that another program has emptied is full at its own size', async () => {
  const file = join(mkdtempSync(join(folder, 'emptied-')), 'events');
  const lineBytes = Buffer.byteLength(JSON.stringify(documentOf(eventOf('1')))) + 1;
  const target = fileTarget({ file, mostBytes: 2 * lineBytes, files: 3 });
  for (const order of ['1', '2', '3', '4']) {
    await target.deliver([eventOf(order)], signal);
    if (order === '2') truncateSync(file);
  }
  await target.close!();
  assert.deepEqual([ordersIn(file), readdirSync(dirname(file))], [['3', '4'], ['events']]);
});

for (const { name, content, text } of [
  { name: 'ends with half a line loses it', content: 'whole\nhalf', text: 'whole\n' },
  { name: 'another program has emptied gets no NUL bytes', content: 'ha', text: 'ha' },
])
  test(`after a write that failed, a file that ${name}`, async () => {
    const file = join(mkdtempSync(join(folder, 'failed-')), 'events');
    const handle = await open(file, 'a+');
    await handle.writeFile(content);
    await takeBack(handle, 'whole\n'.length);
    await handle.close();
    assert.equal(readFileSync(file, 'utf8'), text);
  });

test('a file that cannot be written rejects, so that the events come again', async () => {
  const target = fileTarget({ file: '/dev/full', mostBytes: 1e6, files: 3 });
  await assert.rejects(target.deliver([eventOf('1')], signal), /ENOSPC|EINVAL/);
});
