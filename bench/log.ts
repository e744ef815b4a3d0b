import '#server/reasons/join.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'kysely';
import { addApplication } from '#admin/applications/applications.ts';
import { because } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import { openSealing } from '#keys/sealing.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { openDatabase } from '#storage/database/open.ts';
import { makeDays, signInLogOf } from '#storage/database/sign-in-log/days.ts';
import { openStorage } from '#storage/storage.ts';
import { databasesUnderTest, TestClock } from '../test/contract/databases.ts';
import { serveGraph } from '../test/contract/graph-node.ts';
import { type Times, timesOf } from './parts/times.ts';

/**
 * What the length of the sign-in log costs: a new entry, pages and filters of Graph, and the removal of old entries, in this process on
 * SQLite and on PostgreSQL. `node bin/node24.mjs bench/log.ts [rows …]`, by default 10000 1000000 10000000; a million entries take
 * about a gigabyte and two minutes of writing. Bars: a page and an entry in the longest log at most 1.1 times those in the shortest; no statement
 * holds the event loop for 20 ms.
 */
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 1_000_000, 10_000_000];
const rowsOfStatement = 50_000;
const day = 86_400_000;

/** Entries of a month as copies of one: a hundredth are of one user, a thousandth failed. */
async function fill(database: Awaited<ReturnType<typeof openDatabase>>, tenantId: string, scene: Scene): Promise<void> {
  const { rows, now, isPostgres } = scene;
  const [example] = await database
    .selectFrom(signInLogOf(database))
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .limit(1)
    .execute();
  if (!example) throw new Error('there is no entry to copy');
  const columns = Object.keys(example).filter((name) => example[name as keyof typeof example] !== null);
  for (let ago = 0; ago <= 30; ago++) await makeDays(database, new Date(now - ago * day));
  const log = sql.table(isPostgres ? 'sign_in_log' : 'sign_ins');
  const table = isPostgres ? 'sign_in_days' : 'sign_ins';
  for (let begin = 0; begin < rows; begin += rowsOfStatement) {
    const end = Math.min(rows, begin + rowsOfStatement);
    const numbers = isPostgres
      ? sql`generate_series(${sql.lit(begin)}::int, ${sql.lit(end - 1)}::int) as numbers (i)`
      : sql`(with recursive n (i) as (select ${sql.lit(begin)} union all select i + 1 from n where i < ${sql.lit(end - 1)}) select i from n) as numbers`;
    const id = isPostgres
      ? sql`lpad(to_hex((i::bigint * 2654435761) % 4294967296), 8, '0') || '-1000-4000-8000-' || lpad(to_hex(i), 12, '0')`
      : sql`printf('%08x-1000-4000-8000-%012x', (i * 2654435761) % 4294967296, i)`;
    const values: Readonly<Record<string, ReturnType<typeof sql>>> = {
      id,
      correlation_id: id,
      created_at: sql`${sql.lit(now - 30 * day)} + cast(i as bigint) * ${sql.lit(Math.max(1, Math.floor((30 * day) / rows)))}`,
      user_id: sql`'user' || (i % 100)`,
      upn: sql`'user' || (i % 100) || '@woodgrove.test'`,
      error_number: sql`case when i % 1000 = 0 then 50126 else 0 end`,
    };
    const cells = columns.map(
      (name) =>
        values[name] ?? sql`(select ${sql.ref(name)} from ${log} where tenant_id = ${tenantId} and id = ${example.id})`,
    );
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))}) select ${sql.join(cells)} from ${numbers}`.execute(
      database,
    );
  }
}

interface Scene {
  readonly rows: number;
  readonly now: number;
  readonly isPostgres: boolean;
}

const entryAt = (createdDateTime: Date): SignInRecord => {
  const id = crypto.randomUUID();
  const trace = {
    version: 1,
    correlationId: id,
    at: createdDateTime.toISOString(),
    policyVersion: '1',
    findings: [],
  } as const;
  return {
    ...{ id, correlationId: id, createdDateTime, status: 'success', isInteractive: true, proofs: [], trace },
    because: because('clientCredentialsAccepted', { application: 'Bench' }),
    ...{ userId: 'user1', userPrincipalName: 'user1@woodgrove.test', userDisplayName: 'User 1' },
    ...{ appId: 'bench', appDisplayName: 'Bench', resourceId: 'bench', ipAddress: '192.0.2.1', userAgent: 'bench' },
  };
};

async function measure(database: ReturnType<typeof databasesUnderTest>[number], rows: number) {
  const place = await database.place();
  const clock = new TestClock();
  clock.at = new Date();
  const sealing = openSealing(mkdtempSync(join(tmpdir(), 'cardea-log-')), undefined);
  const storage = await openStorage(place, clock, sealing);
  const id = crypto.randomUUID();
  await storage.tenants.add({
    id,
    displayName: 'Bench',
    domains: [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true }],
  });
  const stores = storage.forTenant(id);
  const tenant = (await storage.tenants.find(id))!;
  await stores.signInLog.append(entryAt(clock.now()));
  await storage.close();
  const direct = await openDatabase(place);
  await fill(direct, id, { rows, now: clock.at.getTime(), isPostgres: place.kind === 'postgres' });
  await direct.destroy();
  const again = await openStorage(place, clock, sealing);
  const ports = again.forTenant(id);
  const permissions = ['AuditLog.Read.All', 'Directory.Read.All'];
  const { application } = orThrow(
    await addApplication(
      { displayName: 'Bench', redirectUris: [], isPublicClient: false, roles: permissions },
      { actor: 'bench', ports },
    ),
  );
  const { appId } = application;
  const bearer = { tenantId: id, kind: 'application', id: appId, appId, permissions } as const;
  const graph = await serveGraph(
    clock,
    () => ({ ...bearer, issuedAt: clock.at }),
    async () => ({ ...ports, tenant, clock, names: {} }) as unknown as GraphPorts,
  );
  const get = async (filter = '', top = 100) => {
    clock.pass(100); // within the rate of requests
    const path = `/auditLogs/signIns?$top=${top}${filter === '' ? '' : `&$filter=${encodeURIComponent(filter)}`}`;
    const { status, body } = await graph.answer('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times = new Map<string, Times>([
    [
      'a new entry',
      await timesOf(() => {
        clock.pass(1);
        return ports.signInLog.append(entryAt(clock.now()));
      }, 100),
    ],
    ['GET /auditLogs/signIns?$top=100', await timesOf(() => get())],
    ['$filter userId eq', await timesOf(() => get(`userId eq 'user7'`))],
    ['$filter status/errorCode eq', await timesOf(() => get('status/errorCode eq 50126', 10))],
    ['$filter correlationId eq', await timesOf(() => get(`correlationId eq '${crypto.randomUUID()}'`))],
    ['$filter that no index knows', await timesOf(() => get(`startsWith(userDisplayName,'Zoe')`), 5)],
  ]);
  const keepSince = new Date(clock.at.getTime() - 29 * day);
  times.set('removal of a thirtieth, per 1000 entries', await removalTimes(again, clock, keepSince, rows / 30));
  times.set('event loop delay (p99, most)', { median: delay.percentile(99) / 1e6, p95: delay.max / 1e6 });
  graph.close();
  await again.close();
  return times;
}

async function removalTimes(
  storage: Awaited<ReturnType<typeof openStorage>>,
  clock: TestClock,
  keepSince: Date,
  count: number,
): Promise<Times> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await storage.prune(clock.now(), { signInsSince: keepSince });
  const { user, system } = process.cpuUsage(before);
  return { median: ((user + system) / 1000 / count) * 1000, p95: ((performance.now() - start) / count) * 1000 };
}

const view = ({ median: middle, p95 }: Times) => `${middle.toFixed(1)} (${p95.toFixed(1)})`.padStart(20);
const line = (name: string, cells: readonly string[]) => `${name.padEnd(44)}${cells.join('')}\n`;
for (const database of databasesUnderTest()) {
  if (database.missing !== undefined) {
    console.log(`${database.name} is skipped. ${database.missing}`);
    continue;
  }
  const results: ReadonlyMap<string, Times>[] = [];
  for (const rows of sizes) results.push(await measure(database, rows));
  database.end();
  const heads = [...sizes.map((rows) => `${rows} entries`.padStart(20)), '   last ÷ first'];
  process.stdout.write(line(`${database.name}: CPU ms, median (wall ms, p95)`, heads));
  for (const name of results[0]!.keys()) {
    const cells = results.map((times) => times.get(name)!);
    const ratio = (cells.at(-1)!.median / cells[0]!.median).toFixed(2).padStart(15);
    process.stdout.write(line(name, [...cells.map(view), ratio]));
  }
}
