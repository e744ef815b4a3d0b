import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { AuthenticationRule } from '#core/binding/policy.ts';
import { openSealing } from '#keys/sealing.ts';
import { openDatabase } from '#storage/database/open.ts';
import type { Database } from '#storage/database/schema.ts';
import { openStorage } from '#storage/storage.ts';
import { RunningServer } from '../../test/e2e/server.ts';
import { openDemoWorld } from '../parts/demo-world.ts';

/**
 * What 100,000 users and 500 authentication binding rules cost a sign-in beside 1,000 users and 5 rules, in turns in the
 * same run: the decision by itself (policy, CRLs, directory, rating, access; SQLite), and a whole sign-in over TLS by the
 * server's CPU time. `node bench/sign-ins/policy-scale.ts [rounds]`. Bar: the last column at most 1.20. Linux only (/proc).
 */
const rounds = Number(process.argv[2] ?? 15);
const sizes = [
  { users: 1_000, rules: 5 },
  { users: 100_000, rules: 500 },
] as const;
type Size = (typeof sizes)[number];
const clock = { now: () => new Date() };
const name = 'ana@woodgrove.test';

/** Fills a data folder whose tenant is there already: people with a certificateUserId, each in one of a thousand groups. */
async function fill(folder: string, { users, rules }: Size): Promise<void> {
  const open = await openDatabase({ kind: 'sqlite', folder });
  const tenantId = await open.transaction().execute((database) => fillTables(database, users));
  await open.destroy();
  const storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
  const tenantStorage = storage.forTenant(tenantId);
  const x509 = await tenantStorage.policy.x509();
  const { rules: knownItem, ...mode } = x509.authenticationModeConfiguration;
  const more = Array.from({ length: rules - knownItem.length }, (_, n) => ruleOf(n));
  const authenticationModeConfiguration = { ...mode, rules: [...knownItem, ...more] };
  await tenantStorage.policy.setX509({ ...x509, authenticationModeConfiguration }, 'bench');
  const ana = (await tenantStorage.users.find(name))!;
  const groups = await tenantStorage.groups.list({ top: 20 });
  for (const { id } of groups) await tenantStorage.groups.addMember(id, { kind: 'user', id: ana.id }, 'bench');
  await storage.close();
}

async function fillTables(database: Database, users: number): Promise<string> {
  const { tenant_id } = await database
    .selectFrom('domains')
    .select('tenant_id')
    .where('id', '=', 'woodgrove.test')
    .executeTakeFirstOrThrow();
  const groups = Array.from({ length: 1000 }, () => crypto.randomUUID());
  const item = async (count: number, insert: (from: number, to: number) => Promise<unknown>) => {
    for (let from = 0; from < count; from += 1000) await insert(from, Math.min(count, from + 1000));
  };
  await database
    .insertInto('groups')
    .values(groups.map((id, n) => ({ tenant_id, id, display_name: `Group ${n}`, profile: null, created_at: 0 })))
    .execute();
  await item(users, async (from, to) => {
    const rows = Array.from({ length: to - from }, (_, n) => ({ n: from + n, id: crypto.randomUUID() }));
    for (const row of chunks(rows, 500)) {
      await database
        .insertInto('users')
        .values(
          row.map(({ n, id }) => ({
            tenant_id,
            id,
            upn: `user${n}@woodgrove.test`,
            upn_key: `user${n}@woodgrove.test`,
            on_premises_upn: `user${n}@woodgrove.local`,
            on_premises_upn_key: `user${n}@woodgrove.local`,
            display_name: `User ${n}`,
            mail: null,
            mail_key: null,
            mail_is_shared: 0,
            account_enabled: 1,
            sessions_valid_from: null,
            password_hash: null,
            last_method: null,
            profile: null,
            created_at: 0,
          })),
        )
        .execute();
      const values = row.map(({ n, id }) => ({ id, value: `X509:<SKI>${n.toString(16).padStart(40, '0')}` }));
      await database
        .insertInto('certificate_user_ids')
        .values(values.map(({ id, value }) => ({ tenant_id, value_key: value, user_id: id, position: 0, value })))
        .execute();
      await database
        .insertInto('group_members')
        .values(
          row.map(({ n, id }) => ({ tenant_id, group_id: groups[n % 1000]!, member_id: id, member_kind: 'user' })),
        )
        .execute();
    }
  });
  return tenant_id;
}

/** Rules of the three kinds, alternately; none is about the cards used here. */
function ruleOf(n: number): AuthenticationRule {
  const oid = `1.3.6.1.4.1.99999.${n}`;
  const issuer = `CN=Issuing CA ${n},O=Elsewhere,C=NL`;
  const mode = { x509CertificateAuthenticationMode: 'x509CertificateMultiFactor' } as const;
  if (n % 3 === 0) return { x509CertificateRuleType: 'policyOID', identifier: oid, policyOidIdentifier: oid, ...mode };
  const withName = { identifier: issuer, issuerSubjectIdentifier: issuer };
  if (n % 3 === 1) return { x509CertificateRuleType: 'issuerSubject', ...withName, ...mode };
  return { x509CertificateRuleType: 'issuerSubjectAndPolicyOID', ...withName, policyOidIdentifier: oid, ...mode };
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

interface Subject {
  /** CPU seconds of some sign-ins. */
  measure(): Promise<number>;
  close(): Promise<unknown>;
}

/** The decision in this process, on a database of its own. */
async function decisions(size: Size): Promise<Subject> {
  const { signIn, close } = await openDemoWorld(clock, (folder) => fill(folder, size));
  await signIn();
  return {
    async measure() {
      const before = process.cpuUsage();
      for (let n = 0; n < 100; n++) await signIn();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6 / 100;
    },
    close,
  };
}

/** Whole sign-ins over TLS, by the CPU time of the server's process. */
async function signIns(size: Size): Promise<Subject> {
  const server = await RunningServer.start({}, { separateProcess: true });
  await server.stop();
  await fill(server.folder, size);
  await server.run();
  const card = server.card('ana');
  const once = async () => {
    const { kind } = await server.signIn(name, card);
    if (kind !== 'signedIn') throw new Error(`a sign-in was ${kind}`);
  };
  for (let n = 0; n < 10; n++) await once();
  return {
    async measure() {
      const before = cpuSeconds(server.pid);
      for (let n = 0; n < 20; n++) await once();
      return (cpuSeconds(server.pid) - before) / 20;
    },
    close: () => server.remove(),
  };
}

/** User and system time of a process so far; the kernel counts in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const median = (values: readonly number[]): number =>
  values.toSorted((value, second) => value - second)[values.length >> 1]!;

const rows = [['what', ...sizes.map(({ users, rules }) => `${users} users, ${rules} rules`), 'ratio']];
for (const [what, open] of [
  ['decision, ms', decisions],
  ['sign-in over TLS, ms', signIns],
] as const) {
  const subjects = [await open(sizes[0]), await open(sizes[1])] as const;
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const seconds = await subject.measure();
      if (round > 0) times[index as 0 | 1].push(seconds * 1000); // the first round warms both
    }
  }
  const [small, large] = [median(times[0]), median(times[1])];
  rows.push([what, small.toFixed(2), large.toFixed(2), (large / small).toFixed(2)]);
  for (const subject of subjects) await subject.close();
}
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
for (const row of rows) console.log(row.map((cell, column) => cell.padStart(widths[column]!)).join('   '));
console.log(`\n${cpus()[0]?.model}, median of ${rounds} rounds`);
