import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { type Installation, nameOf, type Output } from './command.ts';
import { type Files, localFiles } from './input/files.ts';
import { askServer, serveCommands } from './remote/remote.ts';
import { runCommand, runCommandOn } from './run.ts';
import { dataFolderIn, isServed } from './served.ts';
import { housekeeping } from './shell/housekeeping.ts';

describe('a command line that was not read yet', () => {
  for (const command of housekeeping) {
    const name = nameOf(command);
    test(`${name.join(' ')} runs ${command.local ? 'here' : 'in the server that holds the data folder'}`, () => {
      assert.equal(isServed([...name, '--json']), !command.local);
    });
  }
  for (const words of [[], ['--help'], ['help', 'ca'], ['serve'], ['demo'], ['keys', 'reset'], ['caa'], ['device']]) {
    test(`"${words.join(' ')}" is read here`, () => assert.equal(isServed(words), false));
  }

  const folders: readonly (readonly [readonly string[], string | undefined])[] = [
    [['ca', 'list'], undefined],
    [['ca', 'list', '--data', 'here'], 'here'],
    [['ca', 'list', '--data=here'], 'here'],
    [['ca', 'list', '--data=', '--json'], ''],
    [['ca', 'list', '--data', 'one', '--data=two'], 'two'],
    [['user', 'add', '--', '--data', 'a user'], undefined],
    [['user', 'add', '--name=--data', 'x'], undefined],
  ];
  for (const [words, folder] of folders)
    test(`the data folder in "${words.join(' ')}" is ${folder}`, () => assert.equal(dataFolderIn(words), folder));
});

describe('a server that runs commands answers misuse as the command line itself does', () => {
  const installation = {} as unknown as Installation;
  async function textsOf(run: (output: Output) => Promise<number | undefined>) {
    const texts = { out: '', err: '' };
    const say = (text: string) => {
      texts.out += text;
    };
    const complain = (text: string) => {
      texts.err += text;
    };
    return { exit: await run({ cwd: '/', say, complain }), ...texts };
  }
  const host = {
    commands: [],
    open: () => Promise.reject(new Error('nothing is opened')),
    askServer: async () => undefined,
    dataFolderOf: () => '/none',
  };
  for (const words of [
    ['ca', 'lst'],
    ['ca'],
    ['ca', '--help'],
    ['ca', 'add', '--help'],
    ['ca', 'list', '-x'],
    ['ca', 'add', '--json'],
  ]) {
    test(words.join(' '), async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'cardea-served-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const server = await serveCommands(folder, (more, output, files) =>
        runCommandOn(installation, more, { output, files }),
      );
      t.after(() => server.close());
      const fromServer = await textsOf((output) => askServer(folder, words, output));
      assert.deepEqual(fromServer, await textsOf((output) => runCommand(words, output, host)));
    });
  }

  describe('where the data folder takes no socket', () => {
    const words = ['ca', 'lst'];
    let [folder, temporary, before] = ['', '', process.env.TMPDIR];
    beforeEach(() => {
      before = process.env.TMPDIR;
      folder = mkdtempSync(join(tmpdir(), 'cardea-served-'));
      temporary = mkdtempSync(join(tmpdir(), 'cardea-temporary-'));
      process.env.TMPDIR = temporary;
      mkdirSync(join(folder, 'cardea.sock', 'in use'), { recursive: true });
    });
    afterEach(() => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      for (const name of [folder, temporary]) rmSync(name, { recursive: true });
    });
    const serve = () =>
      serveCommands(folder, (more, output, files) => runCommandOn(installation, more, { output, files }));

    test('the server has it in the temporary folder, and a command finds it there', async (t) => {
      const server = await serve();
      t.after(() => server.close());
      assert.equal(readdirSync(temporary).length, 1);
      const fromServer = await textsOf((output) => askServer(folder, words, output));
      assert.deepEqual(fromServer, await textsOf((output) => runCommand(words, output, host)));
    });

    test('a folder that other accounts can use gets no socket, and no command is sent there', async () => {
      mkdirSync(join(temporary, `cardea-${process.getuid!()}`));
      await assert.rejects(serve(), (problem: CardeaError) => problem.because.code === 'commandSocketExposed');
      assert.equal((await textsOf((output) => askServer(folder, words, output))).exit, undefined);
    });
  });

  test('where the socket cannot have its mode, it is in the temporary folder alone', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-served-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const refusedHere: typeof chmodSync = (path, mode) => {
      if (String(path).startsWith(folder)) throw Object.assign(new Error('EPERM: chmod'), { code: 'EPERM' });
      chmodSync(path, mode);
    };
    const run = (words: readonly string[], output: Output, files: Files) =>
      runCommandOn(installation, words, { output, files });
    const server = await serveCommands(folder, run, refusedHere);
    t.after(() => server.close());
    assert.deepEqual(readdirSync(folder), []);
    const { exit, err } = await textsOf((output) => askServer(folder, ['ca', 'lst'], output));
    assert.deepEqual([exit, /unknown command/i.test(err)], [2, true]);
  });

  test('a command of the client of a device is refused in a server', async () => {
    const { exit, err } = await textsOf((output) =>
      runCommandOn(installation, ['device', 'status'], { output, files: localFiles('/') }),
    );
    assert.equal(exit, 2);
    assert.match(err, /does not run inside a server/);
  });
});
