import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** What a run came to. */
export interface Totals {
  passed: number;
  failed: number;
  /** The tests that failed, a line each: a long log is read from its end. */
  readonly failures: string[];
  readonly skipped: { readonly name: string; readonly why: string }[];
  /** Seconds of each file, in the order the files ended. */
  readonly durations: { readonly file: string; readonly seconds: number }[];
}

type Failed = Extract<TestEvent, { type: 'test:fail' }>['data'];

/** One line a file; of what failed, everything. Skips are gathered with their reasons. */
export async function report(
  events: AsyncIterable<TestEvent>,
  root: string,
  totals: Totals,
  say: (text: string) => void,
): Promise<void> {
  for await (const event of events) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') say(event.data.message);
    if (event.type === 'test:pass') countPass(event.data, totals, say);
    if (event.type === 'test:fail') countFail(event.data, root, totals, say);
    if (event.type === 'test:summary' && event.data.file) {
      const { file, counts, duration_ms, success } = event.data;
      const tests = `${counts.tests} test${counts.tests === 1 ? '' : 's'}`;
      const [path, seconds] = [relative(root, file), duration_ms / 1000];
      totals.durations.push({ file: path, seconds });
      say(`${success ? '✓' : '✗'} ${path}  ${tests}, ${seconds.toFixed(1)} s\n`);
    }
  }
}

/** The files that took longest, one line each, the slowest first. */
export function slowest({ durations }: Totals, count: number): string {
  const rows = durations.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
  return rows.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${file}\n`).join('');
}

/** The reasons of skips with the number of tests, a line each, and one command that installs the packages they name. */
export function skips({ skipped }: Pick<Totals, 'skipped'>): string {
  const reasons = [...Map.groupBy(skipped, ({ why }) => why)].sort(([, a], [, b]) => b.length - a.length);
  const lines = reasons.map(([why, tests]) => `skipped: ${tests.length} × ${why}\n`);
  const packages = reasons.flatMap(
    ([why]) => /apt-get install ([a-z0-9.+ -]+)/.exec(why)?.[1]?.trim().split(' ') ?? [],
  );
  const all = [...new Set(packages)].sort();
  return all.length > 1 ? `${lines.join('')}All of them: apt-get install ${all.join(' ')}\n` : lines.join('');
}

/** A skipped suite stands for its tests, which never show; a file without a test passes as a test of its own name. */
function countPass(
  { name, file, skip, details }: Extract<TestEvent, { type: 'test:pass' }>['data'],
  totals: Totals,
  say: (text: string) => void,
): void {
  const ran = skip === undefined || skip === false;
  if (ran && name === file) {
    totals.failed += 1;
    totals.failures.push(`${name}: the file holds no test`);
    say(`\n✗ ${name}\n    The file holds no test.\n\n`);
  } else if (ran) totals.passed += details.type === 'suite' ? 0 : 1;
  else totals.skipped.push({ name, why: typeof skip === 'string' ? skip : 'no reason given' });
}

/** A suite fails because a test in it did, and is not told again; a file that could not even run fails by itself. */
function countFail(
  { name, file, line, details }: Failed,
  root: string,
  totals: Totals,
  say: (text: string) => void,
): void {
  const error = details.error as Error & { readonly failureType?: string; readonly cause?: unknown };
  if (error.failureType === 'subtestsFailed') return;
  totals.failed += 1;
  const cause = error.cause instanceof Error ? error.cause : error;
  const place = `${relative(root, file ?? '')}${line ? `:${line}` : ''}`;
  totals.failures.push(`${name} (${place}): ${cause.message.split('\n', 1)[0]}`);
  say(`\n✗ ${name}\n  ${place}\n`);
  say(`${(cause.stack ?? String(error.cause ?? error)).replace(/^/gm, '    ')}\n\n`);
}
