import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Outcomes } from './reporter.ts';

/** Seconds of each file of the last run that held it, by its path in the repository. */
export type KnownDurations = Readonly<Record<string, number>>;

/** Folders whose files take longest, longest first: the order of a checkout that has no durations yet. */
const slowFolders = [
  ...['test/browsers/', 'test/pages/', 'test/workstation/', 'test/packaging/', 'test/clients/', 'test/fuzz/'],
  ...['test/e2e/', 'test/hybrid/', 'test/upgrade/', 'test/graph/', 'test/contract/', 'test/'],
];

/**
 * The files, the longest first, so that a run does not end with one long file while the other processors have nothing to
 * do. A file without a duration goes before those with one: it may be long.
 */
export function longestFirst(files: readonly string[], earlier: KnownDurations): string[] {
  const folderOf = (file: string) => {
    const place = slowFolders.findIndex((folder) => file.startsWith(folder));
    return place === -1 ? slowFolders.length : place;
  };
  const secondsOf = (file: string) => earlier[file] ?? Number.MAX_VALUE;
  return files.toSorted((a, b) => secondsOf(b) - secondsOf(a) || folderOf(a) - folderOf(b) || a.localeCompare(b));
}

/** The durations of earlier runs in this checkout; none where there are none that can be read. */
export function readDurations(file: string): KnownDurations {
  try {
    const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const entries = Object.entries(document as object).filter(([, seconds]) => typeof seconds === 'number');
    return Object.fromEntries(entries) as KnownDurations;
  } catch {
    return {};
  }
}

/** Remembers the durations of this run beside those of files that it did not hold. */
export function writeDurations(file: string, earlier: KnownDurations, outcomes: Outcomes): void {
  const timed = [...outcomes].filter(([, { seconds }]) => seconds !== undefined);
  const now = timed.map(([path, { seconds = 0 }]) => [path, Math.round(seconds * 10) / 10] as const);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...earlier, ...Object.fromEntries(now) }));
}
