import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CardeaError } from '#core/trace/fault.ts';
import { run, withFiles } from '#test/pki/openssl.ts';
import { filesIn } from './archive.ts';

const first = new Uint8Array(5000).fill(7);
const second = new TextEncoder().encode('a short text');
const tree = { 'a.crl': first, 'b.txt': second };
const isWhole = (files: ReturnType<typeof filesIn>) =>
  assert.deepEqual(
    files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString('hex')]).sort(),
    Object.entries(tree)
      .map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')])
      .sort(),
  );

/** What a program makes of the two files. */
const archiveBy = (archive: string, program: string, ...args: readonly string[]): Uint8Array =>
  withFiles(tree, (folder) => {
    const { status, text } = run(folder, program, ...args);
    assert.equal(status, 0, text);
    return new Uint8Array(readFileSync(join(folder, archive)));
  });
const zipper = (compression: string) =>
  `import zipfile; z = zipfile.ZipFile('x.zip', 'w', zipfile.${compression}); [z.write(n) for n in ('a.crl', 'b.txt')]; z.close()`;

const hasPython = { skip: run('/', 'python3', '--version').status === 0 ? false : 'python3 is not installed' };
describe('the files of an archive', () => {
  for (const format of ['ustar', 'gnu', 'v7'])
    test(`in tar (${format}), also in gzip`, () => {
      const tar = archiveBy('x.tar', 'tar', `--format=${format}`, '-cf', 'x.tar', 'a.crl', 'b.txt');
      isWhole(filesIn(tar, 'x.tar'));
      isWhole(filesIn(new Uint8Array(gzipSync(tar)), 'x.tgz'));
    });
  for (const compression of ['ZIP_STORED', 'ZIP_DEFLATED'])
    test(`in zip (${compression})`, hasPython, () => {
      const zip = archiveBy('x.zip', 'python3', '-c', zipper(compression));
      isWhole(filesIn(zip, 'x.zip'));
      for (let at = 4; at < zip.length; at += 7) {
        const damagedZip = Uint8Array.from(zip);
        damagedZip[at]! ^= 0xff;
        for (const bytes of [damagedZip, zip.subarray(0, at)]) orRefusal(() => filesIn(bytes, 'x.zip'));
      }
    });
  test('a file that is not an archive is itself', () =>
    assert.deepEqual(filesIn(first, 'a.crl'), [{ name: 'a.crl', bytes: first }]));
  test('damaged gzip is refused', () =>
    assert.throws(() => filesIn(Uint8Array.of(0x1f, 0x8b, 8, 0), 'x.gz'), {
      because: { code: 'archiveUnreadable', evidence: { file: 'x.gz', problem: 'unexpected end of file' } },
    }));
});

/** Any answer, and no error but a refusal. */
function orRefusal(work: () => unknown): void {
  try {
    work();
  } catch (problem) {
    assert.ok(problem instanceof CardeaError && problem.because.code === 'archiveUnreadable', String(problem));
  }
}
