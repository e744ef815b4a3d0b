import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { localFiles } from './files.ts';

/** Writes a database to a new file, and is then in the middle of a transaction, with a journal beside the file. */
const writer = (folder: string) => `
  import { DatabaseSync } from 'node:sqlite';
  import { localFiles } from ${JSON.stringify(join(import.meta.dirname, 'files.ts'))};
  await localFiles(${JSON.stringify(folder)}).write('copy', async (place) => {
    const database = new DatabaseSync(place);
    database.exec('create table a (b); begin; insert into a values (1); pragma cache_spill = 1; insert into a values (zeroblob(9000000))');
    console.log('writing');
    await new Promise((resolve) => setInterval(() => {}, 1000));
  });`;

describe('a file whose writer was ended', () => {
  let folder: string;
  const writers: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cardea-new-file-'));
  });
  afterEach(async () => {
    for (const child of writers.splice(0)) await ended(child, 'SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const startWriter = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', writer(folder)]);
    writers.push(child);
    await once(child.stdout!, 'data');
    return child;
  };
  const ended = async (child: ChildProcess, signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  const writeAgain = () => localFiles(folder).write('copy', async (place) => writeFileSync(place, 'whole'));
  const partialFiles = /^copy\.\d+-[0-9a-f]{12}\.partial copy\.\d+-[0-9a-f]{12}\.partial-journal$/;

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    test(`by ${signal} leaves nothing, no journal of SQLite either`, async () => {
      const child = await startWriter();
      assert.match(readdirSync(folder).sort().join(' '), partialFiles);
      await ended(child, signal);
      assert.deepEqual(readdirSync(folder), []);
    });

  test('by SIGKILL leaves what the next one of the same file removes, and what is another file stays', async () => {
    await ended(await startWriter(), 'SIGKILL');
    const neighbors = ['copy.1.partial', 'copy.old', 'copy2.1-0123456789ab.partial'];
    for (const name of neighbors) writeFileSync(join(folder, name), '');
    const outcome = await writeAgain();
    assert.ok('sha256' in outcome);
    assert.deepEqual(readdirSync(folder).sort(), ['copy', ...neighbors].sort());
  });

  test('by nothing yet keeps its parts while another process writes the same file', async () => {
    const child = await startWriter();
    await writeAgain();
    assert.match(readdirSync(folder).sort().slice(1).join(' '), partialFiles);
    await ended(child, 'SIGTERM');
    assert.deepEqual(readdirSync(folder), ['copy']);
  });

  test('leaves what a process of the same number removes, as in a container', async () => {
    writeFileSync(join(folder, `copy.${process.pid}-0123456789ab.partial`), '');
    await writeAgain();
    assert.deepEqual(readdirSync(folder), ['copy']);
  });
});
