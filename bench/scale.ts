import '#server/reasons/join.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { makeDemoTenant } from '#cli/demo.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { serveCrls } from '#http/demo-crl.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openSealing } from '#keys/sealing.ts';
import { crlFiles, makeWoodgrove } from '#pki/demo/woodgrove.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import { prune } from '#storage/database/removal/prune.ts';
import type { Database } from '#storage/database/schema.ts';
import { daysOf, makeDays } from '#storage/database/sign-in-log/days.ts';
import { openStorage, type Storage } from '#storage/storage.ts';
import { databasesUnderTest } from '../test/contract/databases.ts';
import { freePort } from '../test/free-port.ts';
import { logSignIn } from './parts/sign-in.ts';

/**
 * What users and entries of the sign-in log cost on PostgreSQL: octets on disk, sign-ins, searches of the log, and pruning a day
 * of thirty. `node bin/node24.mjs bench/scale.ts USERS:ENTRIES … [postgres://… …]`, by default 10000:100000 100000:1000000 on a
 * server of its own without fsync. URLs name empty databases, one for each size. All sizes are filled before the first
 * question, and are asked one after the other, so that their times can be compared. docs/develop/scale.md.
 */
const words = process.argv.slice(2);
const urls = words.filter((word) => word.startsWith('postgres://'));
const sizesFromArguments = words
  .filter((word) => !urls.includes(word))
  .map((word) => word.split(':').map(Number) as [number, number]);
const sizes =
  sizesFromArguments.length > 0
    ? sizesFromArguments
    : ([
        [10_000, 100_000],
        [100_000, 1_000_000],
      ] as [number, number][]);
if (urls.length > 0 && urls.length !== sizes.length) throw new Error('name one empty database for each size');
const day = 86_400_000;
const days = 30;
/** Rows of one statement that fills a table: less than a second of work, within the five that a statement has. */
const step = 2_000;
/** How often each question is asked of each size in one turn, and turns. The first turn is not counted. */
const [repetitions, turns] = [60, 6];

const now = new Date();
const clock = { now: () => new Date() };

/** A database of one size, filled. */
interface Installation {
  readonly figures: Map<string, string>;
  readonly questions: ReturnType<typeof questionsOf>;
  /** Prunes a day, and closes everything. */
  end(): Promise<void>;
}

