import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import type { Files } from '../input/files.ts';
import { askServer, serveCommands } from './remote.ts';

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const skipWithoutRoot = process.getuid?.() === 0 ? false : 'needs root';

describe('a command that a server executes', () => {
  let [data, here]: [string, string] = ['', ''];
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'cardea-data-'));
    here = mkdtempSync(join(tmpdir(), 'cardea-here-'));
  });
  afterEach(() => {
    for (const folder of [data, here]) rmSync(folder, { recursive: true, force: true });
  });

  /** What the server learned of the files of the client, or why not. */
  async function resultOf<T>(words: readonly string[], work: (files: Files) => Promise<T>): Promise<T | string> {
    let result: T | string = 'the command did not run';
    const server = await serveCommands(data, async (_words, _output, files) => {
      result = await work(files).catch((problem: Error) =>
        problem instanceof CardeaError
          ? String((problem.because.evidence as { problem: string }).problem)
          : problem.message,
      );
      return 0;
    });
    try {
      const output = { cwd: here, say: () => undefined, complain: () => undefined };
      assert.equal(await askServer(data, words, output), 0);
      return result;
    } finally {
      await server.close();
    }
  }
  const reading = (words: readonly string[], file: string, most?: number) =>
    resultOf(words, async (files) => Buffer.from(await files.read(file, most)).toString('latin1'));
  const writing = (words: readonly string[], file: string, content: Uint8Array) =>
    resultOf(words, (files) => files.write(file, async (place) => writeFileSync(place, content)));

  for (const [name, words] of [
    ['an argument', ['x', 'add', 'file']],
    ['the value of an option', ['x', 'add', '--card', 'file']],
    ['an option with its value', ['x', 'add', '--card=file']],
  ] as const)
    test(`reads the file that is ${name}, relative to the folder of the client`, async () => {
      writeFileSync(join(here, 'file'), 'content');
      assert.equal(await reading(words, 'file'), 'content');
    });

  for (const size of [0, 1, 192 * 1024, 192 * 1024 + 1, 3_000_000])
    test(`reads and writes ${size} octets`, async () => {
      const bytes = randomBytes(size);
      writeFileSync(join(here, 'file'), bytes);
      const read = await resultOf(['x', 'file'], (files) => files.read('file'));
      assert.equal(sha256Of(read as Uint8Array), sha256Of(bytes));
      const written = await writing(['x', 'copy'], 'copy', bytes);
      assert.deepEqual(written, { path: join(here, 'copy'), bytes: size, sha256: sha256Of(bytes) });
      assert.equal(sha256Of(readFileSync(join(here, 'copy'))), sha256Of(bytes));
      assert.equal(statSync(join(here, 'copy')).mode & 0o777, 0o600);
      assert.deepEqual([readdirSync(here).sort(), readdirSync(data)], [['copy', 'file'], []]);
    });

  test('reads the files of a folder that the command line names', async () => {
    mkdirSync(join(here, 'export', 'below'), { recursive: true });
    for (const name of ['b.json', 'a.JSON', 'c.txt', 'below/d.json']) writeFileSync(join(here, 'export', name), name);
    const read = await resultOf(['import', 'export'], async (files) => {
      const names = await files.list('export', '.json');
      return Promise.all(names!.map(async (name) => Buffer.from(await files.read(`export/${name}`)).toString()));
    });
    assert.deepEqual(read, ['a.JSON', 'b.json', 'below/d.json']);
    assert.equal(
      await resultOf(['import', 'export/b.json'], (files) => files.list('export/b.json', '.json')),
      undefined,
    );
  });

  test('is refused a file over its limit, a folder, a missing file and a device, as in the process of a command', async () => {
    writeFileSync(join(here, 'file'), 'abc');
    assert.match(await reading(['x', 'file'], 'file', 2), /it has 3 bytes, and at most 2 are read/);
    assert.match(await reading(['x', '.'], '.'), /it is a folder/);
    assert.match(await reading(['x', 'none'], 'none'), /no such file/);
    assert.match(await reading(['x', '/dev/null'], '/dev/null'), /a pipe or a device/);
  });

  test('learns and changes nothing that its command line does not name', async () => {
    writeFileSync(join(here, 'secret'), 'secret');
    symlinkSync(join(here, 'secret'), join(data, 'link'));
    const notNamed = 'the command line does not name it';
    const words = ['x', 'file', '--data', data, `--data=${data}`];
    for (const file of ['secret', join(here, 'secret'), join(data, 'link'), data, '..', 'file/../secret', 'file/x'])
      assert.equal(await reading(words, file), notNamed, file);
    for (const folder of ['.', data]) assert.equal(await resultOf(words, (files) => files.list(folder, '')), notNamed);
    const outcome = await writing(words, 'other', Buffer.from('x'));
    assert.deepEqual(outcome, { path: 'other', problem: notNamed, exists: false });
    assert.deepEqual(readdirSync(here), ['secret']);
  });

  test('leaves a file alone to which a link leads that replaced the new file', async () => {
    writeFileSync(join(here, 'victim'), 'old');
    const outcome = await resultOf(['x', 'copy'], (files) =>
      files.write('copy', async (place) => {
        const partial = join(here, readdirSync(here).find((name) => name.endsWith('.partial'))!);
        rmSync(partial);
        symlinkSync(join(here, 'victim'), partial);
        writeFileSync(place, 'new');
      }),
    );
    assert.match((outcome as { problem: string }).problem, /another process replaced it/);
    assert.equal(readFileSync(join(here, 'victim'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(here), ['victim']);
  });

  test('of another user has root open no file in a folder that this user can change', {
    skip: skipWithoutRoot,
  }, async () => {
    writeFileSync(join(here, 'secret'), 'secret');
    for (const folder of ['mine', 'cardea', 'shared']) mkdirSync(join(data, folder), { mode: 0o755 });
    const [folderOfRoot, folderOfOther] = [mkdtempSync(join(tmpdir(), 'cardea-mine-')), join(data, 'cardea')];
    try {
      symlinkSync(join(here, 'secret'), join(folderOfRoot, 'link'));
      symlinkSync(folderOfOther, join(folderOfRoot, 'theirs'));
      symlinkSync(join(here, 'secret'), join(folderOfOther, 'link'));
      chownSync(folderOfOther, 4202, 4202);
      chownSync(data, 4202, 4202);
      assert.equal(
        await reading(['x', join(folderOfRoot, 'link')], join(folderOfRoot, 'link')),
        'secret',
        'a link of root',
      );
      for (const file of [join(folderOfOther, 'link'), join(folderOfRoot, 'theirs', 'link'), join(data, 'mine', 'x')]) {
        assert.match(await reading(['x', file], file), /the user of the server can replace files in/, file);
        const refusal = (await writing(['x', `${file}.new`], `${file}.new`, Buffer.from('x'))) as { problem: string };
        assert.match(refusal.problem, /the user of the server can replace files in/, file);
      }
      const listing = await resultOf(['x', folderOfOther], (files) => files.list(folderOfOther, ''));
      assert.match(String(listing), /the user of the server can replace files in/);
      assert.deepEqual(
        (
          (await writing(['x', join(folderOfRoot, 'new')], join(folderOfRoot, 'new'), Buffer.from('x'))) as {
            bytes: number;
          }
        ).bytes,
        1,
      );
    } finally {
      rmSync(folderOfRoot, { recursive: true, force: true });
    }
  });

  test('writes over no file, and says where it cannot write', async () => {
    writeFileSync(join(here, 'file'), 'old');
    const onto = (await writing(['x', 'file'], 'file', Buffer.from('new'))) as { exists: boolean };
    assert.equal(onto.exists, true);
    assert.equal(readFileSync(join(here, 'file'), 'utf8'), 'old');
    const nowhere = (await writing(['x', 'no/file'], 'no/file', Buffer.from('new'))) as { problem: string };
    assert.match(nowhere.problem, /ENOENT.*no\/file'$/);
  });

  test('leaves nothing where its work fails', async () => {
    const failing = resultOf(['x', 'file'], (files) =>
      files.write('file', () => Promise.reject(new Error('no space'))),
    );
    assert.equal(await failing, 'no space');
    assert.deepEqual([readdirSync(here), readdirSync(data)], [[], []]);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    test(`leaves nothing where ${signal} ends the process of the command`, async () => {
      const beginning = Promise.withResolvers<void>();
      const ending = Promise.withResolvers<void>();
      const server = await serveCommands(data, async (_words, _output, files) => {
        await files.write('copy', () => {
          beginning.resolve();
          return ending.promise;
        });
        return 0;
      });
      const output = `{ cwd: ${JSON.stringify(here)}, say() {}, complain() {} }`;
      const program = `import { askServer } from ${JSON.stringify(new URL('remote.ts', import.meta.url))};
        await askServer(${JSON.stringify(data)}, ['x', 'copy'], ${output});`;
      const client = spawn(process.execPath, ['--input-type=module', '-e', program], {
        cwd: join(import.meta.dirname, '../../..'),
        stdio: 'inherit',
      });
      await beginning.promise;
      assert.match(readdirSync(here).join(), /^copy\..*\.partial$/);
      client.kill(signal);
      assert.deepEqual(await once(client, 'exit'), [null, signal]);
      assert.deepEqual(readdirSync(here), []);
      ending.resolve();
      await server.close();
    });

  /** A server that sends these lines, one after each line of the client. */
  async function askSending(lines: readonly string[]): Promise<number | undefined> {
    const server = createServer((socket: Socket) => {
      let lineCount = 0;
      socket.on('error', () => undefined).on('data', () => socket.write(`${lines[lineCount++] ?? '{"exit":0}'}\n`));
    });
    server.listen(join(data, 'cardea.sock'));
    await once(server, 'listening');
    try {
      return await askServer(data, ['x', 'copy', '.'], { cwd: here, say: () => undefined, complain: () => undefined });
    } finally {
      server.close();
    }
  }

  test('fails where the server answers in another form, and leaves nothing', async () => {
    const lines = ['{"fileRequest":{"create":"copy"}}', '{"other":1}'];
    await assert.rejects(askSending(lines), /the server answers in another form/);
    assert.deepEqual(readdirSync(here), []);
  });

  test('is refused a list of names that has more bytes than a line may have', async () => {
    for (let index = 0; index < 2_200; index += 1) writeFileSync(join(here, `${'名'.repeat(80)}${index}`), '');
    assert.equal(await resultOf(['x', '.'], (files) => files.list('.', '')), 'it has too many files');
  });

  test('leaves nothing of a server that ended while it wrote, once another one starts', async () => {
    writeFileSync(join(data, 'cardea-outgoing-0a'), 'part');
    writeFileSync(join(data, 'other'), '');
    await (await serveCommands(data, async () => 0)).close();
    assert.deepEqual(readdirSync(data), ['other']);
  });

  for (const [name, answer] of [
    ['goes away', undefined],
    ['answers something else', '{"fileAnswer":{"size":-1}}\n'],
    ['sends more than a line may have', `{"fileAnswer":{"part":"${'x'.repeat(2 ** 20)}`],
  ] as const)
    test(`fails when its client ${name}, and does not wait for ever`, async () => {
      const { promise: failure, resolve } = Promise.withResolvers<Error>();
      const server = await serveCommands(data, async (_words, _output, files) => {
        await files.read('file').catch(resolve);
        return 1;
      });
      const socket = connect(join(data, 'cardea.sock'));
      socket.on('error', () => undefined);
      socket.write(`${JSON.stringify({ words: ['x', 'file'], cwd: here })}\n`);
      socket.once('data', () => (answer === undefined ? socket.destroy() : socket.write(answer)));
      assert.match((await failure).message, /the command has ended|in another form/);
      socket.destroy();
      await server.close();
      assert.ok(!existsSync(join(here, 'file')));
    });
});
