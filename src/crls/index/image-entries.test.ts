import assert from 'node:assert/strict';
import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Crl, WholeCrl } from '#core/crl/format/crl.ts';
import { EntriesUnreadable } from '#core/crl/format/entries/entry-source.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { isSignedBy, keysKnown, signatureKnown } from '#core/crl/issuers/signature.ts';
import type { CrlOptions } from '#pki/build/authority.ts';
import { crlReasons } from '#pki/build/fields/extensions.ts';
import { directoryName } from '#pki/build/fields/general-names.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { until } from '#test/until.ts';
import { Preparation } from '../cache/prepare.ts';
import type { ImageEntries } from './image-entries.ts';
import { pageLength } from './image-pages.ts';
import { type ImageName, Images } from './images.ts';
import { IndexThreads } from './index-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-image-'));
const threads = new IndexThreads();
const preparation = new Preparation(threads, () => 'der');
const ca = testCa('Woodgrove Issuing');
const day = new Date('2026-11-21T00:00:00Z');
const signer = {
  subject: ca.subject,
  subjectKeyIdentifier: ca.subjectKeyIdentifier,
  subjectPublicKeyInfo: new Uint8Array(createPublicKey(ca.privateKey).export({ format: 'der', type: 'spki' })),
};
const damages: unknown[] = [];
const images = new Images({ folder }, threads, (problem) => damages.push(problem));
let names = 0;
const newName = () => ({ key: `crl ${++names}`, url: `http://pki.test/${names}.crl` });
after(async () => {
  await threads.close();
  images.close();
  rmSync(folder, { recursive: true });
});

function read(options: CrlOptions): WholeCrl {
  const ruling = readCrl(ca.crl({ number: 5n, ...options }), { source: 'memory' });
  assert.ok(ruling.outcome === 'passed', JSON.stringify(ruling.because));
  return ruling.value;
}
/** The CRL, read from its image as another process would. */
async function imageOf(whole: WholeCrl, name = newName()): Promise<Crl> {
  await images.save(name, whole);
  const entries = await images.open(name, true);
  assert.ok(entries);
  const ruling = await preparation.image(entries, [signer]);
  assert.ok(ruling.outcome === 'passed');
  return ruling.value;
}

/** Serial numbers of many lengths, each another one: an index answers every entry of a serial number. */
function serials(count: number, longest = 20): readonly Uint8Array[] {
  const distinct = new Map<string, Uint8Array>();
  while (distinct.size < count) {
    const serial = new Uint8Array(randomBytes(1 + Math.floor(Math.random() * longest)));
    serial[0] = (serial[0]! & 0x7f) | 0x40;
    distinct.set(Buffer.from(serial).toString('hex'), serial);
  }
  return [...distinct.values()];
}

const common = serials(3000).map((serial, i) => ({
  serial,
  revocationDate: new Date(Date.UTC(i % 2 ? 2026 : 2055, i % 12, 28, i % 24)),
  ...(i % 3 ? { reason: crlReasons[1]! } : {}),
}));
const crls: readonly { readonly name: string; readonly options: CrlOptions }[] = [
  { name: 'of common entries', options: { entries: common } },
  { name: 'of one entry', options: { entries: [{ serial: 7n, revocationDate: day }] } },
  { name: 'without entries', options: {} },
  {
    name: 'that lists one serial number five times',
    options: { entries: Array(5).fill({ serial: 9n, revocationDate: day }) },
  },
  {
    name: 'of serial numbers of up to 64 octets',
    options: { entries: serials(500, 64).map((serial) => ({ serial, revocationDate: day })) },
  },
  {
    name: 'of other issuers’ certificates, with long names',
    options: {
      issuingDistributionPoint: { indirectCRL: true },
      entries: serials(400).map((serial, i) => ({
        serial,
        revocationDate: day,
        ...(i % 7 === 3 ? { certificateIssuer: [directoryName(`CN=${'x'.repeat(300)} ${i}`)] } : {}),
      })),
    },
  },
  {
    name: 'that is a delta CRL with a scope',
    options: {
      baseNumber: 3n,
      entries: common.slice(0, 900),
      issuingDistributionPoint: { onlyContainsUserCerts: true },
      nextPublish: day,
    },
  },
];

describe('a CRL in a file says what the same CRL in memory says', () => {
  for (const { name, options } of crls)
    test(`a CRL ${name}`, async () => {
      const whole = read(options);
      const shared = await imageOf(whole);
      const { der: _, index: __, entries: inMemory, source: ___, ...facts } = whole;
      const { entries, source, ...sharedFacts } = shared;
      assert.deepEqual(sharedFacts, facts);
      assert.match(source, /^http:/);
      const questions = [...(options.entries ?? []), ...serials(200).map((serial) => ({ serial }))] as const;
      for (const { serial } of questions as readonly { readonly serial: Uint8Array | bigint }[]) {
        const octets = typeof serial === 'bigint' ? Uint8Array.of(Number(serial)) : serial;
        const inFile = entries.entriesWith(octets);
        assert.deepEqual(inFile.map(comparable), inMemory.entriesWith(octets).map(comparable));
      }
      assert.deepEqual(entries.entriesWith(new Uint8Array()), []);
      assert.equal(Buffer.compare(entries.bytes(0, whole.size), whole.der), 0);
    });
});

