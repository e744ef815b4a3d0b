import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openSealing, rotateSecret } from './sealing.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-sealing-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'secret.key');
const sealing = openSealing(folder, undefined);
const envelope = sealing.seal('the text', 'a label');

test('the secret is made once, for its owner alone, and nothing is left beside it', () => {
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['secret.key']);
  assert.equal(openSealing(folder, undefined).open(envelope, 'a label'), 'the text');
});

test('the secret of the file, given in the environment, opens what was sealed with the file', () => {
  assert.equal(openSealing('/nowhere', readFileSync(file, 'utf8').trim()).open(envelope, 'a label'), 'the text');
});

test('the same text is sealed differently each time', () => {
  assert.notEqual(sealing.seal('the text', 'a label'), envelope);
});

describe('what does not open', () => {
  const second = Buffer.alloc(32, 7).toString('base64url');
  const flip = Buffer.from(envelope, 'base64url');
  flip[14]! ^= 1;
  const cases: [string, () => string, string][] = [
    ['another label', () => sealing.open(envelope, 'another label'), file],
    ['a changed byte', () => sealing.open(flip.toString('base64url'), 'a label'), file],
    ['nothing', () => sealing.open('', 'a label'), file],
    ['a tag cut short', () => sealing.open(envelope.slice(0, -4), 'a label'), file],
    ['another secret', () => openSealing(folder, second).open(envelope, 'a label'), 'CARDEA_SECRET_KEY'],
  ];
  for (const [name, opening, source] of cases) {
    test(name, () => assert.throws(opening, { because: { code: 'secretKeyWrong', evidence: { source } } }));
  }
});

test('a secret that is not 32 bytes is refused, whether it is given or found', () => {
  const evidence = (source: string) => ({ because: { code: 'secretKeyMalformed', evidence: { source } } });
  for (const input of ['', 'short', Buffer.alloc(33).toString('base64url')]) {
    assert.throws(() => openSealing(folder, input), evidence('CARDEA_SECRET_KEY'));
  }
  const damage = mkdtempSync(join(folder, 'damaged-'));
  writeFileSync(join(damage, 'secret.key'), '');
  assert.throws(() => openSealing(damage, undefined), evidence(join(damage, 'secret.key')));
  assert.equal(readFileSync(join(damage, 'secret.key'), 'utf8'), '', 'what is there is never written over');
});

describe('a secret is rotated', () => {
  const rotatedFolder = mkdtempSync(join(tmpdir(), 'cardea-rotated-'));
  const before = openSealing(rotatedFolder, undefined);
  const sealed = before.seal('the text', 'a label');
  const [oldest] = before.deriveAll('cookies');
  rotateSecret(rotatedFolder);
  rotateSecret(rotatedFolder);
  const rotatedFile = join(rotatedFolder, 'secret.key');
  const rotatedSealing = openSealing(rotatedFolder, undefined);
  after(() => rmSync(rotatedFolder, { recursive: true }));

  test('the newest seals and signs; what the older ones sealed opens, and what they signed counts', () => {
    assert.equal(rotatedSealing.open(sealed, 'a label'), 'the text');
    assert.throws(() => before.open(rotatedSealing.seal('the text', 'a label'), 'a label'));
    const keys = rotatedSealing.deriveAll('cookies');
    assert.equal(keys.length, 3);
    assert.deepEqual(keys[0], rotatedSealing.derive('cookies'));
    assert.deepEqual(keys[2], oldest);
    assert.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, 3);
  });
  test('the file stays its owner’s, and nothing is left beside it', () => {
    assert.equal(statSync(rotatedFile).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(rotatedFolder), ['secret.key']);
  });
  test('the same secrets, with commas between them, are given in the environment', () => {
    const input = readFileSync(rotatedFile, 'utf8').trim().split('\n').join(',');
    assert.equal(openSealing('/nowhere', input).open(sealed, 'a label'), 'the text');
  });
  test('no secret is made where none was', () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    const evidence = { file: join(empty, 'secret.key') };
    assert.throws(() => rotateSecret(empty), { because: { code: 'secretKeyMissing', evidence } });
    assert.deepEqual(readdirSync(empty), []);
  });
});
