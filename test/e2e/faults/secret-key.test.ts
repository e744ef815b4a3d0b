import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCardea } from '../server.ts';

describe('an installation whose secret.key is lost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-secret-'));
  const file = join(folder, 'secret.key');
  const cardea = (...words: string[]) => runCardea([...words, '--data', folder]);
  let original = '';
  before(async () => {
    assert.equal((await cardea('demo')).code, 0);
    original = readFileSync(file, 'utf8');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is not started with a new key: secretKeyMissing says what to do, and no key is made', async () => {
    rmSync(file);
    for (const words of [['user', 'list'], ['serve']]) {
      const { code, err } = await cardea(...words);
      assert.equal(code, 1);
      assert.match(err, /The secret key .*secret\.key is missing/);
      assert.match(err, /cardea keys reset --confirm/);
      assert.equal(existsSync(file), false);
    }
  });

  test('is not started with another key: secretKeyWrong', async () => {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`);
    const { code, err } = await cardea('user', 'list');
    assert.equal(code, 1);
    assert.match(err, /does not open the keys in the database/);
    assert.match(err, /cardea keys reset --confirm/);
  });

  test('is as it was when the key is put back', async () => {
    writeFileSync(file, original);
    assert.equal((await cardea('user', 'list')).code, 0);
  });

  test('keys reset without --confirm changes nothing and says what would be lost', async () => {
    rmSync(file);
    const { code, err } = await cardea('keys', 'reset');
    assert.equal(code, 2);
    assert.match(err, /signing keys .* passwords, authenticator apps, passkeys and Temporary Access Passes/);
    assert.equal(existsSync(file), false);
    writeFileSync(file, original);
    assert.equal((await cardea('user', 'list')).code, 0);
  });

  test('keys reset --confirm makes it usable: users stay, and a new key is in use', async () => {
    const users = (await cardea('user', 'list', '--json')).out;
    rmSync(file);
    const { code, out } = await cardea('keys', 'reset', '--confirm');
    assert.equal(code, 0);
    assert.match(out, /The keys were reset/);
    assert.notEqual(readFileSync(file, 'utf8'), original);
    assert.equal((await cardea('user', 'list', '--json')).out, users);
    writeFileSync(file, original);
    assert.match((await cardea('user', 'list')).err, /does not open the keys in the database/);
  });
});
