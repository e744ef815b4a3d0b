import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { until } from '../../until.ts';
import { RunningServer } from '../server.ts';

const skip = process.platform === 'linux' ? false : 'the processes are found in /proc';

/** Whose sync the disk refuses, and what has that process write. */
const cases = [
  { name: 'one process', workers: 1, failing: 'primary', write: disable },
  { name: 'two workers, by the sync of the parent', workers: 2, failing: 'primary', write: disable },
  { name: 'two workers, by the sync of one of them', workers: 2, failing: 'worker', write: signIn },
] as const;

for (const { name, workers, failing, write } of cases)
  describe(`a server of ${name} whose disk refuses the log of the database`, { skip }, () => {
    let server: RunningServer;
    let order = '';
    before(async () => {
      const preload = pathToFileURL(join(import.meta.dirname, 'failing-disk.ts')).href;
      const folder = tmpdir();
      order = join(folder, `failing-disk-${crypto.randomUUID()}`);
      server = await RunningServer.start({
        CARDEA_WORKERS: `${workers}`,
        NODE_OPTIONS: `--import ${preload}`,
        FAILING_DISK: order,
      });
    });
    after(async () => {
      rmSync(order, { force: true });
      await server?.remove();
    });

    test('ends with all its processes and exit code 18, says why, and continues with what is on the disk', async () => {
      const pids = [server.pid, ...childrenOf(server.pid)];
      assert.ok(pids.length >= workers);
      await signIn(server);
      writeFileSync(order, failing);
      const isConfirmed = await write(server).then(
        (confirmed) => confirmed,
        () => false,
      );
      assert.equal(isConfirmed, false);
      const ends: unknown[] = [];
      void server.ended.then((end) => ends.push(end));
      await until('the end of the server', () => ends.length > 0);
      assert.deepEqual(ends, [18], server.output);
      await until('the end of every process', () => !pids.some((pid) => existsSync(`/proc/${pid}`)));
      assert.match(
        server.output,
        /^\{"level":60,.*"fault":"The disk did not take [^"]*: EIO\.","reason":"databaseSyncFailed"/m,
      );
      rmSync(order);
      await server.run();
      assert.equal(await signIn(server), true, server.output);
    });
  });

async function signIn(server: RunningServer): Promise<boolean> {
  return (await server.signIn('ana@woodgrove.test', server.card('ana'))).kind === 'signedIn';
}

async function disable(server: RunningServer): Promise<boolean> {
  return (await server.cardea('user', 'set', 'cleo@woodgrove.test', '--disable')).code === 0;
}

const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
