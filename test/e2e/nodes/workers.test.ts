import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import type { SignInEnd } from '#cli/client/sign-in-client.ts';
import { guessLimits } from '#oidc/device-code/user-code-guesses.ts';
import { copies } from '#server/workers/listener-copies.ts';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';
import { claimsOf, RunningServer, runCardea } from '../server.ts';
import { Sitting } from '../sitting.ts';

/** What a server is started with, whichever Node starts it. A computer may have no large pages, or not say so. */
const pages = '/sys/kernel/mm/transparent_hugepage/enabled';
const hasLargePages = existsSync(pages) && !readFileSync(pages, 'utf8').includes('[never]');
const serverFlags = ['--max-semi-space-size=4', ...(hasLargePages ? ['--use-largepages=silent'] : [])];
const flagsOf = (pid: number): readonly string[] => {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return words.filter((word) => /semi-space|largepages/.test(word));
};

const skip = process.platform === 'linux' ? false : 'the processes are found in /proc';

describe('a server of two workers', { skip }, () => {
  let server: RunningServer;
  let management = 0;
  before(async () => {
    management = await freePort();
    server = await RunningServer.start({
      CARDEA_WORKERS: '2',
      CARDEA_MANAGEMENT_PORT: `${management}`,
    });
  });
  after(() => server?.remove());

  const workers = (): readonly number[] =>
    readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const read = async (path: string) => (await fetch(`http://127.0.0.1:${management}${path}`)).text();
  const metric = async (pattern: RegExp) =>
    [...(await read('/metrics')).matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
  const replaced = () => metric(/^cardea_workers_replaced (\d+)$/gm);
  const ready = () => metric(/^cardea_workers (\d+)$/gm);
  const signIn = () => server.signIn('ana@woodgrove.test', server.card('ana'));
  const assertSignedIn = (end: SignInEnd) => assert.equal(end.kind, 'signedIn', JSON.stringify(end));

  test('has two processes that serve, and signs in on both: the sums of the metrics are those of all', async () => {
    assert.equal(workers().length, 2);
    await until('both workers', async () => (await ready()) === 2); // the first one that serves is enough for a start
    const count = () => metric(/^cardea_sign_ins_total\{[^}]*result="success"[^}]*\} (\d+)$/gm);
    const before = await count();
    const ends = await Promise.all(Array.from({ length: 16 }, signIn));
    for (const end of ends) assertSignedIn(end);
    assert.equal((await count()) - before, 16);
  });

  test('accepts connections on several descriptors of the socket in each of them, so that a crowd does not stay in its queue', async () => {
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    const port = server.port.toString(16).toUpperCase().padStart(4, '0');
    const row = listening.find(([, local, , state]) => local?.endsWith(`:${port}`) && state === '0A');
    const socket = `socket:[${row?.[9]}]`;
    const descriptorsOf = (pid: number) => {
      const links = readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
      return links.filter((link) => link === socket).length;
    };
    await until('the copies', () => workers().every((pid) => descriptorsOf(pid) === copies + 1));
    assert.equal(descriptorsOf(server.pid), 1, 'the parent keeps no copy');
  });

  test('runs all of them with the flags of a server, each of which is set once', () => {
    for (const pid of [server.pid, ...workers()]) assert.deepEqual(flagsOf(pid), serverFlags);
  });

  test('a change by a command is felt by the next sign-in on every worker', async () => {
    for (const [words, kind] of [
      [['user', 'set', 'cleo@woodgrove.test', '--disable'], 'refused'],
      [['user', 'set', 'cleo@woodgrove.test', '--enable'], 'signedIn'],
    ] as const) {
      const { code, err } = await server.cardea(...words);
      assert.equal(code, 0, err);
      const ends = await Promise.all(
        Array.from({ length: 8 }, () => server.signIn('cleo@woodgrove.test', server.card('cleo'))),
      );
      for (const end of ends) assert.equal(end.kind, kind, JSON.stringify(end));
    }
  });

  test('a code that is redeemed by many at once is redeemed once', async () => {
    const sitting = new Sitting(server, server.card('ana'));
    await sitting.open();
    await sitting.withCard('ana@woodgrove.test');
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => sitting.claims()));
    assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  test('sign-ins that have begun are finished after both workers were killed and replaced', async () => {
    const sittings = Array.from({ length: 4 }, () => new Sitting(server, server.card('ana')));
    for (const sitting of sittings) await sitting.open();
    for (const pid of workers()) {
      const before = await replaced();
      process.kill(pid, 'SIGKILL');
      await until('a new worker', async () => (await replaced()) > before && (await ready()) === 2);
    }
    for (const sitting of sittings) {
      await sitting.withCard('ana@woodgrove.test');
      assert.ok(sitting.isSignedIn, sitting.page?.body);
      const { id } = await sitting.claims();
      assert.equal(id.preferred_username, 'ana@woodgrove.test');
    }
  });

  test('while a worker is killed no sign-in is refused: those of the other one end, and a broken connection is tried again', async () => {
    let isOver = false;
    const count = { signedIn: 0, broken: 0 };
    const visitor = async () => {
      while (!isOver) {
        try {
          const end = await signIn();
          assertSignedIn(end);
          assert.equal(
            claimsOf(end.kind === 'signedIn' && end.tokens.id_token).preferred_username,
            'ana@woodgrove.test',
          );
          count.signedIn++;
        } catch (problem) {
          if (!/did not answer/.test(String(problem))) throw problem;
          count.broken++; // it was served by the process that was killed
        }
      }
    };
    // Before the test of the pause: while no process takes the place of the worker, they sign in as fast as they can.
    const visitors = Promise.all(Array.from({ length: 2 }, visitor));
    const [victim] = workers();
    await until('four sign-ins', () => count.signedIn >= 4);
    process.kill(victim!, 'SIGKILL');
    await until('a new worker', async () => !workers().includes(victim!) && (await ready()) === 2);
    const before = count.signedIn;
    await until('eight more sign-ins', () => count.signedIn >= before + 8);
    isOver = true;
    await visitors;
    assert.ok(count.broken <= 2 * 2, `${count.broken} broken connections`);
  });

  test('a worker that ends soon after it serves is not started again at once', async () => {
    const replacementOf = async (pid: number) => {
      const known = workers();
      const since = performance.now();
      process.kill(pid, 'SIGKILL');
      let replacement: number | undefined;
      await until('another worker', () => {
        replacement = workers().find((other) => !known.includes(other));
        return replacement !== undefined;
      });
      const milliseconds = performance.now() - since;
      await until('both workers', async () => (await ready()) === 2);
      return { pid: replacement!, milliseconds };
    };
    const { pid } = await replacementOf(workers()[0]!);
    assert.ok((await replacementOf(pid)).milliseconds >= 500, 'the least pause');
  });

  test('guesses of user codes are limited for both workers together', async () => {
    const sitting = new Sitting(server);
    let count = 0;
    for (let turn = 0; turn < 2.5 * guessLimits.perSource; turn++) {
      const page = await sitting.goTo('/woodgrove.test/oauth2/deviceauth');
      assert.equal(page.status, 200);
      if ((await sitting.fill({ user_code: 'BCDF-GHJK' })).status !== 429) count++;
    }
    // What a worker has not heard of yet: guesses within a tenth of a second. Each one by itself would take all.
    assert.ok(count >= guessLimits.perSource && count < 1.7 * guessLimits.perSource, `${count} guesses`);
  });

  test('a start of which no worker can listen is refused in words, once, and ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-e2e-'));
    try {
      const { code, err } = await runCardea(['serve', '--data', folder, '--port', `${server.port}`, '--no-demo'], {
        CARDEA_WORKERS: '2',
        CARDEA_MANAGEMENT_PORT: '0',
        CARDEA_BUILD_ADMIN_CENTER: 'false',
      });
      assert.equal(code, 1, err);
      assert.match(err, new RegExp(`port ${server.port}\\b`, 'i'));
      assert.doesNotMatch(err, /is replaced/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a start whose installation cannot be opened is refused in one sentence, and leaves no worker', async () => {
    const { code, err } = await runCardea(['serve', '--data', server.folder, '--port', '0', '--no-demo'], {
      CARDEA_WORKERS: '2',
      CARDEA_MANAGEMENT_PORT: '0',
      CARDEA_BUILD_ADMIN_CENTER: 'false',
    });
    assert.equal(code, 1, err);
    assert.match(err, /^cardea: The data folder [^\n]+ is in use [^\n]+\nStop the other process[^\n]+\n$/);
  });

  test('SIGHUP to the parent has the workers read the log level again; a value that is refused is in the log once', async () => {
    const file = join(server.folder, 'cardea.json');
    const problems = () => server.output.split('\n').filter((line) => line.includes('settings were not read again'));
    writeFileSync(file, JSON.stringify({ logLevel: 'loud' }));
    server.signal('SIGHUP');
    await until('the line of the value', () => problems().length > 0);
    writeFileSync(file, JSON.stringify({ logLevel: 'debug' }));
    server.signal('SIGHUP');
    await until('the line of a refused connection by a worker', async () => {
      const socket = connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', ca: 'none' });
      await once(socket, 'error');
      return /"level":20,.*"msg":"connection refused"/.test(server.output); // the parent listens to no client
    });
    // This worker has read the refused value first.
    assert.equal(problems().length, 1);
    assert.match(problems()[0]!, /"reason":"settingInvalid","remedy":".+","msg"/);
    rmSync(file);
  });

  test('ends with all its processes at SIGTERM, with exit code 0', async () => {
    const pids = workers();
    server.signal('SIGTERM');
    assert.equal(await server.ended, 0, server.output);
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  test('the first worker loads its code while the parent opens the installation, and waits for it', async () => {
    const held = new DatabaseSync(join(server.folder, 'cardea.db'));
    held.exec('begin immediate'); // the parent waits for this before it can open the database
    const started = server.run();
    try {
      await until('the first worker', () => workers().length === 1);
      assert.equal(server.output, '');
    } finally {
      held.exec('rollback');
      held.close();
    }
    await started;
    await until('the second worker', () => workers().length === 2);
    assertSignedIn(await signIn());
    await server.stop();
    assert.doesNotMatch(server.output, /"level":[45]0|EPIPE/);
  });

  test('a parent that is killed takes its workers along, and the next start finds folder and port free', async () => {
    await server.run();
    const pids = workers();
    const isRunning = (pid: number) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    process.kill(server.pid, 'SIGKILL');
    await until('the end of the workers', () => !pids.some(isRunning));
    await server.run();
    assertSignedIn(await signIn());
  });
});

describe('a server of one process', { skip }, () => {
  test('has the flags of a server under the process id that was started', async () => {
    const server = await RunningServer.start({}, { separateProcess: true });
    try {
      assert.deepEqual(flagsOf(server.pid), serverFlags);
    } finally {
      await server.remove();
    }
  });
});

/** Where a link of /proc leads; nothing where the descriptor has been closed meanwhile. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
