import { execFile } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { run } from 'node:test';
import { buildProgram } from './program.ts';
import { memoryFolder } from './runner/memory-folder.ts';
import { batchesOf, isOnDatabases, quickTests, readDurations, writeDurations } from './runner/order.ts';
import { failedFiles, type Outcomes, outcomeOf, report, skips, slowest, takeSecondRun } from './runner/reporter.ts';

/**
 * What `npm test` runs: the static checks, then every test. `npm test -- src/core` runs the tests below a path, `--quick` the
 * static checks and the tests of {@link quickTests}, `--static` the static checks alone. With CARDEA_REQUIRE_ALL=1 a skip is a
 * failure. Where {@link fewFiles} or fewer fail of all, they run once more, alone: what passes then depends on the load of the
 * machine, and is listed as unsteady. Ends with one line of totals.
 */
const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const words = process.argv.slice(2);
const outcomes: Outcomes = new Map();
const durationsFile = join(root, 'node_modules', '.cache', 'cardea-test-seconds.json');
/** Files that run at once. Many wait, for browsers, card readers and time limits: five more than there are processors. */
const concurrency = availableParallelism() + 5;
/** Milliseconds that a test file may take. */
const fileLimit = 300_000;
/** Files that fail by chance are few: more of them are a fault, and run no second time. */
const fewFiles = 5;
const say = (text: string) => process.stdout.write(text);
// The Node that runs us is the Node of every process that a test starts.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'cardea');
// Servers of several tests run at once; the test of the management listener chooses its own port.
process.env.CARDEA_MANAGEMENT_PORT ??= '0';
// What a test leaves behind in the temporary folder is gone after the run. Other users, such as postgres, reach their files.
const inMemory = process.env.TMPDIR === undefined ? memoryFolder() : undefined;
const temporary = inMemory ?? mkdtempSync(join(tmpdir(), 'cardea-test-'));
chmodSync(temporary, 0o755);
process.env.TMPDIR = temporary;
process.env.TEST_POSTGRES_TEMPLATE = join(temporary, 'postgres-data');
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.env.PATH = `${dirname(process.execPath)}:${bin}:${process.env.PATH}`;

const isQuick = words.includes('--quick');
const unknown = words.find((word) => word.startsWith('--') && !['--quick', '--static'].includes(word));
if (unknown) throw new Error(`npm test has no option ${unknown}: it has --quick and --static`);
const target = isQuick ? quickTests : words.filter((word) => !word.startsWith('--'));
await Promise.all([
  target.length === 0 || isQuick ? staticChecks() : undefined,
  words.includes('--static') ? undefined : tests(),
]);

const results = [...outcomes.values()];
const passed = results.reduce((sum, outcome) => sum + outcome.passed, 0);
const failures = results.flatMap((outcome) => outcome.failures);
const skipped = results.flatMap((outcome) => outcome.skipped);
if (outcomes.size > 10) say(`\nThe slowest ten files:\n${slowest(outcomes, 10)}\n`);
if (outcomes.size > 10) for (const failure of failures) say(`failed: ${failure}\n`);
say(skips(skipped));
const unexcused = process.env.CARDEA_REQUIRE_ALL === '1' ? skipped.length : 0;
if (unexcused > 0) say(`CARDEA_REQUIRE_ALL=1: ${unexcused} skipped tests count as failed.\n`);
if (passed === 0) say('No test ran.\n');
const failed = failures.length + unexcused;
say(`${passed} passed, ${failed} failed, ${skipped.length - unexcused} skipped\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/**
 * Runs all at once, beside the first tests. Several checkers of `tsc` each work out the same types: one takes a third less processor
 * time. So does a collector of garbage that waits until the heap is five times as large: a fifth, for a tenth more memory.
 */
async function staticChecks(): Promise<void> {
  await Promise.all([
    check('TypeScript finds nothing', ['tsc', '-p', '.', '--checkers', '1']),
    check('Biome finds nothing', ['biome', 'check', '--error-on-warnings', '.']),
    check('TypeScript finds nothing in the admin center', ['tsc', '-p', 'web']),
    check('knip finds nothing unused', ['knip', '--no-progress']),
  ]);
}

function check(name: string, [command, ...args]: [string, ...string[]]): Promise<void> {
  return new Promise((resolve) => {
    const env = { ...process.env, GOGC: '400' };
    execFile(
      join(bin, command),
      args,
      { cwd: root, env, maxBuffer: Number.POSITIVE_INFINITY },
      (error, stdout, stderr) => {
        if (error === null) outcomeOf(outcomes, name).passed = 1;
        else outcomeOf(outcomes, name).failures.push(name);
        const problem = error?.code === 'ENOENT' ? `${error.message}: run "npm ci" first` : `${stdout}${stderr}`;
        say(error === null ? `✓ ${name}\n` : `✗ ${name}\n${problem}\n`);
        resolve();
      },
    );
  });
}

async function tests(): Promise<void> {
  const items = globSync('{src,test}/**/*.test.ts', { cwd: root });
  const isInTarget = (file: string) => target.some((word) => file.startsWith(word.replace(/^\.\//, '')));
  const isLeftOut = (file: string) => isQuick && isOnDatabases(readFileSync(join(root, file), 'utf8'));
  const choice = target.length === 0 ? items : items.filter((file) => isInTarget(file) && !isLeftOut(file));
  if (choice.length === 0) return;
  if (choice.some((file) => file.startsWith('test'))) process.env.TEST_CARDEA_PROGRAM = await buildProgram();
  const earlier = readDurations(durationsFile);
  await runBatches(batchesOf(choice, earlier, concurrency), concurrency, outcomes);
  writeDurations(durationsFile, earlier, outcomes);
  const failed = failedFiles(outcomes).filter((file) => choice.includes(file));
  if (target.length > 0 || failed.length === 0 || failed.length > fewFiles) return;
  say(`\nOnce more, alone: ${failed.join(', ')}\n`);
  const second: Outcomes = new Map();
  await runBatches(
    failed.map((file) => [file]),
    1,
    second,
  );
  for (const failure of takeSecondRun(outcomes, second)) say(`unsteady: ${failure}\n`);
}

/** Runs `batches`, `atOnce` of them at a time, and counts in `into` what their files come to. A file that is alone is no batch. */
async function runBatches(batches: readonly string[][], atOnce: number, into: Outcomes): Promise<void> {
  const files = batches.map((batch, number) =>
    batch.length === 1 ? join(root, batch[0]!) : writeBatch(number, batch),
  );
  const preloads = [join(root, 'test', 'runner', 'left-running.ts'), join(root, 'src', 'server', 'reasons', 'join.ts')];
  const execArgv = preloads.flatMap((file) => ['--import', file]);
  await report(run({ files, cwd: root, concurrency: atOnce, execArgv, timeout: 4 * fileLimit }), root, into, say);
  for (const file of batches.flat())
    if (into.get(file)?.seconds === undefined)
      outcomeOf(into, file).failures.push(`${file}: the process of its batch ended before it did`);
}

/** Writes the entry of a process that runs `files` one after the other. @returns its path */
function writeBatch(number: number, files: readonly string[]): string {
  const entry = join(temporary, `batch-${number}.mjs`);
  const module = JSON.stringify(join(root, 'test', 'runner', 'batch.ts'));
  writeFileSync(
    entry,
    `import { runBatch } from ${module};\nawait runBatch(${JSON.stringify(files)}, ${fileLimit});\n`,
  );
  return entry;
}
