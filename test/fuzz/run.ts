import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type FuzzResult, fuzz } from './fuzz.ts';
import { targets } from './targets.ts';

/**
 * `npm run fuzz -- --count 1000000 --seed 1 --target certificate --workers 2`: every way in for what a stranger sends, on
 * mutated seeds. Numbers a finding by seed and input, so that it can be had again. Exit code 1 when there is one.
 */
interface Job {
  readonly target: string;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

if (isMainThread) await main();
else {
  const { target, seed, first, count } = workerData as Job;
  parentPort!.postMessage(fuzz(targets[target]!, seed, first, count));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string' },
      workers: { type: 'string', default: '2' },
    },
  });
  const names = values.target ? [values.target] : Object.keys(targets);
  const unknown = names.find((name) => !targets[name]);
  if (unknown) throw new Error(`there is no target ${unknown}: ${Object.keys(targets).join(', ')}`);
  let [found, inputs] = [0, 0];
  for (const target of names) {
    const started = performance.now();
    const each = Math.ceil(Number(values.count) / names.length / Number(values.workers));
    const jobs = Array.from(
      { length: Number(values.workers) },
      (_, n): Job => ({ target, seed: Number(values.seed), first: n * each, count: each }),
    );
    const results = await Promise.all(jobs.map(inThread));
    const total = results.reduce((sum, result) => sum + result.inputs, 0);
    const slowest = Math.max(...results.map(({ slowestMilliseconds }) => slowestMilliseconds));
    const findings = results.flatMap((result) => result.findings);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${target.padEnd(12)} ${total} inputs in ${seconds.toFixed(0)} s, slowest ${slowest.toFixed(1)} ms, ${findings.length} findings`,
    );
    for (const { number, input, problem } of findings)
      console.log(`  seed ${values.seed}, input ${number}: ${problem}\n  ${input.slice(0, 2000)}`);
    found += findings.length;
    inputs += total;
  }
  console.log(`${inputs} inputs, ${found} findings`);
  process.exitCode = found > 0 ? 1 : 0;
}

function inThread(workerData: Job): Promise<FuzzResult> {
  return new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData }).once('message', resolve).once('error', reject);
  });
}
