import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { noSettings, runCardea } from '../e2e/server.ts';
import { checkout, entry } from '../program.ts';
import { runInReusedProcess } from './command-process.ts';

describe('commands of one process, one after the other', {
  skip: entry === checkout ? 'npm test builds the program' : false,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-command-process-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const unmade = ['--data', join(folder, 'unmade')];

  test('each has its own exit code and output, and no word of the one before', async () => {
    const { code, out, err } = await runCardea(['tenant', 'list', ...unmade], noSettings());
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /does not contain an installation/);
    const version = await runCardea(['version'], noSettings());
    assert.deepEqual([version.code, version.err], [0, '']);
    assert.match(version.out, /^cardea \d+\.\d+\.\d+\n$/);
  });

  test('a variable and a current folder end with their command', async () => {
    const dataFolderOf = async (environment: NodeJS.ProcessEnv, cwd: string) => {
      const { out } = await runCardea(['config', 'show', '--json'], { ...noSettings(), ...environment }, cwd);
      return (JSON.parse(out) as readonly { name: string; value: string }[]).find(({ name }) => name === 'dataFolder');
    };
    const [first, second] = ['first', 'second'].map((name) => join(folder, name)) as [string, string];
    for (const path of [first, second]) mkdirSync(path);
    const ofVariable = await dataFolderOf({ CARDEA_DATA: join(folder, 'of-variable') }, first);
    assert.equal(ofVariable?.value, join(folder, 'of-variable'));
    assert.equal((await dataFolderOf({}, second))?.value, join(second, 'data'));
    rmSync(second, { recursive: true });
    assert.equal((await dataFolderOf({}, first))?.value, join(first, 'data'));
  });

  test('an installation is closed by the command that opened it', async () => {
    const data = ['--data', join(folder, 'closed')];
    assert.equal((await runCardea(['tenant', 'add', 'closed.example', ...data], noSettings())).code, 0);
    rmSync(join(folder, 'closed'), { recursive: true });
    const { code, err } = await runCardea(['tenant', 'list', ...data], noSettings());
    assert.equal(code, 1);
    assert.match(err, /does not contain an installation/);
  });

  test('a command with a variable that Node reads has a process of its own, which ends with the command', async () => {
    assert.equal((await runCardea(['version'], { NODE_OPTIONS: '--no-such-option' })).code, 9);
    const data = ['--data', join(folder, 'own')];
    for (const words of [
      ['tenant', 'add', 'own.example'],
      ['tenant', 'list'],
      ['keys', 'status'],
      ['migrate'],
      ['doctor'],
    ])
      assert.equal((await runCardea([...words, ...data], { ...noSettings(), NODE_NO_WARNINGS: '1' })).code, 0);
  });

  test('commands side by side do not mix their output', async () => {
    const names = ['a', 'b', 'c'];
    const answers = await Promise.all(
      names.map((name) => runCardea(['tenant', 'list', '--data', join(folder, `side-${name}`)], noSettings())),
    );
    for (const [index, name] of names.entries()) {
      assert.equal(answers[index]!.code, 1);
      assert.match(answers[index]!.err, new RegExp(`^[^\\n]*side-${name} does not contain`));
    }
  });

  test('a process that ends answers with its exit code and output, and is replaced', async () => {
    const program = join(folder, 'bin', 'cardea.mjs');
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist', 'main.js'), 'process.stdout.write("half"); process.exit(7);\n');
    const line = { words: [], environment: process.env, cwd: folder };
    for (let run = 0; run < 2; run++)
      assert.deepEqual(await runInReusedProcess(program, line), { code: 7, out: 'half', err: '' });
    assert.equal((await runCardea(['version'], noSettings())).code, 0);
  });
});
