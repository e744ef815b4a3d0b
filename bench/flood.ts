import '#server/reasons/join.ts';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { defaultSourceLimits, RunningServer } from '../test/e2e/server.ts';

/**
 * Median of whole certificate sign-ins from 127.0.0.1, four a second, alone and during floods of each kind from 127.0.0.2, in
 * one run with the default limits; and the processor time of the server's process. The flooding process has the lowest
 * priority, so that its own work counts as little as on another computer.
 * `node bin/node24.mjs bench/flood.ts [seconds] [kind …]`, Linux only.
 */
const [seconds = '6', ...chosen] = process.argv.slice(2);
const kinds = [
  ...['tcp', 'handshake', 'handshake with card', 'slow headers', 'authorize'],
  ...['certauth', 'password', 'token', 'graph', 'body'],
];
const pause = 250;

interface Measure {
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  /** Processor milliseconds of the server for each sign-in, whatever used them. */
  readonly cpu: number;
}

const server = await RunningServer.start(defaultSourceLimits, { separateProcess: true });
try {
  await measure(3000); // warm: keys, CRLs, provider
  console.log('kind                 alone p50  during  ratio   p95 ratio  server CPU a sign-in: alone  during  flood');
  for (const kind of chosen.length > 0 ? chosen : kinds) {
    const alone = await measure(Number(seconds) * 1000);
    const flood = startFlood(kind);
    await measure(3000); // until the flood has used up what its source may do at once
    const during = await measure(Number(seconds) * 1000);
    const counts = await flood.stop();
    await wait(11_000); // the penalty ends, the buckets fill
    const ratio = (during.p50 / alone.p50).toFixed(2);
    const tail = (during.p95 / alone.p95).toFixed(2);
    console.log(
      `${kind.padEnd(20)} ${ms(alone.p50)} ${ms(during.p50)}  ${ratio}×   ${tail}×   ${ms(alone.cpu)} ${ms(during.cpu)}   ${counts}`,
    );
  }
} finally {
  await server.remove();
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`.padStart(9);
}

async function measure(milliseconds: number): Promise<Measure> {
  const card = server.card('ana');
  const times: number[] = [];
  const cpuBefore = processorTime();
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    const start = performance.now();
    const { kind } = await server.signIn('ana@woodgrove.test', card);
    if (kind !== 'signedIn') throw new Error('a sign-in was refused');
    times.push(performance.now() - start);
    await wait(Math.max(0, pause - (performance.now() - start)));
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(sorted.length * part)]!;
  return { p50: at(0.5), p95: at(0.95), cpu: (processorTime() - cpuBefore) / times.length };
}

/** Milliseconds of processor time that the server's process has used, in user and kernel mode. */
function processorTime(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10; // ticks of 1/100 s
}

function startFlood(kind: string) {
  const file = join(import.meta.dirname, 'parts', 'flood-source.ts');
  const words = ['-n', '19', process.execPath, file, kind, String(server.port)];
  const child = spawn('nice', words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CARD: JSON.stringify(server.card('ben')) },
  });
  let counts = '';
  child.stdout.on('data', (chunk) => {
    counts += chunk;
  });
  return {
    async stop(): Promise<string> {
      const exit = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await exit;
      return counts.trim();
    },
  };
}
