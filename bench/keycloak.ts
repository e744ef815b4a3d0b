import '#server/reasons/join.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningServer } from '../test/e2e/server.ts';
import { type BrowserKind, browserKinds, type Place } from './parts/browser.ts';
import { absentPrograms, startKeycloak } from './parts/keycloak.ts';
import { cpuSecondsOf, median, quantile } from './parts/processes.ts';
import { cardeaPlace, type Load, Visitors } from './parts/visitors.ts';

/**
 * Certificate sign-ins of Keycloak and of Cardea in one run, round by round, from authorize to tokens with PKCE, with two kinds of browser that are the
 * same for both: a new one, with a page of the user name before the certificate, and one that goes straight to the certificate. Each
 * sign-in has new connections, each with a full TLS handshake; the table has the number of requests and of handshakes. Cardea has a host of its own for
 * certificates, so a browser makes two connections. At Keycloak one is enough, which is the row "1 connection"; in the row "2 connections"
 * the application redeems the code on a connection without the certificate, so that the handshakes are as many as at Cardea.
 *
 * Keycloak uses every core, and so does Cardea with a worker on each; Cardea with one process is a row of its own. "÷" is the processor time
 * divided by the one of Keycloak with as many handshakes. The visitors share the machine with the server: "alone" is the sign-ins a second
 * of the time in which they leave the cores to it. `node bench/keycloak.ts [sign-ins a round] [rounds] [sign-ins of each kind to warm up]`. It
 * needs Java 17, Maven and unzip, and Linux (/proc).
 */
const [signIns, rounds] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 5)];
const visitorCounts = [1, 8, 64];
const cores = availableParallelism();
/** Sign-ins of each kind of browser that each process makes first: the compilers of a JVM and of V8 continue improving the code for some thousands. */
const warmUp = Number(process.argv[4] ?? 4_000);
const reference = 'Keycloak, 2 connections';

interface Subject {
  readonly name: string;
  readonly browserKind: BrowserKind;
  readonly pid: number;
  readonly visitors: Visitors;
  /** Processes that share the sign-ins: each compiles for itself. */
  readonly processes: number;
}

interface Row extends Load {
  readonly serverSeconds: number;
}

const absent = absentPrograms();
if (absent.length > 0) console.log(`Skipped. Missing: ${absent.join(', ')}`);
else await compare();

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-keycloak-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const subjects = await start(folder, ends);
    for (const { visitors, processes } of subjects) await visitors.drive(8, warmUp * processes);
    const rows = new Map<string, Row[]>();
    for (let turn = 0; turn < rounds; turn++)
      for (const count of visitorCounts)
        for (const subject of subjects) {
          const before = cpuSecondsOf(subject.pid);
          const load = await subject.visitors.drive(count, signIns);
          const key = keyOf(subject, count);
          rows.set(key, [...(rows.get(key) ?? []), { ...load, serverSeconds: cpuSecondsOf(subject.pid) - before }]);
        }
    print(subjects, rows);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

function keyOf({ browserKind, name }: Pick<Subject, 'browserKind' | 'name'>, count: number): string {
  return `${browserKind}, ${`${count}`.padStart(2)} visitors, ${name}`;
}

/** In the order in which they take turns: those that are compared follow each other. */
async function start(folder: string, ends: (() => unknown)[]): Promise<readonly Subject[]> {
  const keycloak = await startKeycloak(folder, ends);
  const servers = [{ name: 'Cardea, 1 process', processes: 1, ...(await startCardea(1, ends)) }];
  if (cores > 1)
    servers.push({ name: `Cardea, ${cores} workers`, processes: cores, ...(await startCardea(cores, ends)) });
  const visitorsAt = (place: Place): Visitors => {
    const visitors = new Visitors(place);
    ends.push(() => visitors.end());
    return visitors;
  };
  return browserKinds.flatMap((browserKind) => {
    const place = keycloak.placeOf(browserKind);
    const ofKeycloak = { browserKind, pid: keycloak.pid, processes: 1 };
    return [
      { ...ofKeycloak, name: 'Keycloak, 1 connection', visitors: visitorsAt(place) },
      { ...ofKeycloak, name: reference, visitors: visitorsAt({ ...place, hasApplicationConnection: true }) },
      ...servers.map((server) => ({ ...server, browserKind, visitors: visitorsAt({ ...server.place, browserKind }) })),
    ];
  });
}

async function startCardea(workers: number, ends: (() => unknown)[]) {
  const server = await RunningServer.start({ CARDEA_WORKERS: `${workers}` });
  ends.push(() => server.remove());
  return { pid: server.pid, place: await cardeaPlace(server) };
}

function print(subjects: readonly Subject[], rows: ReadonlyMap<string, readonly Row[]>): void {
  const columns = ['requests', 'handshakes', 'CPU ms', '÷', 'of visitors', 'a second', 'alone', 'p99 ms'];
  const line = (name: string, cells: readonly string[]) =>
    console.log(`${name.padEnd(54)}${cells.map((cell) => cell.padStart(12)).join('')}`);
  line('medians of the rounds', columns);
  for (const browserKind of browserKinds)
    for (const count of visitorCounts) {
      const cost = costOf(rows.get(keyOf({ browserKind, name: reference }, count))!);
      for (const subject of subjects.filter((item) => item.browserKind === browserKind)) {
        const key = keyOf(subject, count);
        line(key, cellsOf(rows.get(key)!, cost));
      }
    }
}

function costOf(results: readonly Row[]): number {
  return median(results.map(({ serverSeconds }) => (serverSeconds / signIns) * 1000));
}

function cellsOf(results: readonly Row[], cost: number): readonly string[] {
  const of = (value: (row: Row) => number) => median(results.map(value));
  const times = results.flatMap((row) => row.times);
  return [
    of((row) => row.requests / signIns).toFixed(1),
    of((row) => row.handshakes / signIns).toFixed(1),
    costOf(results).toFixed(2),
    (costOf(results) / cost).toFixed(2),
    of((row) => (row.visitorSeconds / signIns) * 1000).toFixed(2),
    of((row) => signIns / row.seconds).toFixed(0),
    of((row) => signIns / (row.seconds - row.visitorSeconds / cores)).toFixed(0),
    quantile(times, 0.99).toFixed(0),
  ];
}
