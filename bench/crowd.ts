import '#server/reasons/join.ts';
import { availableParallelism, getPriority, setPriority } from 'node:os';
import { usualWait } from '../test/e2e/server.ts';
import { freePort } from '../test/free-port.ts';
import { GraphServer } from '../test/graph/graph-server.ts';
import { fillDirectory } from './parts/filled-directory.ts';
import { cpuSecondsOf, keepOnCores, quantile } from './parts/processes.ts';
import { cardeaPlace, type Load, Visitors } from './parts/visitors.ts';

/**
 * What others feel: sign-ins of a crowd that comes at once, and sign-ins beside one client of Graph whose queries read the whole directory.
 * `node bench/crowd.ts [users] [visitors at once] [sign-ins] [crowds]`, by default 100000, 400, 200 and 4, on SQLite.
 * Bars: of the crowd, those who are admitted have a p99 of at most 3 times the one of
 * sign-ins one after another; beside the slow client, others have at most 1.5 times. A visitor who is answered 503 comes back, until the
 * sign-in has ended well; its time is the one of the attempt that was admitted, with its wait and its TLS handshakes ("p99 ms"), and
 * without the ones before its first answer ("admitted"). "request" and "handshake" are what the server measures, from a request to the end of
 * its answer and from an accepted connection to the end of its handshake on the certauth host: the bucket of the p99. A rush is
 * a crowd of 64 that never ends; its sign-ins a second are compared with the most of 8 visitors.
 *
 * The server has one half of the cores, with a worker on each unless `CARDEA_WORKERS` says otherwise, and the visitors have the other half, as if they
 * were on another computer (where there is one core, both are on it). One process with hundreds of visitors is itself a queue: an answer waits in it for
 * the handshakes of the others. One in ten of a crowd is therefore in a second process, which has priority over the other one, comes at the
 * same moment, and is admitted or refused by the same rule: the sample, of which the row of the crowd tells. The line below the table
 * has the processor time of each. Each visitor has an address of its own, because requests of one address wait for each other.
 */
const [users = 100_000, crowd = 400, signIns = 200, crowds = 4] = process.argv.slice(2).map(Number);
/** Visitors beside the slow client, and without it. */
const visitorsBeside = 4;
/** Rounds before the first measurement. */
const warmUps = 4;
/** Of how many visitors of a crowd one is in the sample. */
const sampledPart = 10;
/** Visitors of a rush, and as many as keep a server busy without refusals. */
const [rushVisitors, busyVisitors] = [64, 8];
/** Sign-ins of a rush for each of `signIns`: the first seconds, in which all come at once, count little. */
const rushFactor = 10;
/** No index has the ends of names, so every user is read. */
const slowQuery = `/users?$count=true&$top=1&$filter=${encodeURIComponent("endsWith(displayName,'nothing ends so')")}`;
/** Histograms of the server's metrics. */
const [requestTimes, handshakeTimes] = ['cardea_http_request_duration_seconds', 'cardea_sign_in_step_duration_seconds'];
const managementPort = await freePort();
const cores = Array.from({ length: availableParallelism() }, (_, index) => index);
const coresOfServer = cores.slice(0, Math.max(1, Math.floor(cores.length / 2)));
const coresOfVisitors = cores.length === 1 ? cores : cores.slice(coresOfServer.length);
const environment = {
  CARDEA_WORKERS: process.env.CARDEA_WORKERS ?? `${coresOfServer.length}`,
  CARDEA_MANAGEMENT_PORT: `${managementPort}`,
  ...usualWait,
};

const graph = await GraphServer.start(environment);
const { server } = graph;
const place = { ...(await cardeaPlace(server)), hasDistinctAddresses: true };
const [visitors, others] = [new Visitors(place), new Visitors(place)];
for (const { pid } of [visitors, others]) keepOnCores(pid, coresOfVisitors);
setPriority(others.pid, getPriority() + 5); // the sample goes first
try {
  await server.stop();
  await fillDirectory(server.folder, users);
  await server.run();
  keepOnCores(server.pid, coresOfServer);
  const token = await graph.personToken('ana', 'User.Read.All');
  for (let round = 0; round < warmUps; round++) await together(visitorsBeside, signIns);
  const alone = await together(1, signIns);
  const quiet = await together(visitorsBeside, signIns);
  const slow = slowClient(token);
  const beside = await together(visitorsBeside, signIns);
  const queries = await slow.end();
  const many = await crowdsAtOnce();
  const busy = await together(busyVisitors, signIns * rushFactor);
  const rush = await together(rushVisitors, signIns * rushFactor);
  const row = (name: string, outcome: Outcome, ratio: string) => {
    const { times, timesAdmitted, refusals, seconds, requestBound, handshakeBound } = outcome;
    const milliseconds = [quantile(times, 0.5), quantile(times, 0.99), quantile(timesAdmitted, 0.99)];
    const figures = [...milliseconds, requestBound, handshakeBound, refusals, seconds, times.length / seconds];
    console.log([name.padEnd(50), ...figures.map((figure) => figure.toFixed(0).padStart(9)), ratio].join(' '));
  };
  const ratioOf = (first: Outcome, second: Outcome, bar: string) => {
    const ratio = (key: 'times' | 'timesAdmitted') =>
      (quantile(first[key], 0.99) / quantile(second[key], 0.99)).toFixed(2);
    return `   ${ratio('times')} ×, admitted ${ratio('timesAdmitted')} × (bar ${bar})`;
  };
  const columns = ['p50 ms', 'p99 ms', 'admitted', 'request', 'handshake', 'refused', 'seconds', 'a second'];
  console.log([`${users} users`.padEnd(50), ...columns.map((name) => name.padStart(9)), '   ratio'].join(' '));
  row('sign-ins one after another', alone, '');
  row(`${crowd} at once, the sample`, many, ratioOf(many, alone, '≤ 3'));
  row(`${visitorsBeside} visitors`, quiet, '');
  row(`${visitorsBeside} visitors beside a slow client (${queries} queries)`, beside, ratioOf(beside, quiet, '≤ 1.5'));
  row(`${busyVisitors} visitors`, busy, '');
  const share = rush.times.length / rush.seconds / (busy.times.length / busy.seconds);
  row(`${rushVisitors} visitors who come back`, rush, `   ${share.toFixed(2)} of the sign-ins a second`);
  const total = many.seconds * availableParallelism();
  const shares = many.processors.map(([name, seconds]) => `${name} ${((100 * seconds) / total).toFixed(0)} %`);
  console.log(`${crowds} crowds of ${crowd}: ${many.seconds.toFixed(0)} s, of the processor time ${shares.join(', ')}`);
} finally {
  visitors.end();
  others.end();
  await server.remove();
}

