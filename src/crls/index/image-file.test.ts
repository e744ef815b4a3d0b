import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Image, loadImage, saveImage } from './image-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-image-'));
const file = join(folder, 'a.crl');
after(() => rmSync(folder, { recursive: true }));

const image: Image = {
  der: new Uint8Array(randomBytes(5000)),
  index: {
    count: 3,
    seed: new Uint8Array(randomBytes(16)),
    slots: Uint32Array.of(0, 4_000_000_000, 7, 0, 0, 9),
    issuers: Uint32Array.of(1, 2),
  },
};

test('what was saved is loaded, for its owner only, and nothing else is left behind', () => {
  saveImage({ file, image });
  assert.deepEqual(loadImage({ file }), image);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['a.crl']);
});

test('a list without entries has an empty index', () => {
  const empty = { ...image, index: { ...image.index, count: 0, slots: new Uint32Array(), issuers: new Uint32Array() } };
  saveImage({ file, image: empty });
  assert.deepEqual(loadImage({ file }), empty);
});

test('no file is no image', () => {
  assert.equal(loadImage({ file: join(folder, 'none') }), undefined);
});

const damages = [
  { name: 'cut off', damage: (whole: Buffer) => whole.subarray(0, -1) },
  { name: 'cut off in its head', damage: (whole: Buffer) => whole.subarray(0, 60) },
  { name: 'empty', damage: () => Buffer.alloc(0) },
  { name: 'longer than it says', damage: (whole: Buffer) => Buffer.concat([whole, Buffer.alloc(1)]) },
  {
    name: 'of a former version',
    damage: (whole: Buffer) => Buffer.from(whole.toString('latin1').replace('CRL-2', 'CRL-1'), 'latin1'),
  },
  { name: 'changed in its digest', damage: (whole: Buffer) => flip(whole, 20) },
  { name: 'changed in the length of the list', damage: (whole: Buffer) => flip(whole, 54) },
  { name: 'changed in its seed', damage: (whole: Buffer) => flip(whole, 85) },
  { name: 'changed in its last octet', damage: (whole: Buffer) => flip(whole, whole.length - 1) },
];
function flip(whole: Buffer, at: number): Buffer {
  const change = Buffer.from(whole);
  change[at]! ^= 0x40;
  return change;
}
for (const { name, damage } of damages)
  test(`a file that is ${name} is no image`, () => {
    saveImage({ file, image });
    writeFileSync(file, damage(readFileSync(file)));
    assert.equal(loadImage({ file }), undefined);
  });

test('what a process that ended in the middle left behind goes with the next writing, and what another writes stays', () => {
  const [dead, alive, foreign] = ['a.crl.dead', 'a.crl.alive', 'b.crl.dead'].map((name) => join(folder, name));
  for (const draft of [dead!, alive!, foreign!]) writeFileSync(draft, 'half of it');
  const hoursAgo = statSync(dead!).mtimeMs / 1000 - 2 * 3600;
  for (const old of [dead!, foreign!]) utimesSync(old, hoursAgo, hoursAgo);
  saveImage({ file, image });
  assert.deepEqual(readdirSync(folder).sort(), ['a.crl', 'a.crl.alive', 'b.crl.dead']);
  for (const draft of [alive!, foreign!]) rmSync(draft);
});

test('what cannot be written leaves the former file as it was', () => {
  saveImage({ file, image });
  const broken = { der: null as unknown as Uint8Array, index: image.index };
  assert.throws(() => saveImage({ file, image: broken }));
  assert.deepEqual(loadImage({ file }), image);
  assert.deepEqual(readdirSync(folder), ['a.crl']);
});
