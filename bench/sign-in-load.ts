import '#server/reasons/join.ts';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type DatabaseUnderTest, databasesUnderTest } from '../test/contract/databases.ts';
import { RunningServer } from '../test/e2e/server.ts';
import { childrenOf, cpuSecondsOf, median, quantile, residentMebibytes } from './parts/processes.ts';
import { cardeaPlace, type Load, Visitors } from './parts/visitors.ts';

/**
 * Certificate sign-ins under load: on SQLite and on PostgreSQL, with one process and with one on each core, by 1, 8 and 64 visitors.
 * All servers run side by side and take turns, round by round, each warm; the table has the
 * medians of the rounds. The cost is the processor time of the server and of PostgreSQL. The visitors share the machine with the server:
 * "alone" is the sign-ins a second of the time in which they leave the cores to it.
 * `node bench/sign-in-load.ts [sign-ins a round] [rounds] [sign-ins to warm up]`, Linux only (/proc).
 */
const [signIns, rounds] = [Number(process.argv[2] ?? 128), Number(process.argv[3] ?? 5)];
const visitorCounts = [1, 8, 64];
const cores = availableParallelism();
const workerCounts = [...new Set([1, Math.max(2, cores)])];

/**
 * Sign-ins that each process makes first: V8 optimizes a function after 3,000 invocations (docs/develop/sign-in-cost.md).
 */
const warmUp = Number(process.argv[4] ?? 3_500);

interface Subject {
  readonly name: string;
  readonly server: RunningServer;
  readonly visitors: Visitors;
  readonly cpuSeconds: () => number;
  readonly end: () => void;
}
interface Round extends Load {
  /** Milliseconds of processor time a sign-in. */
  readonly cost: number;
}

const subjects: Subject[] = [];
for (const workers of workerCounts)
  for (const database of databasesUnderTest()) {
    if (database.missing !== undefined) console.log(`${database.name} is skipped. ${database.missing}`);
    else subjects.push(await open(database, workers));
  }
try {
  for (const subject of subjects) {
    const pids = [subject.server.pid, ...childrenOf(subject.server.pid)];
    const memory = pids.map((pid) => residentMebibytes(pid).toFixed(0)).join(' + ');
    console.log(`${subject.name}: ${memory} MiB resident at rest`);
    await run(subject, 8, warmUp * Math.max(1, pids.length - 1));
  }
  const results = new Map<string, Round[]>();
  for (let turn = 0; turn < rounds; turn++)
    for (const visitors of visitorCounts)
      for (const subject of subjects) {
        const key = `${subject.name}, ${visitors} visitors`;
        results.set(key, [...(results.get(key) ?? []), await run(subject, visitors, signIns)]);
      }
  console.log(`\n${'medians of the rounds'.padEnd(44)} CPU ms   a second      alone     p50 ms     p99 ms`);
  for (const [name, roundsOf] of [...results].sort()) {
    const times = roundsOf.flatMap((round) => round.times);
    const cells = [
      median(roundsOf.map(({ cost }) => cost)).toFixed(2),
      median(roundsOf.map(({ seconds }) => signIns / seconds)).toFixed(0),
      median(roundsOf.map(({ seconds, visitorSeconds }) => signIns / (seconds - visitorSeconds / cores))).toFixed(0),
      quantile(times, 0.5).toFixed(0),
      quantile(times, 0.99).toFixed(0),
    ];
    console.log(`${name.padEnd(40)} ${cells.map((cell) => cell.padStart(10)).join(' ')}`);
  }
} finally {
  for (const { server, visitors, end } of subjects) {
    visitors.end();
    await server.remove();
    end();
  }
}

async function open(database: DatabaseUnderTest, workers: number): Promise<Subject> {
  const place = await database.place();
  const url = place.kind === 'postgres' ? place.url : undefined;
  const shared = url === undefined ? {} : { CARDEA_DATABASE_URL: url };
  const server = await RunningServer.start({
    ...shared,
    CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    CARDEA_WORKERS: `${workers}`,
  });
  const postmaster = url === undefined ? undefined : postmasterOf(url);
  return {
    name: `${database.name}, ${workers} ${workers === 1 ? 'process' : 'workers'}`,
    server,
    visitors: new Visitors(await cardeaPlace(server)),
    cpuSeconds: () => cpuSecondsOf(server.pid) + (postmaster === undefined ? 0 : cpuSecondsOf(postmaster)),
    end: () => database.end(),
  };
}

async function run({ visitors, cpuSeconds }: Subject, atOnce: number, count: number): Promise<Round> {
  const before = cpuSeconds();
  const load = await visitors.drive(atOnce, count);
  return { ...load, cost: ((cpuSeconds() - before) / count) * 1000 };
}

function postmasterOf(url: string): number {
  const folder = new URL(url).searchParams.get('host') ?? '';
  return Number(readFileSync(`${folder}/data/postmaster.pid`, 'utf8').split('\n')[0]);
}
