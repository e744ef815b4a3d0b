import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { builtFolder } from '#apps/admin-center/sources.ts';
import { buildAdminCenter } from './harness.ts';

/** Kilobytes that are sent, compressed by gzip. */
const mostAtFirst = 350;
const mostOfPage = 60;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
  readonly isEntry?: boolean;
  readonly isDynamicEntry?: boolean;
}

describe('what the admin center loads', () => {
  let chunks: Readonly<Record<string, Chunk>>;
  before(() => {
    buildAdminCenter();
    chunks = JSON.parse(readFileSync(join(builtFolder, 'manifest.json'), 'utf8')) as typeof chunks;
  });

  /** The files of a chunk and of everything it imports at once. */
  const filesOf = (name: string): ReadonlySet<string> => {
    const { file, imports = [], css = [] } = chunks[name]!;
    return new Set([file, ...css, ...imports.flatMap((next) => [...filesOf(next)])]);
  };
  const kilobytes = (files: Iterable<string>) =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(builtFolder, file))).length, 0) / 1000;
  const first = () => {
    const entry = Object.keys(chunks).find((name) => chunks[name]!.isEntry)!;
    return filesOf(entry);
  };

  test(`the first load is at most ${mostAtFirst} kB`, (t) => {
    const size = kilobytes(first());
    t.diagnostic(`first load ${size.toFixed(1)} kB`);
    assert.ok(size <= mostAtFirst, `${size} kB`);
  });

  test(`the own part of each page is at most ${mostOfPage} kB`, (t) => {
    const shared = first();
    const pages = Object.keys(chunks).filter((name) => chunks[name]!.isDynamicEntry);
    assert.ok(pages.length > 0);
    const sizes = pages.map(
      (name) => [name, kilobytes([...filesOf(name)].filter((file) => !shared.has(file)))] as const,
    );
    for (const [name, size] of sizes) t.diagnostic(`${name} ${size.toFixed(1)} kB`);
    assert.deepEqual(
      sizes.filter(([, size]) => size > mostOfPage),
      [],
    );
  });
});
