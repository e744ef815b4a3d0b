import { GraphServer } from '../test/graph/graph-server.ts';
import { fillDirectory } from './filled-directory.ts';
import { quantile } from './processes.ts';

/**
 * What others feel: sign-ins of a crowd that comes at once, and sign-ins beside one client of Graph whose queries read the whole directory.
 * `node bench/crowd.ts [users] [visitors at once] [sign-ins]`, by default 100000, 400 and 200, on SQLite with as many workers as cores unless
 * `CARDEA_WORKERS` says otherwise. Bars (issue 15): of the crowd, those who are admitted have a p99 of at most 3 times the one of
 * sign-ins one after another; beside the slow client, others have at most 1.5 times. Visitors share the machine with the server.
 */
const [users = 100_000, crowd = 400, signIns = 200] = process.argv.slice(2).map(Number);
/** Visitors beside the slow client, and without it. */
const visitorsBeside = 4;
/** No index has the ends of names, so every user is read. */
const slowQuery = `/users?$count=true&$top=1&$filter=${encodeURIComponent("endsWith(displayName,'nothing ends so')")}`;
/** A crowd comes from one address here. */
const environment = { CARDEA_WORKERS: process.env.CARDEA_WORKERS };

const graph = await GraphServer.start(environment);
const { server } = graph;
try {
  await server.stop();
  await fillDirectory(server.folder, users);
  await server.run();
  const token = await graph.personToken('ana', 'User.Read.All');
  await together(visitorsBeside, signIns); // warm
  const alone = await together(1, signIns);
  const quiet = await together(visitorsBeside, signIns);
  const slow = slowClient(token);
  const beside = await together(visitorsBeside, signIns);
  const queries = await slow.end();
  const many = await together(crowd, crowd);
  const row = (name: string, { times, busy }: Outcome, ratio: string) =>
    console.log(
      [
        name.padEnd(58),
        ...[0.5, 0.99].map((part) => quantile(times, part).toFixed(0).padStart(8)),
        `${busy}`.padStart(8),
        ratio,
      ].join(' '),
    );
  const ratioOf = (first: Outcome, second: Outcome, bar: string) =>
    `   ${(quantile(first.times, 0.99) / quantile(second.times, 0.99)).toFixed(2)} × (bar ${bar})`;
  console.log(`${`${users} users`.padEnd(58)}   p50 ms   p99 ms     busy   p99, ratio`);
  row('sign-ins one after another', alone, '');
  row(`${crowd} at once, those who are admitted`, many, ratioOf(many, alone, '≤ 3'));
  row(`${visitorsBeside} visitors`, quiet, '');
  row(`${visitorsBeside} visitors beside a slow client (${queries} queries)`, beside, ratioOf(beside, quiet, '≤ 1.5'));
} finally {
  await server.remove();
}

/** Milliseconds of the sign-ins that ended well, and how many were answered "busy" before they began. */
interface Outcome {
  readonly times: readonly number[];
  readonly busy: number;
}

async function together(visitors: number, count: number): Promise<Outcome> {
  const card = server.card('ana');
  const times: number[] = [];
  let [countdown, busy] = [count, 0];
  const visitor = async () => {
    while (countdown-- > 0) {
      const begin = performance.now();
      const end = await server.signIn('ana@woodgrove.test', card).catch((problem: unknown) => {
        if (!/HTTP 503/.test(String(problem))) throw problem;
        return undefined;
      });
      if (!end) busy++;
      else if (end.kind === 'signedIn') times.push(performance.now() - begin);
      else throw new Error('a sign-in was refused');
    }
  };
  await Promise.all(Array.from({ length: visitors }, visitor));
  return { times, busy };
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
