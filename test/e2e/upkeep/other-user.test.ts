import assert from 'node:assert/strict';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { noSettings, runCardea } from '../server.ts';

/** A user of the service, which has no name on this computer. */
const service = 4201;

describe('root on the data folder of the user of the service', {
  skip: process.getuid?.() === 0 ? false : 'needs root',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-service-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const [data, empty, ofRoot] = ['data', 'empty', 'root'].map((name) => join(folder, name));
  const cardea = (...words: string[]) => runCardea(words, noSettings());
  const backup = join(folder, 'x.cardea');

  before(async () => {
    for (const place of [data!, ofRoot!])
      assert.equal((await cardea('tenant', 'add', 'a.example', '--data', place)).code, 0);
    assert.equal((await cardea('backup', backup, '--data', ofRoot!)).code, 0);
    mkdirSync(empty!, { mode: 0o700 });
    chownSync(empty!, service, service);
    for (const name of ['.', ...readdirSync(data!)]) chownSync(join(data!, name), service, service);
  });

  const commands: readonly (readonly [string, string])[] = [
    ['tenant list', data!],
    ['tenant add b.example', data!],
    ['tenant add b.example', empty!],
    ['keys rotate', data!],
    ['keys retire', data!],
    ['keys reset --confirm', data!],
    ['config check', data!],
    ['config check', empty!],
    ['migrate', data!],
    [`restore ${backup}`, empty!],
  ];
  for (const [line, place] of commands)
    test(`is refused ${line.replace(backup, 'FILE')} (${place === data ? 'installation' : 'empty folder'}), and leaves nothing there`, async () => {
      const before = readdirSync(place);
      const { code, err } = await cardea(...line.split(' '), '--data', place);
      assert.equal(code, 1);
      assert.match(err, /belongs to the user #4201, and this command runs as \w+\.\nRun the command as that user/);
      assert.deepEqual(readdirSync(place), before);
      for (const name of before) assert.equal(statSync(join(place, name)).uid, service, name);
    });

  test('may do all that to its installation', async () => {
    assert.equal((await cardea('tenant', 'list', '--data', ofRoot!)).code, 0);
  });
});
