import '#server/reasons/join.ts';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { databasesUnderTest } from '../../test/contract/databases.ts';
import { RunningServer } from '../../test/e2e/server.ts';

/**
 * Processor time of a certificate sign-in on SQLite and on PostgreSQL, of the server and of the database beside it, in one run.
 * The sign-ins come one after the other. `node bench/sign-ins/sign-in-databases.ts [sign-ins]`, Linux only (/proc).
 */
const count = Number(process.argv[2] ?? 100);
const warmUp = 60;

/** Milliseconds. */
interface Cost {
  readonly server: number;
  readonly database: number;
}
const costs = new Map<string, Cost>();
for (const database of databasesUnderTest()) {
  if (database.missing !== undefined) {
    console.log(`${database.name} is skipped. ${database.missing}`);
    continue;
  }
  const place = await database.place();
  const url = place.kind === 'postgres' ? place.url : undefined;
  const secret = { CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') };
  const server = await RunningServer.start(url === undefined ? {} : { ...secret, CARDEA_DATABASE_URL: url }, {
    separateProcess: true,
  });
  try {
    costs.set(database.name, await costOf(server, url === undefined ? undefined : postmasterOf(url)));
  } finally {
    await server.remove();
    database.end();
  }
}
for (const [name, { server, database }] of costs)
  console.log(`${name.padEnd(10)}   server ${server.toFixed(1)} ms   database ${database.toFixed(1)} ms`);
const [sqlite, postgres] = [...costs.values()].map(({ server, database }) => server + database);
if (sqlite !== undefined && postgres !== undefined)
  console.log(`\nPostgreSQL costs ${(postgres / sqlite).toFixed(2)} of SQLite`);

async function costOf(server: RunningServer, postmaster: number | undefined): Promise<Cost> {
  const signIn = async () => {
    const { kind } = await server.signIn('ana@woodgrove.test', server.card('ana'));
    if (kind !== 'signedIn') throw new Error('a sign-in was refused');
  };
  const databaseSeconds = () => (postmaster === undefined ? 0 : cpuSeconds(postmaster) + cpuSecondsBelow(postmaster));
  for (let turn = 0; turn < warmUp; turn++) await signIn();
  const before = { server: cpuSeconds(server.pid), database: databaseSeconds() };
  for (let turn = 0; turn < count; turn++) await signIn();
  const milliseconds = (end: number, begin: number) => ((end - begin) / count) * 1000;
  return {
    server: milliseconds(cpuSeconds(server.pid), before.server),
    database: milliseconds(databaseSeconds(), before.database),
  };
}

function postmasterOf(url: string): number {
  const folder = new URL(url).searchParams.get('host') ?? '';
  return Number(readFileSync(`${folder}/data/postmaster.pid`, 'utf8').split('\n')[0]);
}

/** User and system time of a process and of its children that ended; the kernel counts in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const ticks = fieldsOf(pid).slice(11, 15).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) / 100;
}

function cpuSecondsBelow(parent: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = pids.filter((pid) => fieldsOf(Number(pid))[1] === String(parent));
  return children.reduce((sum, pid) => sum + cpuSeconds(Number(pid)), 0);
}

/** What /proc says of a process after its name; nothing where it has ended. */
function fieldsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  } catch {
    return [];
  }
}
