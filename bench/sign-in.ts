import '#server/reasons/join.ts';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { RunningServer } from '../test/e2e/server.ts';
import { type CardKind, measureHandshakes } from './sign-ins/handshake.ts';

/**
 * Whole sign-ins (authorize, user name, certauth with a new handshake, tokens) per CPU-second of the server, beside what a
 * bare `node:https` server does with nothing but the mTLS handshake, in the same run. Also: start-up and idle memory.
 * `node bench/sign-in.ts [seconds] [sign-ins to warm up]`, Linux only (/proc).
 */
const [seconds, warmUp] = [5, 3_500].map((usual, index) => Number(process.argv[2 + index] ?? usual)) as [
  number,
  number,
];
const visitors = 4;
const cards: readonly { readonly kind: CardKind; readonly name: string }[] = [
  { kind: 'P-256', name: 'ana' },
  { kind: 'RSA-2048', name: 'ben' },
];

const startTime = performance.now();
const server = await RunningServer.start({}, { separateProcess: true });
const startUp = (performance.now() - startTime) / 1000;
await wait(1000);
const idle = residentMebibytes(server.pid);
const rows: string[][] = [['card', 'sign-ins / CPU s', 'bare handshakes / CPU s', 'one sign-in costs, in handshakes']];
try {
  for (const { kind, name } of cards) {
    const rate = await measureSignIns(name);
    const bare = await measureHandshakes(kind, seconds);
    rows.push([kind, rate.toFixed(0), bare.perCpuSecond.toFixed(0), (bare.perCpuSecond / rate).toFixed(2)]);
  }
} finally {
  await server.remove();
}
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
for (const row of rows) console.log(row.map((cell, column) => cell.padStart(widths[column]!)).join('   '));
console.log(
  `\nfirst start with a new demo tenant ${startUp.toFixed(2)} s, resident memory idle ${idle.toFixed(0)} MiB`,
);

async function measureSignIns(name: string): Promise<number> {
  const card = server.card(name);
  const signIn = () => server.signIn(`${name}@woodgrove.test`, card);
  let count = 0;
  const signInUntil = (isOver: () => boolean) => {
    const visitor = async () => {
      while (!isOver()) {
        count++;
        const { kind } = await signIn();
        if (kind !== 'signedIn') throw new Error(`a sign-in of ${name} was refused`);
      }
    };
    return Promise.all(Array.from({ length: visitors }, visitor));
  };
  await signInUntil(() => count >= warmUp);
  count = 0;
  const before = cpuSeconds(server.pid);
  const end = performance.now() + seconds * 1000;
  await signInUntil(() => performance.now() >= end);
  return count / (cpuSeconds(server.pid) - before);
}

/** User and system time of a process so far; the kernel counts in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMebibytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}
