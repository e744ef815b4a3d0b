import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Pkcs11Error } from './connection.ts';
import { pinAttemptsIn } from './pin-attempts.ts';

const key = new Uint8Array(32).fill(7);
const wrongPin = new Pkcs11Error('C_Login', 0xa0);

describe('a PIN of a token that several processes use', () => {
  let file: string;
  let logins: string[];
  const attempts = () => pinAttemptsIn(file, key);
  /** A login that the token answers after a moment. */
  const login = (pin: string, problem?: Error) => async () => {
    logins.push(pin);
    await new Promise(setImmediate);
    if (problem) throw problem;
  };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cardea-pin-'));
    file = join(folder, 'pin');
    logins = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const number of [0xa0, 0xa1, 0xa2, 0xa4])
    test(`is tried once by eight of them at once where the token answers 0x${number.toString(16)}`, async () => {
      const refusal = new Pkcs11Error('C_Login', number);
      const ends = await Promise.allSettled(
        Array.from({ length: 8 }, () => attempts().run('1234', login('1234', refusal))),
      );
      assert.deepEqual(logins, ['1234']);
      for (const end of ends) {
        assert.equal(end.status, 'rejected');
        assert.equal((end.reason as Pkcs11Error).number, number);
      }
    });

  test('is used by each of them, one after the other, where it is right', async () => {
    let open = 0;
    const exclusive = async () => {
      assert.equal(++open, 1);
      await new Promise(setImmediate);
      open--;
      logins.push('1234');
    };
    await Promise.all(Array.from({ length: 4 }, () => attempts().run('1234', exclusive)));
    assert.equal(logins.length, 4);
  });

  test('is tried where there is no data folder yet, which is not made', async () => {
    file = join(folder, 'data', 'pin');
    await attempts().run('1234', login('1234'));
    await assert.rejects(attempts().run('5678', login('5678', wrongPin)), wrongPin);
    assert.deepEqual(logins, ['1234', '5678']);
    assert.ok(!existsSync(join(folder, 'data')));
  });

  test('is tried where another one was refused, and again when the file was removed, not after a start of the server', async () => {
    await assert.rejects(attempts().run('1234', login('1234', wrongPin)), wrongPin);
    await attempts().run('5678', login('5678'));
    await assert.rejects(attempts().run('1234', login('1234')), wrongPin);
    attempts().unlock();
    await assert.rejects(attempts().run('1234', login('1234')), wrongPin);
    rmSync(file);
    await attempts().run('1234', login('1234'));
    assert.deepEqual(logins, ['1234', '5678', '1234']);
  });

  test('is tried again after an error other than a refusal of the PIN', async () => {
    const away = new Pkcs11Error('C_Login', 0xe0);
    await assert.rejects(attempts().run('1234', login('1234', away)), away);
    await attempts().run('1234', login('1234'));
    assert.deepEqual(logins, ['1234', '1234']);
  });

  test('is not held up by a process that ended during its login', async () => {
    writeFileSync(`${file}.lock`, '');
    utimesSync(`${file}.lock`, 0, 0);
    await attempts().run('1234', login('1234'));
    assert.deepEqual(logins, ['1234']);
  });

  test('is in no file, whether right or wrong', async () => {
    await assert.rejects(attempts().run('1234', login('1234', wrongPin)));
    assert.ok(!readFileSync(file, 'utf8').includes('1234'));
  });
});
