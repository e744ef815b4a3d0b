import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDatabase } from '#storage/database/open.ts';
import { databasesUnderTest, emptyFolder, openAt } from '../databases.ts';
import { recordRow } from './record-row.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());

/** A process that a test starts runs no tests. */
const env = { ...process.env, NODE_TEST_CONTEXT: undefined };

/** Starts a process that writes rows, single ones and pairs in transactions, until it has written so many. */
function writer(folder: string, name: string, rows: number): ChildProcess {
  return fork(join(import.meta.dirname, 'sqlite-processes-writer.ts'), [folder, name, `${rows}`], {
    stdio: 'inherit',
    env,
    execArgv: [],
  });
}

test('three processes write at once: each write is there once, and none meets a locked database', async () => {
  const folder = emptyFolder();
  const parent = await openDatabase({ kind: 'sqlite', folder, sharing: 'parent' });
  const children = ['a', 'b', 'c'].map((name) => writer(folder, name, 60));
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  assert.deepEqual(codes, [0, 0, 0]);
  const rows = await parent.selectFrom('oidc_records').select('id').execute();
  assert.equal(rows.length, 180);
  await parent.destroy();
});

test('a process that is killed in the middle of a transaction leaves nothing of it, and the others write on', async () => {
  const folder = emptyFolder();
  const parent = await openDatabase({ kind: 'sqlite', folder, sharing: 'parent' });
  const child = fork(join(import.meta.dirname, 'sqlite-processes-writer.ts'), [folder, 'half', '0'], {
    stdio: 'inherit',
    env,
    execArgv: [],
  });
  await once(child, 'message'); // it holds the file, and has written a row
  const write = parent.insertInto('oidc_records').values(recordRow('after')).execute();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await write;
  const rows = await parent.selectFrom('oidc_records').select('id').execute();
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['after'],
  );
  await parent.destroy();
});

test('while another process writes, single statements gather and a read does not wait', async () => {
  const folder = emptyFolder();
  const first = await openDatabase({ kind: 'sqlite', folder, sharing: 'parent' });
  const second = await openDatabase({ kind: 'sqlite', folder, sharing: 'worker' });
  const order: string[] = [];
  const writes: Promise<unknown>[] = [];
  await first.transaction().execute(async (step) => {
    await step.insertInto('oidc_records').values(recordRow('first')).execute();
    for (const id of ['x', 'y'])
      writes.push(
        second
          .insertInto('oidc_records')
          .values(recordRow(id))
          .execute()
          .then(() => order.push(id)),
      );
    assert.deepEqual(await second.selectFrom('oidc_records').select('id').execute(), []);
    order.push('first');
  });
  await Promise.all(writes);
  assert.deepEqual(order, ['first', 'x', 'y']);
  await second.destroy();
  await first.destroy();
});

test('a folder with a parent and its workers belongs to them: another server, alone or with workers, is refused', async () => {
  const folder = emptyFolder();
  const parent = await openAt({ kind: 'sqlite', folder, sharing: 'parent' });
  const worker = await openAt({ kind: 'sqlite', folder, sharing: 'worker' });
  for (const sharing of [undefined, 'parent'] as const)
    await assert.rejects(openAt({ kind: 'sqlite', folder, sharing }), {
      because: { code: 'dataFolderInUse', evidence: { folder } },
    });
  await worker.close();
  await parent.close();
  const alone = await openAt({ kind: 'sqlite', folder });
  await assert.rejects(openAt({ kind: 'sqlite', folder, sharing: 'parent' }), {
    because: { code: 'dataFolderInUse', evidence: { folder } },
  });
  await alone.close();
});

test('a copy is whole and is made while another process writes', async () => {
  const folder = emptyFolder();
  const parent = await openAt({ kind: 'sqlite', folder, sharing: 'parent' });
  await parent.tenants.add({ id: crypto.randomUUID(), displayName: 'Woodgrove', domains: [] });
  const child = writer(folder, 'a', 100);
  const target = emptyFolder();
  await parent.copyTo!(join(target, 'cardea.db'));
  await once(child, 'exit');
  await parent.close();
  const copy = await openAt({ kind: 'sqlite', folder: target });
  assert.equal((await copy.tenants.list()).length, 1);
  await copy.close();
});
