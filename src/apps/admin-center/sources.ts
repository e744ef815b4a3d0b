import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readJson } from '#schema/json.ts';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '..', '..', '..');

/** Where the built pages are, and what says of which sources. */
export const builtFolder = join(root, 'web', 'dist');
export const stampFile = join(builtFolder, 'build.json');

/** What the pages are made of; the roles and their areas are the table that Graph decides by. */
const patterns = [
  'web/*.{ts,json,html}',
  'web/src/**/*.{ts,tsx,css}',
  'web/public/**/*',
  'src/core/roles/*.ts',
  'src/core/x509/algorithms/private-key.ts',
  'src/core/asn1/*.ts',
];

/** Whether the sources of the pages are here: an installed package has what was built of them alone. */
export const hasSources = (): boolean => existsSync(join(root, 'web', 'src'));

/** SHA-256 of the sources of the pages: names and contents, without tests. */
export function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = patterns.flatMap((pattern) =>
    globSync(pattern, { cwd: root, exclude: (name) => /\.test\.tsx?$/.test(name) }),
  );
  for (const file of files.map((name) => name.replaceAll('\\', '/')).sort()) {
    try {
      hash.update(`${file}\0`).update(readFileSync(join(root, file)));
    } catch {
      // A folder, or a file that was removed meanwhile.
    }
  }
  return hash.digest('hex');
}

/** The hash of the sources that the built pages were made of; undefined where none are built. */
export function builtHash(): string | undefined {
  try {
    return readJson(z.object({ sources: z.string() }), readFileSync(stampFile, 'utf8'))?.sources;
  } catch {
    return undefined;
  }
}