interface Outcome extends Load {
  /** Of the server's own measures, the upper bound of the bucket in which the p99 is. */
  readonly requestBound: number;
  readonly handshakeBound: number;
}

/** One crowd after the other; the times are those of the sample. */
async function crowdsAtOnce() {
  const loads: Load[] = [];
  const sampled = Math.ceil(crowd / sampledPart);
  const [before, serverBefore, begin] = [await bucketsOf(), cpuSecondsOf(server.pid), performance.now()];
  let othersSeconds = 0;
  for (let count = 0; count < crowds; count++) {
    const all = [visitors.drive(sampled, sampled), others.drive(crowd - sampled, crowd - sampled)] as const;
    const [sample, rest] = await Promise.all(all);
    loads.push(sample);
    othersSeconds += rest.visitorSeconds;
  }
  const sum = (key: 'refusals' | 'requests' | 'handshakes' | 'visitorSeconds') =>
    loads.reduce((all, load) => all + load[key], 0);
  const processors = [
    ['server', cpuSecondsOf(server.pid) - serverBefore],
    ['sample', sum('visitorSeconds')],
    ['others', othersSeconds],
  ] as const;
  const load: Load = {
    seconds: (performance.now() - begin) / 1000,
    times: loads.flatMap(({ times }) => times),
    timesAdmitted: loads.flatMap(({ timesAdmitted }) => timesAdmitted),
    refusals: sum('refusals'),
    requests: sum('requests'),
    handshakes: sum('handshakes'),
    visitorSeconds: sum('visitorSeconds'),
  };
  return { ...outcomeOf(load, before, await bucketsOf()), processors };
}

async function together(atOnce: number, count: number): Promise<Outcome> {
  const before = await bucketsOf();
  const load = await visitors.drive(atOnce, count);
  return outcomeOf(load, before, await bucketsOf());
}

function outcomeOf(load: Load, before: Awaited<ReturnType<typeof bucketsOf>>, after: typeof before): Outcome {
  const bound = (name: string) => boundOf(before.get(name) ?? new Map(), after.get(name) ?? new Map());
  return { ...load, requestBound: bound(requestTimes), handshakeBound: bound(handshakeTimes) };
}

/** Milliseconds of the first bucket that contains 99 % of what was measured meanwhile. */
function boundOf(before: Buckets, after: Buckets): number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const);
  const all = Math.max(...counts.map(([, count]) => count));
  return 1000 * Math.min(...counts.filter(([, count]) => count >= 0.99 * all).map(([bound]) => bound));
}

/** By the upper bound in seconds, how many values are below it. */
type Buckets = Map<number, number>;

/** The buckets of the two histograms at this moment, of all workers together. */
async function bucketsOf(): Promise<ReadonlyMap<string, Buckets>> {
  const text = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
  const buckets = new Map([requestTimes, handshakeTimes].map((name) => [name, new Map<number, number>()]));
  for (const [, name = '', labels = '', count] of text.matchAll(/^(\w+)_bucket\{(.*)\} (\d+)$/gm)) {
    const bound = /\ble="([^"]+)"/.exec(labels)![1]!;
    const isMeant = name === handshakeTimes ? labels.includes('step="handshake"') : !labels.includes('registration');
    const ofName = buckets.get(name);
    const seconds = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
    if (ofName && isMeant) ofName.set(seconds, (ofName.get(seconds) ?? 0) + Number(count));
  }
  return buckets;
}

/** One client that sends the slow query again and again, until the end; answers how many were answered. */
function slowClient(token: string): { readonly end: () => Promise<number> } {
  let isOver = false;
  let queries = 0;
  const loop = async () => {
    for (; !isOver; queries++) {
      const { status, body } = await graph.call(token, 'GET', slowQuery);
      if (status !== 200) throw new Error(`the slow query: ${status} ${JSON.stringify(body)}`);
    }
    return queries;
  };
  const running = loop();
  return {
    end: () => {
      isOver = true;
      return running;
    },
  };
}
