import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { retryRange } from '#http/busy.ts';
import { usualWait } from '../test/e2e/server.ts';
import { GraphServer } from '../test/graph/graph-server.ts';
import { fillDirectory } from './filled-directory.ts';
import { quantile } from './processes.ts';

/**
 * What others feel: sign-ins of a crowd that comes at once, and sign-ins beside one client of Graph whose queries read the whole directory.
 * `node bench/crowd.ts [users] [visitors at once] [sign-ins]`, by default 100000, 400 and 200, on SQLite with as many workers as cores unless
 * `CARDEA_WORKERS` says otherwise. Bars (issue 15): of the crowd, those who are admitted have a p99 of at most 3 times the one of
 * sign-ins one after another; beside the slow client, others have at most 1.5 times. A visitor who is answered 503 comes back after as
 * many seconds as `Retry-After` may say, until the sign-in has ended well; its time is the one of the attempt that was admitted, with
 * its wait and its TLS handshakes. A rush is a crowd of 64 that never ends; its sign-ins a second are compared with the most of 8 visitors.
 * Visitors share the machine with the server.
 */
const [users = 100_000, crowd = 400, signIns = 200] = process.argv.slice(2).map(Number);
/** Visitors beside the slow client, and without it. */
const visitorsBeside = 4;
/** Rounds before the first measurement. */
const warmUps = 4;
/** Visitors of a rush, and as many as keep a server busy without refusals. */
const [rushVisitors, busyVisitors] = [64, 8];
/** Sign-ins of a rush for each of `signIns`: the first seconds, in which all come at once, count little. */
const rushFactor = 10;
/** No index has the ends of names, so every user is read. */
const slowQuery = `/users?$count=true&$top=1&$filter=${encodeURIComponent("endsWith(displayName,'nothing ends so')")}`;
/** A crowd comes from one address here. */
const environment = { CARDEA_WORKERS: process.env.CARDEA_WORKERS, ...usualWait };

const graph = await GraphServer.start(environment);
const { server } = graph;
try {
  await server.stop();
  await fillDirectory(server.folder, users);
  await server.run();
  const token = await graph.personToken('ana', 'User.Read.All');
  for (let round = 0; round < warmUps; round++) await together(visitorsBeside, signIns);
  const alone = await together(1, signIns);
  const quiet = await together(visitorsBeside, signIns);
  const slow = slowClient(token);
  const beside = await together(visitorsBeside, signIns);
  const queries = await slow.end();
  const many = await together(crowd, crowd);
  const busy = await together(busyVisitors, signIns * rushFactor);
  const rush = await together(rushVisitors, signIns * rushFactor);
  const row = (name: string, { times, refusals, seconds }: Outcome, ratio: string) =>
    console.log(
      [
        name.padEnd(58),
        ...[0.5, 0.99].map((part) => quantile(times, part).toFixed(0).padStart(8)),
        `${refusals}`.padStart(8),
        seconds.toFixed(1).padStart(8),
        (times.length / seconds).toFixed(0).padStart(8),
        ratio,
      ].join(' '),
    );
  const ratioOf = (first: Outcome, second: Outcome, bar: string) =>
    `   ${(quantile(first.times, 0.99) / quantile(second.times, 0.99)).toFixed(2)} × (bar ${bar})`;
  console.log(`${`${users} users`.padEnd(58)}   p50 ms   p99 ms  refused  seconds  a second   ratio`);
  row('sign-ins one after another', alone, '');
  row(`${crowd} at once, those who are admitted`, many, ratioOf(many, alone, '≤ 3'));
  row(`${visitorsBeside} visitors`, quiet, '');
  row(`${visitorsBeside} visitors beside a slow client (${queries} queries)`, beside, ratioOf(beside, quiet, '≤ 1.5'));
  row(`${busyVisitors} visitors`, busy, '');
  const share = rush.times.length / rush.seconds / (busy.times.length / busy.seconds);
  row(`${rushVisitors} visitors who come back`, rush, `   ${share.toFixed(2)} of the sign-ins a second`);
} finally {
  await server.remove();
}

interface Outcome {
  /** Milliseconds of the attempts that ended well. */
  readonly times: readonly number[];
  /** Attempts that were answered "busy" before they began. */
  readonly refusals: number;
  /** Until everyone had signed in. */
  readonly seconds: number;
}

async function together(visitors: number, count: number): Promise<Outcome> {
  const card = server.card('ana');
  const times: number[] = [];
  let [countdown, refusals] = [count, 0];
  const attempt = async (): Promise<boolean> => {
    const begin = performance.now();
    const end = await server.signIn('ana@woodgrove.test', card).catch((problem: unknown) => {
      if (!/HTTP 503/.test(String(problem))) throw problem;
      return undefined;
    });
    if (!end) return false;
    if (end.kind !== 'signedIn') throw new Error('a sign-in was refused');
    times.push(performance.now() - begin);
    return true;
  };
  const visitor = async () => {
    while (countdown-- > 0)
      while (!(await attempt())) {
        refusals++;
        await wait(1000 * randomInt(retryRange.soonest, retryRange.latest + 1));
      }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: visitors }, visitor));
  return { times, refusals, seconds: (performance.now() - begin) / 1000 };
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