/** Without the offsets, which count from another place. */
const comparable = ({ entry, issuers }: ReturnType<Crl['entries']['entriesWith']>[number]) => ({
  date: entry.revocationDate,
  reason: entry.reason,
  issuers: issuers?.map(({ der }) => Buffer.from(der).toString('hex')),
});

test('a signature that was found right before is known, and one that was not is checked once from the file', async () => {
  const verifiedCrl = read({ entries: common });
  assert.ok(isSignedBy(verifiedCrl, signer));
  assert.deepEqual(keysKnown(await imageOf(verifiedCrl)), [Buffer.from(signer.subjectPublicKeyInfo)]);
  const open = read({ entries: common });
  assert.equal(signatureKnown(await imageOf(open), signer), true);
  const damagedCrl = read({ entries: common, brokenSignature: true });
  assert.equal(signatureKnown(await imageOf(damagedCrl), signer), false);
  assert.equal(isSignedBy(await imageOf(open), { subjectPublicKeyInfo: other() }), false, 'the whole CRL was read');
});
const other = () =>
  new Uint8Array(createPublicKey(testCa('CN=Other').privateKey).export({ format: 'der', type: 'spki' }));

test('a restart with a newer key takes the image over, so that the older key may go', async () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)] as const;
  const [name, whole] = [newName(), read({ entries: common })];
  const withKeys = (...keys: [Uint8Array, ...Uint8Array[]]) =>
    new Images({ folder, keys }, threads, (problem) => assert.fail(String(problem)));
  await withKeys(older).save(name, whole);
  const generations: readonly [Uint8Array, ...Uint8Array[]][] = [[newer, older], [newer]];
  for (const keys of generations) {
    const reader = withKeys(...keys);
    assert.equal((await reader.open(name, true))?.entriesWith(common[0]!.serial).length, 1);
    reader.close();
  }
  assert.equal(await withKeys(older).open(name, true), undefined);
});

test('a page that is changed while the CRL is in use refuses the CRL from then on, and is reported once', async () => {
  const name = newName();
  const crl = await imageOf(read({ entries: common }), name);
  change(name, (descriptor, size) =>
    writeSync(descriptor, Buffer.alloc(pageLength, 0xa5), 0, pageLength, size - pageLength),
  );
  damages.length = 0;
  assert.throws(() => crl.entries.bytes(crl.size - 1, crl.size), EntriesUnreadable);
  assert.throws(() => crl.entries.entriesWith(Uint8Array.of(1)), EntriesUnreadable);
  assert.equal(damages.length, 1);
  assert.equal(await images.open(name, true), undefined);
});

test('a file that is cut off while the CRL is in use refuses the CRL', async () => {
  const name = newName();
  const crl = await imageOf(read({ entries: common }), name);
  change(name, (descriptor, size) => ftruncateSync(descriptor, size - pageLength));
  assert.throws(() => crl.entries.bytes(0, crl.size), EntriesUnreadable);
});

const fileOf = ({ key }: ImageName): string => join(folder, `${createHash('sha256').update(key).digest('hex')}.crl`);

function change(name: ImageName, work: (descriptor: number, size: number) => unknown): void {
  const file = fileOf(name);
  const descriptor = openSync(file, 'r+');
  work(descriptor, statSync(file).size);
  closeSync(descriptor);
}

/** The image files that this process has open; those that were replaced are marked as deleted. */
const openFiles = () =>
  readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(folder) ? [target.slice(folder.length + 1)] : [];
    } catch {
      return []; // closed meanwhile
    }
  });

test('a CRL is open once however often it is looked for, and one that was replaced is closed when nothing uses it', {
  skip: existsSync('/proc/self/fd') ? false : 'needs /proc',
}, async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const name = newName();
  const file = fileOf(name);
  const countOpen = (suffix = '') => openFiles().filter((item) => item === `${basename(file)}${suffix}`).length;
  await images.save(name, read({ entries: common }));
  await useFormerCrl(name);
  assert.deepEqual([countOpen(), countOpen(' (deleted)')], [1, 1]);
  await until('the former CRL to be closed', () => {
    collectGarbage();
    return countOpen(' (deleted)') === 0;
  });
  assert.equal(countOpen(), 1);
});

/** A sign-in that began continues with the former CRL. */
async function useFormerCrl(name: ImageName): Promise<void> {
  const [first, second] = [await images.open(name, true), await images.open(name, true)];
  assert.ok(first && first === second);
  await images.save(name, read({ number: 6n, entries: common.slice(1) }));
  newest = await images.open(name, true);
  assert.ok(newest && newest !== first);
  assert.equal(first.bytes(0, 1)[0], 0x30);
}
/** Stays in use. */
let newest: ImageEntries | undefined;
