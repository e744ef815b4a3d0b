import '#server/reasons/join.ts';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { discoveries } from './corpus.ts';
import { everyByte } from './mutations/every-byte.ts';
import { targets } from './targets.ts';
import { Total } from './total.ts';
import { type Job, watched } from './watch.ts';

/**
 * `npm run fuzz -- --count 1000000 --seed 1 --target path --workers 2`: every way in for what a stranger sends, on mutated
 * seeds. Exit code 1 when there is a finding.
 *
 * `--guided` mutates what reaches new code further, `--keep` writes found.json again with it, `--report FILE` writes the slowest and
 * largest inputs and how often each answer came. `--every-byte` does something else: see mutations/every-byte.ts.
 */
const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
    workers: { type: 'string', default: '2' },
    patience: { type: 'string', default: '20' },
    report: { type: 'string' },
    guided: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    'every-byte': { type: 'boolean', default: false },
  },
});
if (options['every-byte']) process.exitCode = everyByte((line) => console.log(line)) ? 0 : 1;
else await main();

async function main(): Promise<void> {
  const names = options.target ? [options.target] : Object.keys(targets);
  const unknown = names.find((name) => !targets[name]);
  if (unknown) throw new Error(`there is no target ${unknown}: ${Object.keys(targets).join(', ')}`);
  const totals: Total[] = [];
  for (const name of names) {
    const total = await runTarget(name, Math.ceil(Number(options.count) / names.length));
    totals.push(total);
    console.log(total.line(options.guided || options.keep));
    for (const { number, input, problem } of total.findings)
      console.log(`  seed ${options.seed}, input ${number}: ${problem}\n  ${input.slice(0, 4000)}`);
  }
  if (options.keep) keep(totals);
  if (options.report)
    writeFileSync(
      options.report,
      `${JSON.stringify(
        totals.map((total) => total.report()),
        null,
        2,
      )}\n`,
    );
  const [inputs, findings] = [
    sum(totals.map((total) => total.inputs)),
    sum(totals.map((total) => total.findings.length)),
  ];
  console.log(`${inputs} inputs, ${findings} findings`);
  process.exitCode = findings > 0 ? 1 : 0;
}

async function runTarget(target: string, count: number): Promise<Total> {
  const total = new Total(target);
  const start = performance.now();
  const workers = options.keep ? 1 : Number(options.workers); // which input is essential only one can say
  const item = Math.ceil(count / workers);
  const jobs = Array.from(
    { length: workers },
    (_, n): Job => ({
      target,
      seed: Number(options.seed),
      first: n * item,
      count: item,
      guided: options.guided || options.keep,
    }),
  );
  const ends = await Promise.all(
    jobs.map((job) => watched(job, Number(options.patience), (slice) => total.add(slice))),
  );
  total.findings.push(...ends.flat());
  total.seconds = (performance.now() - start) / 1000;
  return total;
}

/** What was found for other targets stays as it is. */
function keep(totals: readonly Total[]): void {
  const rest = [...discoveries].filter(([name]) => !totals.some(({ target }) => name.startsWith(`${target} `)));
  const essentials = totals.flatMap(({ target, essential }) =>
    essential.map((bytes, n): [string, Uint8Array] => [`${target} ${n + 1}`, bytes]),
  );
  const base64 = [...rest, ...essentials].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  writeFileSync(
    new URL('./discoveries.json', import.meta.url),
    `${JSON.stringify(Object.fromEntries(base64), null, 2)}\n`,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
