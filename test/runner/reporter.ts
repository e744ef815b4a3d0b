import { join, relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** Where the suites stand that stand for the files of a batch. */
const batchModule = join(import.meta.dirname, 'batch.ts');

/** What a test file came to. A static check counts as a file of its own name, with one test. */
export interface Outcome {
  passed: number;
  /** The tests that failed, each with its place and its whole message: a long log is read from its end. */
  readonly failures: string[];
  readonly skipped: { readonly name: string; readonly why: string }[];
  seconds?: number;
}

/** What the files of a run came to, by their paths in the repository, in the order they ended. */
export type Outcomes = Map<string, Outcome>;

/** The outcome of `file`, which begins with nothing. */
export function outcomeOf(outcomes: Outcomes, file: string): Outcome {
  const outcome = outcomes.get(file) ?? { passed: 0, failures: [], skipped: [] };
  outcomes.set(file, outcome);
  return outcome;
}

/** The files with a test that failed. */
export const failedFiles = (outcomes: Outcomes): string[] =>
  [...outcomes].filter(([, { failures }]) => failures.length > 0).map(([file]) => file);

/**
 * Puts what a second run came to instead of the first. @returns the failures of the first run in files that passed in the
 * second
 */
export function takeSecondRun(outcomes: Outcomes, second: Outcomes): string[] {
  const unsteady: string[] = [];
  for (const [file, outcome] of second) {
    if (outcome.failures.length === 0) unsteady.push(...outcomeOf(outcomes, file).failures);
    outcomes.set(file, outcome);
  }
  return unsteady;
}

type Failed = Extract<TestEvent, { type: 'test:fail' }>['data'];

/** One line a file; of what failed, everything. Skips are gathered with their reasons. */
export async function report(
  events: AsyncIterable<TestEvent>,
  root: string,
  outcomes: Outcomes,
  say: (text: string) => void,
): Promise<void> {
  /** Of the entry of each batch, the file whose events are coming. */
  const fileOfBatch = new Map<string, string>();
  const end = (path: string, milliseconds: number) => {
    const outcome = outcomeOf(outcomes, path);
    const count = outcome.passed + outcome.failures.length + outcome.skipped.length;
    if (count === 0) countNoTest(path, outcome, say);
    outcome.seconds = milliseconds / 1000;
    const mark = outcome.failures.length === 0 ? '✓' : '✗';
    say(`${mark} ${path}  ${count} test${count === 1 ? '' : 's'}, ${outcome.seconds.toFixed(1)} s\n`);
  };
  for await (const event of events) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') say(event.data.message);
    if (event.type === 'test:start' && isOfBatch(event.data)) fileOfBatch.set(entryOf(event.data), event.data.name);
    if (event.type !== 'test:pass' && event.type !== 'test:fail' && event.type !== 'test:summary') continue;
    const entry = entryOf(event.data);
    const path = fileOfBatch.get(entry) ?? relative(root, entry);
    if (event.type === 'test:pass') countPass(event.data, outcomeOf(outcomes, path), say);
    if (event.type === 'test:fail') countFail(event.data, root, outcomeOf(outcomes, path), say);
    if (event.type === 'test:summary') {
      if (entry !== '' && !fileOfBatch.has(entry)) end(path, event.data.duration_ms);
    } else if (isOfBatch(event.data)) end(path, event.data.details.duration_ms);
  }
}

/** The file that was run: a test can stand in a module that several files import. */
function entryOf(data: { readonly file?: string | undefined }): string {
  const { entryFile = data.file } = data as { readonly entryFile?: string };
  return entryFile ?? '';
}

/** Whether an event is of the suite that stands for a file of a batch. */
function isOfBatch({ file, nesting }: { readonly file?: string | undefined; readonly nesting: number }): boolean {
  return nesting === 0 && file === batchModule;
}

function countNoTest(name: string, outcome: Outcome, say: (text: string) => void): void {
  outcome.failures.push(`${name}: the file holds no test`);
  say(`\n✗ ${name}\n    The file holds no test.\n\n`);
}

/** The files that took longest, one line each, the slowest first. */
export function slowest(outcomes: Outcomes, count: number): string {
  const timed = [...outcomes].flatMap(([file, { seconds }]) => (seconds === undefined ? [] : [{ file, seconds }]));
  const rows = timed.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
  return rows.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${file}\n`).join('');
}

/** The reasons of skips with the number of tests, a line each, and one command that installs the packages they name. */
export function skips(skipped: Outcome['skipped']): string {
  const reasons = [...Map.groupBy(skipped, ({ why }) => why)].sort(([, a], [, b]) => b.length - a.length);
  const lines = reasons.map(([why, tests]) => `skipped: ${tests.length} × ${why}\n`);
  const packages = reasons.flatMap(
    ([why]) => /apt-get install ([a-z0-9.+ -]+)/.exec(why)?.[1]?.trim().split(' ') ?? [],
  );
  const packageNames = [...new Set(packages)].sort();
  return packageNames.length > 1
    ? `${lines.join('')}All of them: apt-get install ${packageNames.join(' ')}\n`
    : lines.join('');
}

/** A skipped suite stands for its tests, which never show; a file without a test passes as a test of its own name. */
function countPass(
  { name, file, skip, details }: Extract<TestEvent, { type: 'test:pass' }>['data'],
  outcome: Outcome,
  say: (text: string) => void,
): void {
  const ran = skip === undefined || skip === false;
  if (ran && name === file) countNoTest(name, outcome, say);
  else if (ran) outcome.passed += details.type === 'suite' ? 0 : 1;
  else outcome.skipped.push({ name, why: typeof skip === 'string' ? skip : 'no reason given' });
}

/** A suite fails because a test in it did, and is not told again; a file that could not even run fails by itself. */
function countFail(
  { name, file, line, details }: Failed,
  root: string,
  outcome: Outcome,
  say: (text: string) => void,
): void {
  const error = details.error as Error & { readonly failureType?: string; readonly cause?: unknown };
  if (error.failureType === 'subtestsFailed') return;
  const cause = error.cause instanceof Error ? error.cause : error;
  const place = `${relative(root, file ?? '')}${line ? `:${line}` : ''}`;
  outcome.failures.push(`${name} (${place}): ${cause.message.slice(0, 1500)}`);
  say(`\n✗ ${name}\n  ${place}\n`);
  say(`${(cause.stack ?? String(error.cause ?? error)).replace(/^/gm, '    ')}\n\n`);
}
