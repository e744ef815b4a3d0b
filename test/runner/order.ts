import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Outcomes } from './reporter.ts';

/** Seconds of each file of the last run that held it, by its path in the repository. */
export type KnownDurations = Readonly<Record<string, number>>;

/**
 * Seconds of the files that take longest with nothing installed but Node: where no run has timed them, as in a fresh clone, they
 * start first. A number that is no longer true costs a run a few seconds.
 */
export const slowFiles: KnownDurations = {
  'test/fuzz/fuzz.test.ts': 34,
  'test/packaging/package.test.ts': 60,
  'test/contract/trust/shared-crls.test.ts': 31,
  'test/clients/device-code.test.ts': 29,
  'test/e2e/readme.test.ts': 29,
  'test/e2e/faults/tls-files.test.ts': 24,
  'test/e2e/sign-in.test.ts': 24,
  'test/e2e/upkeep/backup.test.ts': 24,
  'test/graph/entered.test.ts': 23,
  'test/graph/rights/privileges.test.ts': 22,
  'test/e2e/oidc/live-sign-ins.test.ts': 21,
  'test/e2e/upkeep/mistakes.test.ts': 21,
  'test/admin/refused-commands.test.ts': 20,
  'test/e2e/faults/stop.test.ts': 19,
  'test/graph/walk/every-collection.test.ts': 19,
  'test/clients/stacks.test.ts': 18,
  'test/contract/directory/directory-lists.test.ts': 18,
  'test/contract/guard/lock-out-interfaces.test.ts': 17,
  'test/e2e/device-client.test.ts': 17,
  'test/clients/openid-client.test.ts': 16,
  'src/core/x509/mutations.test.ts': 15,
};

/** Seconds that the files of a folder take on average, apart from {@link slowFiles}: the first folder that a path begins with. */
const usualSeconds: readonly (readonly [folder: string, seconds: number])[] = [
  ['src/storage/', 1.5],
  ['src/', 0.5],
  ...['browsers', 'hybrid', 'pages', 'upgrade', 'workstation'].map((name) => [`test/${name}/`, 20] as const),
  ...['clients', 'device', 'e2e', 'graph', 'packaging'].map((name) => [`test/${name}/`, 4] as const),
  ['', 2],
];

/** Modules whose tests run on SQLite and PostgreSQL: a process of them starts a server of its own, which costs as much again. */
const onDatabases = /^src\/(?:admin|storage)\//;

/**
 * Seconds of tests that one process runs, at the most: a process costs half a second of processor time before its first test. The
 * tests of single modules run last, in shorter batches: a run does not end with one long batch while a processor waits.
 */
const batchSeconds = (file: string): number => (file.startsWith('src/') && !onDatabases.test(file) ? 15 : 60);

/**
 * The files in batches, each for one process, the longest batch first. Files of a folder stand together, because they import the
 * same modules; there are at least `processes` batches, where there are as many files. A file without a duration counts as long
 * as those of its folder usually are.
 */
export function batchesOf(files: readonly string[], earlier: KnownDurations, processes: number): string[][] {
  const secondsOf = (file: string) =>
    earlier[file] ?? slowFiles[file] ?? usualSeconds.find(([folder]) => file.startsWith(folder))![1];
  const total = files.reduce((sum, file) => sum + secondsOf(file), 0);
  const batches: { readonly files: string[]; seconds: number }[] = [];
  for (const file of files.toSorted()) {
    const [last, seconds] = [batches.at(-1), secondsOf(file)];
    const most = Math.min(batchSeconds(file), total / processes);
    if (last === undefined || last.seconds + seconds > most) batches.push({ files: [file], seconds });
    else {
      last.files.push(file);
      last.seconds += seconds;
    }
  }
  return batches.toSorted((a, b) => b.seconds - a.seconds).map((batch) => batch.files);
}

/** What `--quick` runs in about a minute: the tests of single modules that start no PostgreSQL, and sign-ins from end to end. */
export const quickTests = [
  'src/',
  'test/architecture',
  'test/docs/',
  'test/pki/',
  'test/prose/',
  'test/e2e/sign-in.test.ts',
  'test/e2e/chromium.test.ts',
];

/** Whether a test file runs on SQLite and PostgreSQL, by its text. */
export const isOnDatabases = (text: string): boolean =>
  /\b(?:databasesUnderTest|describeOnEachDatabase|describeOnNodes)\(/.test(text);

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
  const durations = timed.map(([path, { seconds = 0 }]) => [path, Math.round(seconds * 10) / 10] as const);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...earlier, ...Object.fromEntries(durations) }));
}