async function fillInstallation(place: Place, [users, entries]: readonly [number, number]): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-scale-'));
  const sealing = openSealing(folder, undefined);
  const port = await freePort();
  const pki = makeWoodgrove({ at: now, crlBaseUrl: `http://localhost:${port}` });
  const crlServer = await serveCrls(port, (path) => crlFiles(pki).get(path));
  const storage = await openStorage(place, clock, sealing);
  await makeDemoTenant(pki, {
    tenants: storage.tenants,
    clock,
    firstParty: [],
    adminOf: async (tenantId: string) => storage.forTenant(tenantId),
  });
  const tenant = (await storage.tenants.find('woodgrove.test'))!;
  const crls = openCrlCache({ clock, bytes: storage.crlBytes });
  const ports = {
    ...storage.forTenant(tenant.id),
    ...{ tenant, clock, crls, ocsp: openOcspClient(), passwords: openPasswords(), passkeys },
  };
  const leaf = pki.cards.find(({ person }) => person.name === 'ana')!.issued.der;
  const signIn = () => logSignIn({ username: 'ana@woodgrove.test', leaf }, { ports, at: clock.now() });
  await signIn();
  const database = await openDatabase(place);
  const figures = new Map<string, string>();
  await fill(database, figures, { place, tenantId: tenant.id, users, entries });
  await sizesOf(database, figures, { users, entries });
  return {
    figures,
    questions: questionsOf(storage, tenant.id, signIn),
    async end() {
      await pruneDay(database, figures, entries);
      await database.destroy();
      await crls.close();
      await storage.close();
      crlServer.close();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Filling {
  readonly place: Place;
  readonly tenantId: string;
  readonly users: number;
  readonly entries: number;
}

/** Users with what lists find them by, and copies of the one real entry of the log over thirty days. */
async function fill(
  database: Database,
  figures: Map<string, string>,
  { place, tenantId, users, entries }: Filling,
): Promise<void> {
  const tenant = sql.lit(tenantId);
  const id = sql`format('%s-1000-4000-8000-%s', lpad(to_hex(i % 4294967296), 8, '0'), lpad(to_hex(i), 12, '0'))`;
  const begin = performance.now();
  for (const from of steps(users)) {
    const numbers = sql`from generate_series(${sql.lit(from)}::bigint, ${sql.lit(Math.min(users, from + step - 1))}) as i`;
    await sql`insert into users (tenant_id, id, upn, upn_key, display_name, account_enabled, mail_is_shared, created_at)
      select ${tenant}, ${id}, 'user' || i || '@woodgrove.test', 'user' || i || '@woodgrove.test', 'User ' || i, 1, 0, 0
      ${numbers}`.execute(database);
    for (const row of [
      sql`'user/displayname', 'user ' || i`,
      sql`'user/displayname~', '' || i`,
      sql`'user/userprincipalname', 'user' || i || '@woodgrove.test'`,
      sql`'user/createddatetime', '1970-01-01t00:00:00.000z'`,
      sql`'user/mail', ''`,
    ])
      await sql`insert into directory_index (tenant_id, property, value_key, object_id)
        select ${tenant}, ${row}, ${id} ${numbers} on conflict do nothing`.execute(database);
    await sql`insert into certificate_user_ids (tenant_id, user_id, position, value, value_key)
      select ${tenant}, ${id}, 0, key, lower(key) from (select i, 'X509:<SKI>' || lpad(to_hex(i), 40, '0') as key ${numbers}) as keys`.execute(
      database,
    );
  }
  const middle = performance.now();
  const names = ['id', 'correlation_id', 'created_at', 'user_id', 'upn', 'ip_address', 'session_id', 'repeat_key'];
  const { rows } = await sql<{ name: string }>`select column_name as name from information_schema.columns
    where table_name = 'sign_ins' and column_name <> all(${names})`.execute(database);
  const others = sql.join(rows.map(({ name }) => sql.ref(name)));
  const columns = sql.join(names.map((name) => sql.ref(name)));
  for (let ago = 0; ago <= days; ago++) await makeDays(database, new Date(now.getTime() - ago * day));
  for (const from of steps(entries))
    await sql`insert into sign_in_days (${columns}, ${others})
      select ${id}, ${id}, ${sql.lit(now.getTime() - days * day)} + (i * ${sql.lit(days * day)} / ${sql.lit(entries)}),
        format('%s-1000-4000-8000-%s', lpad(to_hex(1 + i % ${sql.lit(users)}), 8, '0'), lpad(to_hex(1 + i % ${sql.lit(users)}), 12, '0')),
        'user' || (1 + i % ${sql.lit(users)}) || '@woodgrove.test', '10.0.' || (i % 250) || '.' || (i / 250 % 250), ${id}, null,
        ${others}
      from generate_series(${sql.lit(from)}::bigint, ${sql.lit(Math.min(entries, from + step - 1))}) as i,
        (select ${others} from sign_in_log where tenant_id = ${tenant} and upn = 'ana@woodgrove.test' limit 1) as entry`.execute(
      database,
    );
  await analyze(place);
  figures.set('filled with users a second', Math.round(users / ((middle - begin) / 1000)).toString());
  figures.set('filled with entries a second', Math.round(entries / ((performance.now() - middle) / 1000)).toString());
}

/** Reads a sample of every table, on a connection without the limits of a statement. */
async function analyze(place: Place): Promise<void> {
  if (place.kind !== 'postgres') return;
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  await client.query('analyze');
  await client.end();
}

const steps = (count: number): readonly number[] =>
  Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step + 1);

async function sizesOf(
  database: Database,
  figures: Map<string, string>,
  { users, entries }: { readonly users: number; readonly entries: number },
): Promise<void> {
  const octets = async (...tables: string[]) => {
    const { rows } = await sql<{ size: string }>`select sum(pg_total_relation_size(name::regclass)) as size
      from unnest(${tables}::text[]) as name`.execute(database);
    return Number(rows[0]!.size);
  };
  const ofUsers = await octets('users', 'directory_index', 'certificate_user_ids');
  figures.set('octets on disk of a user', Math.round(ofUsers / users).toString());
  figures.set(
    'octets on disk of an entry',
    Math.round((await octets(...(await daysOf(database)).map(({ table }) => table))) / entries).toString(),
  );
}

/** Each with a name; they ask what the admin center and a sign-in ask. */
function questionsOf(storage: Storage, tenantId: string, signIn: () => Promise<void>) {
  const { signInLog, users } = storage.forTenant(tenantId);
  let count = 0;
  const some = () => 1 + ((count++ * 7919) % 9000);
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
  const idOf = (value: number) => `${hex(value, 8)}-1000-4000-8000-${hex(value, 12)}`;
  return [
    ['a sign-in with a certificate, with its entry', signIn],
    ['a user by name', () => users.find(`user${some()}@woodgrove.test`)],
    ['an entry by its id', () => signInLog.find(idOf(some()))],
    ['the newest 50 entries', () => signInLog.list({ top: 50 })],
    ['entries of one correlation id', () => storage.findSignIns(idOf(some()))],
  ] as const satisfies readonly (readonly [string, () => Promise<unknown>])[];
}

/** Asks every question of one size after the other, and notes the milliseconds in the middle, and at the slow end. */
async function askAlternately(installations: readonly Installation[]): Promise<void> {
  const times = installations.map(() => new Map<string, number[]>());
  for (let turn = 0; turn < turns; turn++)
    for (const [index, { questions }] of installations.entries())
      for (const [name, work] of questions) {
        const list = turn <= 1 ? [] : times[index]!.get(name)!;
        times[index]!.set(name, list);
        for (let round = 0; round < repetitions; round++) {
          const begin = performance.now();
          await work();
          list.push(performance.now() - begin);
        }
      }
  for (const [index, { figures }] of installations.entries())
    for (const [name, list] of times[index]!) {
      list.sort((one, other) => one - other);
      const [middle, slow] = [list[list.length >> 1]!, list[Math.floor(list.length * 0.95)]!];
      figures.set(name, `${middle.toFixed(1)} (${slow.toFixed(1)})`);
    }
}

/** The oldest day leaves the log, as it does each day. */
async function pruneDay(database: Database, figures: Map<string, string>, entries: number): Promise<void> {
  const position = async () =>
    Number((await sql<{ at: string }>`select pg_current_wal_lsn() - '0/0' as at`.execute(database)).rows[0]!.at);
  const [begin, before] = [performance.now(), await position()];
  await prune(database, new Date(), { signInsSince: new Date(now.getTime() - (days - 1) * day) });
  const seconds = (performance.now() - begin) / 1000;
  const rows = entries / days;
  figures.set('pruned entries a second', Math.round(rows / seconds).toString());
  figures.set('octets of WAL of a pruned entry', Math.round(((await position()) - before) / rows).toString());
}

const server = databasesUnderTest().find(({ isShared }) => isShared)!;
const installations: Installation[] = [];
for (const [index, size] of sizes.entries()) {
  const url = urls[index];
  installations.push(await fillInstallation(url ? { kind: 'postgres', url } : await server.place(), size));
}
await askAlternately(installations);
for (const { end } of installations) await end();
server.end();
const header = sizes.map(([users, entries]) => `${users}:${entries}`);
const line = (name: string, cells: readonly string[]) =>
  `${name.padEnd(46)}${cells.map((cell) => cell.padStart(20)).join('')}\n`;
process.stdout.write(line('ms: median (p95)', header));
for (const name of installations[0]!.figures.keys())
  process.stdout.write(
    line(
      name,
      installations.map(({ figures }) => figures.get(name)!),
    ),
  );
