import assert from 'node:assert/strict';
import { createPublicKey, randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { manyEntries } from '#pki/build/crl-builder.ts';
import { testCa } from '#test/pki/test-ca.ts';
import {
  type Image,
  type ImageBinding,
  layoutOf,
  type OpenImage,
  openImage,
  renewImage,
  saveImage,
} from './image-file.ts';
import { Pages, pageLength } from './image-pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-image-'));
const file = join(folder, 'a.crl');
after(() => rmSync(folder, { recursive: true }));

const ca = testCa('Woodgrove Issuing');
const key = new Uint8Array(createPublicKey(ca.privateKey).export({ format: 'der', type: 'spki' }));
const binding: ImageBinding = { keys: [randomBytes(32)], label: 'http://pki.test/a.crl#1' };

function imageOf(count: number): Image {
  const serials = randomBytes(16 * count).map((octet, i) => (i % 16 === 0 ? (octet & 0x3f) | 1 : octet));
  const entries = manyEntries({ count, revocationDate: new Date('2026-11-21'), serials });
  const ruling = readCrl(ca.crl(count === 0 ? {} : { entries }));
  assert.ok(ruling.outcome === 'passed');
  return { der: ruling.value.der, index: ruling.value.index, verifiedKeys: [key] };
}
const image = imageOf(2000);

/** Opens the file, and closes it after the use. */
function withImage<T>(use: (open: OpenImage | undefined) => T, more: Partial<Parameters<typeof openImage>[0]> = {}): T {
  const descriptor = openSync(file, 'r');
  try {
    return use(openImage({ descriptor, binding, isWhole: true, ...more }));
  } finally {
    closeSync(descriptor);
  }
}
const isAccepted = (more?: Parameters<typeof withImage>[1]) => withImage((open) => open !== undefined, more);

test('what was saved is read again, for its owner only, and nothing else is left behind', () => {
  saveImage({ file, image, binding });
  withImage((open) => {
    assert.ok(open);
    const { facts, pages } = open;
    assert.deepEqual([facts.size, facts.entryCount, facts.slotCount], [image.der.length, 2000, 4000]);
    assert.deepEqual([facts.seed, facts.verifiedKeys], [image.index.seed, [key]]);
    const crl = new Pages(pages).bytes(layoutOf(facts).derAt, layoutOf(facts).derAt + facts.size);
    assert.equal(Buffer.compare(crl, image.der), 0);
    const slots = new Pages(pages).bytes(0, facts.slotCount * 4);
    assert.deepEqual(new Uint32Array(slots.buffer), new Uint32Array(image.index.slots));
  });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['a.crl']);
});

test('a CRL without entries has an empty index', () => {
  saveImage({ file, image: imageOf(0), binding });
  withImage((open) => assert.deepEqual([open?.facts.entryCount, open?.facts.slotCount], [0, 0]));
});

test('an older key of the installation still counts, another installation’s and another CRL’s image do not', () => {
  saveImage({ file, image, binding });
  const { keys, label } = binding;
  assert.ok(isAccepted({ binding: { keys: [randomBytes(32), ...keys], label } }));
  assert.equal(isAccepted({ binding: { keys: [randomBytes(32)], label } }), false);
  assert.equal(isAccepted({ binding: { keys, label: `${label}2` } }), false);
});

test('an image of an older key is authenticated again, and outlives that key', () => {
  saveImage({ file, image, binding });
  const rotated: ImageBinding = { keys: [randomBytes(32), ...binding.keys], label: binding.label };
  const isOfOlderKey = () => withImage((open) => open?.isOfOlderKey, { binding: rotated });
  assert.equal(isOfOlderKey(), true);
  renewImage({ file, binding: rotated });
  assert.equal(isOfOlderKey(), false);
  assert.ok(isAccepted({ binding: { keys: [rotated.keys[0]], label: binding.label } }));
  renewImage({ file, binding: { keys: [randomBytes(32)], label: binding.label } });
  assert.ok(isAccepted({ binding: rotated }), 'one who has no key of it changes nothing');
});

const flip = (at: (whole: Buffer) => number) => (whole: Buffer) => {
  const change = Buffer.from(whole);
  change[at(whole)]! ^= 0x40;
  return change;
};
const firstPage = (whole: Buffer) => whole.length - pageLength * (4 + Math.ceil(image.der.length / pageLength));
/** Where the head alone shows it, the pages need not be read. */
const damages = [
  { name: 'cut off', damage: (whole: Buffer) => whole.subarray(0, -1), byHead: true },
  { name: 'cut off by a page', damage: (whole: Buffer) => whole.subarray(0, -pageLength), byHead: true },
  { name: 'cut off in its head', damage: (whole: Buffer) => whole.subarray(0, 60), byHead: true },
  { name: 'empty', damage: () => Buffer.alloc(0), byHead: true },
  { name: 'longer than it says', damage: (whole: Buffer) => Buffer.concat([whole, Buffer.alloc(1)]), byHead: true },
  {
    name: 'of a former version',
    damage: (whole: Buffer) => Buffer.from(whole.toString('latin1').replace('CRL-3', 'CRL-2'), 'latin1'),
    byHead: true,
  },
  { name: 'changed in what authenticates it', damage: flip(() => 20), byHead: true },
  { name: 'changed in its sizes', damage: flip(() => 54), byHead: true },
  { name: 'changed in its facts', damage: flip(() => 80), byHead: true },
  { name: 'changed in the digest of a page', damage: flip((whole) => firstPage(whole) - pageLength), byHead: true },
  { name: 'changed in its index', damage: flip((whole) => firstPage(whole) + 8), byHead: false },
  { name: 'changed in the last octet of the CRL', damage: flip((whole) => whole.length - 1), byHead: false },
];
for (const { name, damage, byHead } of damages)
  test(`a file that is ${name} is no image`, () => {
    saveImage({ file, image, binding });
    const whole = readFileSync(file);
    const changed = damage(whole);
    assert.notEqual(Buffer.compare(whole, changed), 0);
    writeFileSync(file, changed);
    assert.equal(isAccepted(), false);
    assert.equal(isAccepted({ isWhole: false }), !byHead);
  });

test('what a process that ended in the middle left behind goes with the next writing, and what another writes stays', () => {
  const [dead, alive, foreign] = ['a.crl.dead', 'a.crl.alive', 'b.crl.dead'].map((name) => join(folder, name));
  for (const draft of [dead!, alive!, foreign!]) writeFileSync(draft, 'half of it');
  const hoursAgo = statSync(dead!).mtimeMs / 1000 - 2 * 3600;
  for (const old of [dead!, foreign!]) utimesSync(old, hoursAgo, hoursAgo);
  saveImage({ file, image, binding });
  assert.deepEqual(readdirSync(folder).sort(), ['a.crl', 'a.crl.alive', 'b.crl.dead']);
  for (const draft of [alive!, foreign!]) rmSync(draft);
});

test('what cannot be written leaves the former file as it was', () => {
  saveImage({ file, image, binding });
  const broken = { ...image, der: image.der.subarray(0, -1) };
  assert.throws(() => saveImage({ file, image: broken, binding }));
  assert.ok(isAccepted());
  assert.deepEqual(readdirSync(folder), ['a.crl']);
});
