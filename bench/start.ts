import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/free-port.ts';
import { buildProgram } from '../test/program.ts';
import { cpuSecondsOf, median } from './parts/processes.ts';

/**
 * Milliseconds from the start of `serve` on a data folder with the demo until it says that it is running, with one worker and with
 * two, and the processor time of all its processes until then. `node bench/start.ts [starts] [program …]`, by default 11 and what is
 * built of this checkout; several programs take turns. The server starts on Node 24 directly, as in the container, and a first start
 * that is not counted fills the cache of compiled code. Linux only (/proc).
 */
const [starts = '11', ...others] = process.argv.slice(2);
const programs = others.length > 0 ? others : [await buildProgram()];
const workerCounts = [1, 2];

interface Start {
  readonly milliseconds: number;
  /** Processor milliseconds. */
  readonly cost: number;
}

const folder = mkdtempSync(join(tmpdir(), 'cardea-bench-'));
const [port, crlPort] = [await freePort(), await freePort()];
try {
  const results = new Map<string, Start[]>();
  for (let turn = -1; turn < Number(starts); turn++)
    for (const workers of workerCounts)
      for (const program of programs) {
        const start = await measure(program, workers);
        const name = `${workers} ${workers === 1 ? 'process' : 'workers'}, ${program}`;
        if (turn >= 0) results.set(name, [...(results.get(name) ?? []), start]);
      }
  console.log('medians: milliseconds to ready, and of processor time');
  for (const [name, all] of results) {
    const of = (key: keyof Start) => median(all.map((start) => start[key])).toFixed(0);
    console.log(`${of('milliseconds').padStart(6)} ${of('cost').padStart(6)}   ${name}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(program: string, workers: number): Promise<Start> {
  const begin = performance.now();
  const words = ['serve', '--data', folder, '--port', `${port}`, '--demo-crl-port', `${crlPort}`];
  const child = spawn(process.execPath, [program, ...words], {
    env: {
      ...process.env,
      CARDEA_WORKERS: `${workers}`,
      CARDEA_MANAGEMENT_PORT: '0',
      CARDEA_BUILD_ADMIN_CENTER: 'false',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Cardea is running')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  const milliseconds = performance.now() - begin;
  const cost = cpuSecondsOf(child.pid!) * 1000;
  child.kill('SIGTERM');
  await ended;
  return { milliseconds, cost };
}
