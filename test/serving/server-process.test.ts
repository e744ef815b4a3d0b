import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, test } from 'node:test';
import { RunningServer } from '../e2e/server.ts';
import { GraphServer } from '../graph/graph-server.ts';
import { checkout, entry } from '../program.ts';

/** The rows of every table, apart from what a start writes: they are what a new demo has. */
function rowsIn(folder: string): Record<string, readonly string[]> {
  const database = new DatabaseSync(join(folder, 'cardea.db'), { readOnly: true });
  const names = database
    .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name`)
    .all() as { name: string }[];
  const rows = names.map(({ name }) => {
    const all = database.prepare(`select * from "${name}"`).all();
    return [name, all.map((row) => JSON.stringify(row)).sort()] as const;
  });
  database.close();
  return Object.fromEntries(rows);
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^cardea\.(db|sock)/.test(name))
    .toSorted();

describe('servers of one process, one after the other', {
  skip: entry === checkout ? 'npm test builds the program' : false,
}, () => {
  let graph: GraphServer | undefined;
  afterEach(() => graph?.end());

  async function start(environment?: NodeJS.ProcessEnv): Promise<GraphServer> {
    await graph?.end();
    graph = await GraphServer.start(environment);
    return graph;
  }

  test('each is a new demo: its rows, its files, and what it answers', async () => {
    const first = await start();
    const { pid, folder } = first.server;
    await first.server.stop();
    const [rows, files] = [rowsIn(folder), filesIn(folder)];
    await first.server.run();

    const token = await first.appToken('User.ReadWrite.All', 'Domain.Read.All');
    const before = (await first.call(token, 'GET', '/users')).body.value.length;
    const user = {
      userPrincipalName: 'pia@woodgrove.test',
      displayName: 'Pia',
      mailNickname: 'pia',
      accountEnabled: true,
      passwordProfile: { password: 'Correct-Horse-7' },
    };
    assert.equal((await first.call(token, 'POST', '/users', user)).status, 201);
    assert.equal((await first.call(token, 'GET', '/users')).body.value.length, before + 1);
    assert.equal((await first.server.signIn('ana@woodgrove.test', first.server.card('ana'))).kind, 'signedIn');
    assert.equal((await first.server.cardea('tenant', 'rotate-key')).code, 0);
    rmSync(join(folder, 'demo', 'cards', 'ana.p12'));
    writeFileSync(join(folder, 'further'), '');

    const second = await start();
    assert.equal(second.server.pid, pid);
    assert.notEqual(second.server.folder, folder);
    assert.ok(!existsSync(folder));
    assert.equal((await second.call(token, 'GET', '/users')).status, 401, 'the application is not there');
    const other = await second.appToken('User.ReadWrite.All');
    assert.equal((await second.call(other, 'GET', '/users')).body.value.length, before);

    const third = await start();
    assert.equal(third.server.pid, pid);
    await third.server.stop();
    assert.deepEqual(rowsIn(third.server.folder), rows);
    assert.deepEqual(filesIn(third.server.folder), files);
  });

  test('settings end with their server, and limits that are used up', async () => {
    const environment = { CARDEA_GRAPH_REQUESTS_PER_TEN_SECONDS: '5' };
    const statusesOf = async (server: GraphServer) => {
      const token = await server.appToken('User.Read.All');
      const statuses: number[] = [];
      for (let n = 0; n < 6; n++) statuses.push((await server.call(token, 'GET', '/users')).status);
      return statuses;
    };
    const limited = [200, 200, 200, 200, 200, 429];
    assert.deepEqual(await statusesOf(await start(environment)), limited);
    assert.deepEqual(await statusesOf(await start(environment)), limited);
    assert.deepEqual(await statusesOf(await start()), Array(6).fill(200));
  });

  test('a process that a test has ended is replaced, on the same ports', async () => {
    const { server } = await start();
    const { pid } = server;
    await server.stop('SIGKILL');
    assert.equal(await server.ended, 'SIGKILL');
    await server.run();
    assert.notEqual(server.pid, pid);
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
    await server.stop();
    assert.equal(await server.ended, 0);
    assert.equal((await start()).server.origin, server.origin);
  });

  test('a start that fails says why, and leaves its process to the next', async () => {
    const { pid } = (await start()).server;
    await graph?.end();
    await assert.rejects(RunningServer.start({ CARDEA_LOG_LEVEL: 'loud' }), /the server ended with 1: .*logLevel/s);
    assert.equal((await start()).server.pid, pid);
  });

  test('tests of a process have one of their own', async () => {
    const { pid } = (await start()).server;
    await graph?.end();
    for (const [environment, separateProcess] of [
      [{}, true],
      [{ NODE_NO_WARNINGS: '1' }, false],
    ] as const) {
      const server = await RunningServer.start(environment, { separateProcess });
      assert.notEqual(server.pid, pid);
      await server.stop();
      assert.throws(() => process.kill(server.pid, 0), 'the process has ended');
      await server.remove();
    }
  });
});
