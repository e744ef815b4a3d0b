import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Outcomes } from './reporter.ts';

/** Seconds of each file of the last run that held it, by its path in the repository. */
export type KnownDurations = Readonly<Record<string, number>>;

/** Folders whose files take longest. */
const slowFolders = ['browsers', 'clients', 'fuzz', 'hybrid', 'packaging', 'pages', 'upgrade', 'workstation'].map(
  (name) => `test/${name}/`,
);

/** Seconds of tests that one process runs, at the most: a run does not end with one long batch while a processor waits. */
const batchSeconds = 30;

/**
 * The files in batches, each for one process, the longest batch first. Files of a folder stand together, because they import the
 * same modules; there are at least `processes` batches, where there are as many files. A file without a duration counts as long
 * as those of its folder usually are.
 */
export function batchesOf(files: readonly string[], earlier: KnownDurations, processes: number): string[][] {
  const secondsOf = (file: string) => earlier[file] ?? usualSeconds(file);
  const total = files.reduce((sum, file) => sum + secondsOf(file), 0);
  const most = Math.min(batchSeconds, total / processes);
  const batches: { readonly files: string[]; seconds: number }[] = [];
  for (const file of files.toSorted()) {
    const [last, seconds] = [batches.at(-1), secondsOf(file)];
    if (last === undefined || last.seconds + seconds > most) batches.push({ files: [file], seconds });
    else {
      last.files.push(file);
      last.seconds += seconds;
    }
  }
  return batches.toSorted((a, b) => b.seconds - a.seconds).map((batch) => batch.files);
}

/** Seconds that a file takes which no run has timed, on average, with all processors busy. */
function usualSeconds(file: string): number {
  if (file.startsWith('src/')) return 1;
  return slowFolders.some((folder) => file.startsWith(folder)) ? 20 : 5;
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
