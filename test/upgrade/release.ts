import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'fixtures', 'releases');

/** Versions of which a data folder and the program are kept. */
export const releases: readonly string[] = readdirSync(fixtures).sort();

const fileOf = (version: string, name: string): string => join(fixtures, version, `${name}.br`);

const pack = (octets: Uint8Array): Buffer =>
  brotliCompressSync(octets, { params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 11 } });

/** Keeps the data folder and the program, one file of JavaScript, of a version. */
export function keepRelease(version: string, dataFolder: string, program: string): void {
  mkdirSync(join(fixtures, version), { recursive: true });
  const names = readdirSync(dataFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dataFolder, join(entry.parentPath, entry.name)))
    .sort();
  const files = names.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(dataFolder, name))] as const);
  const list = Buffer.from(`${JSON.stringify(files.map(([name, { length }]) => [name, length]))}\n`);
  writeFileSync(fileOf(version, 'data-folder'), pack(Buffer.concat([list, ...files.map(([, octets]) => octets)])));
  writeFileSync(fileOf(version, 'program'), pack(readFileSync(program)));
}

/** Writes the data folder of a version into a folder. */
export function unpackDataFolder(version: string, folder: string): void {
  const octets = brotliDecompressSync(readFileSync(fileOf(version, 'data-folder')));
  let at = octets.indexOf(0x0a) + 1;
  for (const [name, length] of JSON.parse(octets.toString('utf8', 0, at)) as [string, number][]) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, octets.subarray(at, at + length), { mode: 0o600 });
    at += length;
  }
}

/**
 * Writes the program of a version where it finds the packages of this checkout, and its version as in a checkout of its own.
 * @returns the file to run
 */
export function unpackProgram(version: string): string {
  const folder = join(root, 'node_modules', '.cache', 'cardea-releases', version);
  const file = join(folder, 'src', 'main', 'main.js');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'cardea', version, type: 'module' }));
  writeFileSync(file, brotliDecompressSync(readFileSync(fileOf(version, 'program'))));
  return file;
}
