import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Proof } from '#core/access/proof.ts';
import { because } from '#core/trace/reasons.ts';
import type { Finding } from '#core/trace/trace.ts';
import type { SignInCondition, SignInCount, SignInRecord } from '#model/sign-in.ts';
import { databaseOf } from '#test/contract/database/old-database.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import { openDatabase } from '../../database/open.ts';
import type { Database } from '../../database/schema.ts';
import type { Storage, TenantStorage } from '../../storage.ts';

const hour = 3_600_000;
const start = Date.parse('2027-03-01T00:00:00Z');
const cards = [
  { sha1: 'AA11BB22', oids: ['1.2.3', '1.2.4'], issuer: 'CN=One', field: 'PrincipalName' },
  { sha1: 'AA99CC33', oids: ['1.2.3'], issuer: 'CN=One', field: 'SubjectKeyIdentifier' },
  { sha1: 'DD55EE66', oids: ['9.9'], issuer: 'CN=Two', field: 'PrincipalName' },
];

/** Two hundred entries of four days: ten users, three kinds of card, sessions and an application’s own. */
const records = Array.from({ length: 200 }, (_, i) => recordOf(i));

function recordOf(i: number): SignInRecord {
  const at = new Date(start + i * 0.48 * hour);
  const kind = i % 5 === 4 ? 'silent' : i % 11 === 10 ? 'application' : 'interactive';
  const isRefused = i % 7 === 3;
  const user = `u${i % 10}`;
  const findings = kind === 'interactive' ? findingsOf(i, isRefused) : [];
  const reason = because(kind === 'application' ? 'clientCredentialsAccepted' : 'sessionAccepted', {
    application: 'A',
    methods: [],
  } as never);
  const last = findings.at(-1)?.because ?? reason;
  return {
    id: `e${String(i).padStart(4, '0')}`,
    correlationId: `c${i}`,
    createdDateTime: at,
    status: isRefused && kind === 'interactive' ? 'failure' : 'success',
    because: last,
    userId: kind === 'application' ? undefined : user,
    userPrincipalName: kind === 'application' ? '' : `${user}@x.test`,
    userDisplayName: user,
    appId: `app${i % 3}`,
    appDisplayName: `Application ${i % 3}`,
    resourceId: 'r',
    ipAddress: `192.0.2.${i % 4}`,
    userAgent: 'test',
    isInteractive: kind === 'interactive',
    proofs: isRefused || kind !== 'interactive' ? [] : [proofOf(i, at, user)],
    ...(kind === 'silent' ? { sessionId: `s${i % 10}` } : {}),
    trace: {
      version: 1,
      correlationId: `c${i}`,
      at: at.toISOString(),
      policyVersion: 'v',
      findings: findings.length > 0 ? findings : [{ step: 'account', outcome: 'passed', because: reason }],
    },
  };
}

function findingsOf(i: number, isRefused: boolean): Finding[] {
  const { sha1, oids, issuer, field } = cards[i % 3]!;
  const read = because('certificateRead', {
    subject: `CN=${i % 10}`,
    issuer,
    serialNumber: '01',
    sha1Thumbprint: sha1,
    policyOids: oids,
    authorityKeyIdentifier: 'A0',
  });
  const bound = because('userBound', {
    userPrincipalName: `u${i % 10}@x.test`,
    field,
    property: 'certificateUserIds',
    rank: 1,
    value: 'v',
  });
  const mismatch = because('bindingMismatch', { userPrincipalName: 'u', tried: [] });
  return [
    { step: 'certificate', outcome: 'passed', because: read },
    isRefused
      ? { step: 'user', outcome: 'refused', because: mismatch }
      : { step: 'user', outcome: 'passed', because: bound },
  ];
}

function proofOf(i: number, at: Date, userId: string): Proof {
  const { sha1, oids, issuer } = cards[i % 3]!;
  const certificate = {
    subject: `CN=${i % 10}`,
    issuer,
    serialNumber: '01',
    sha1Thumbprint: sha1,
    sha256Thumbprint: sha1,
    issuerSubjectKeyIdentifier: 'A0',
    policyOids: oids,
    notAfter: '2028-01-01T00:00:00Z',
  };
  return { method: 'x509CertificateMultiFactor', userId, at: at.toISOString(), certificate };
}

const presentedWith = (record: SignInRecord) => {
  if (!record.isInteractive) return undefined;
  const i = Number(record.id.slice(1));
  return { tbsSha256: cards[i % 3]!.sha1 + (record.userId ?? ''), der: new Uint8Array([i % 3]) };
};
const kindOf = ({ isInteractive, userId }: SignInRecord) => (isInteractive ? 0 : userId === undefined ? 2 : 1);
const numberOf = ({ status }: SignInRecord) => (status === 'success' ? 0 : 50034);
const compare = (column: string, operator: string, value: string | number) =>
  ({ kind: 'compare', column, operator, value }) as SignInCondition;

const counts: readonly [string, SignInCount, (record: SignInRecord) => boolean][] = [
  ['everything', {}, () => true],
  ['a user', { userId: 'u3' }, ({ userId }) => userId === 'u3'],
  ['an address', { ipAddress: '192.0.2.1' }, ({ ipAddress }) => ipAddress === '192.0.2.1'],
  ['a session', { sessionId: 's4' }, ({ sessionId }) => sessionId === 's4'],
  ['a range', { from: new Date(start + 10 * hour), until: new Date(start + 20 * hour) }, (r) => inHours(r, 10, 20)],
  ['failures', { condition: compare('errorNumber', 'ne', 0) }, ({ status }) => status === 'failure'],
  ['an application', { condition: compare('appId', 'eq', 'app1') }, ({ appId }) => appId === 'app1'],
  ['what no person did', { condition: compare('eventKind', 'eq', 2) }, (r) => kindOf(r) === 2],
  [
    'one or the other, and not a third',
    {
      condition: {
        kind: 'and',
        left: { kind: 'or', left: compare('eventKind', 'eq', 1), right: compare('errorNumber', 'eq', 50034) },
        right: { kind: 'not', of: compare('appId', 'eq', 'app2') },
      },
    },
    (r) => (kindOf(r) === 1 || numberOf(r) === 50034) && r.appId !== 'app2',
  ],
];
const inHours = ({ createdDateTime }: SignInRecord, from: number, to: number) =>
  createdDateTime.getTime() >= start + from * hour && createdDateTime.getTime() <= start + to * hour;

for (const database of databasesUnderTest()) {
  describe(`reports on the sign-in log on ${database.name}`, { skip: database.missing ?? false }, () => {
    let storage: Storage;
    let mine: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place(), new TestClock());
      mine = await tenantIn(storage);
      for (const record of records) await mine.signInLog.append(record, presentedWith(record));
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    for (const [name, query, holds] of counts) {
      test(`${name}: counted, and counted by hour`, async () => {
        const target = records.filter(holds);
        assert.ok(target.length > 0);
        assert.equal(await mine.signInLog.reports.count(query, 1000), target.length);
        const period = { from: new Date(start), until: new Date(start + 100 * hour), milliseconds: hour };
        const { from = period.from, until = period.until, ...rest } = query;
        const rows = await mine.signInLog.reports.summary({ ...rest, from, until, milliseconds: hour });
        assert.equal(
          rows.reduce((sum, { count }) => sum + count, 0),
          target.length,
        );
        for (const row of rows) {
          const inRow = target.filter(
            (record) =>
              record.createdDateTime >= row.start &&
              record.createdDateTime.getTime() < row.start.getTime() + hour &&
              numberOf(record) === row.errorNumber,
          );
          assert.equal(row.count, inRow.length, row.start.toISOString());
          assert.equal((row.start.getTime() - from.getTime()) % hour, 0);
        }
        assert.deepEqual(
          rows.map((row) => row.start.getTime()),
          rows.map((row) => row.start.getTime()).toSorted((a, b) => a - b),
        );
      });
    }

    test('a count ends at its ceiling', async () => assert.equal(await mine.signInLog.reports.count({}, 50), 50));

    test('granted interactive sign-ins by strength, CA, binding, method and device', async () => {
      const rows = await mine.signInLog.reports.assurance({
        from: new Date(start),
        until: new Date(start + 100 * hour),
        milliseconds: 24 * hour,
      });
      const target = records.filter((record) => record.isInteractive && record.status === 'success');
      assert.equal(
        rows.reduce((sum, { count }) => sum + count, 0),
        target.length,
      );
      const low = rows.filter(({ kind }) => kind.binding === 'PrincipalName');
      assert.equal(
        low.reduce((sum, { count }) => sum + count, 0),
        target.filter((record) => Number(record.id.slice(1)) % 3 !== 1).length,
      );
      assert.deepEqual(
        { ...rows[0]!.kind, binding: '', policyOids: [] },
        {
          strength: 'multiFactor',
          issuer: 'CN=One',
          issuerKeyIdentifier: 'A0',
          binding: '',
          method: 'x509Certificate',
          device: null,
          policyOids: [],
        },
      );
    });

    test('policy OIDs and issuers of real cards, refused ones too, with users counted once', async () => {
      const { policyOids, issuers } = await mine.signInLog.reports.observed(
        new Date(start),
        new Date(start + 100 * hour),
      );
      const withCards = records.filter(({ isInteractive }) => isInteractive);
      const of = (kinds: readonly number[]) => withCards.filter(({ id }) => kinds.includes(Number(id.slice(1)) % 3));
      const row = (value: string, kinds: readonly number[]) => ({
        value,
        count: of(kinds).length,
        users: new Set(of(kinds).map(({ userId }) => userId)).size,
        lastSeen: of(kinds).at(-1)!.createdDateTime,
      });
      assert.deepEqual(
        policyOids,
        [row('1.2.3', [0, 1]), row('9.9', [2]), row('1.2.4', [0])].toSorted(
          (a, b) => b.count - a.count || (a.value < b.value ? -1 : 1),
        ),
      );
      assert.deepEqual(issuers, [row('CN=One', [0, 1]), row('CN=Two', [2])]);
    });

    test('when a user signed in last, by interaction, without, and with success', async () => {
      const last = (userId: string, holds: (record: SignInRecord) => boolean) => {
        const record = records.findLast((item) => item.userId === userId && holds(item));
        return record && { at: record.createdDateTime, id: record.id };
      };
      const activity = await mine.signInLog.reports.activityOf(['u3', 'u4', 'nobody']);
      for (const user of ['u3', 'u4']) {
        const activityExpected = {
          interactive: last(user, ({ isInteractive }) => isInteractive),
          silent: last(user, ({ isInteractive }) => !isInteractive),
          success: last(user, ({ status }) => status === 'success'),
        };
        assert.deepEqual(
          activity.get(user),
          Object.fromEntries(Object.entries(activityExpected).filter(([, value]) => value)),
          user,
        );
      }
      assert.equal(activity.get('nobody'), undefined);
    });

    test('the certificates of a user, and users whose card was bound by a value that is easy to use again', async () => {
      const uses = await mine.signInLog.reports.certificatesOf('u3');
      const userRecords = records.filter(({ userId, isInteractive }) => userId === 'u3' && isInteractive);
      assert.equal(
        uses.reduce((sum, item) => sum + item.uses, 0),
        userRecords.length,
      );
      assert.deepEqual(uses[0]!.lastUsed, userRecords.at(-1)!.createdDateTime);
      const items: { userId: string; lastUsed: Date; field: string | undefined }[] = [];
      for (;;) {
        const last = items.at(-1);
        const page = await mine.signInLog.reports.lowAffinity({
          top: 3,
          since: new Date(start),
          ...(last ? { after: last } : {}),
        });
        items.push(...page.map(({ userId, lastUsed, binding }) => ({ userId, lastUsed, field: binding?.field })));
        if (page.length < 3) break;
      }
      assert.ok(items.length > 10 && items.every(({ field }) => field === 'PrincipalName'));
      assert.equal(new Set(items.map(({ userId, lastUsed }) => `${userId} ${lastUsed.getTime()}`)).size, items.length);
      const whole = await mine.signInLog.reports.lastUses({ top: 1000 });
      const parts: (typeof whole)[number][] = [];
      for (;;) {
        const last = parts.at(-1);
        const page = await mine.signInLog.reports.lastUses({ top: 3, ...(last ? { after: last } : {}) });
        parts.push(...page);
        if (page.length < 3) break;
      }
      assert.ok(whole.length > 3);
      assert.deepEqual(parts, whole, 'pages have what the whole list has, in its order');
    });

    test('a word is looked up among users, names, applications, addresses and thumbprints', async () => {
      await mine.applications.put({
        appId: 'app1',
        displayName: 'Payroll',
        identifierUris: [],
        secretHashes: [],
      } as never);
      for (const [word, holds] of [
        ['u3', ({ userId }: SignInRecord) => userId === 'u3'],
        ['payr', ({ appId }: SignInRecord) => appId === 'app1'],
        ['192.0.2.3', ({ ipAddress }: SignInRecord) => ipAddress === '192.0.2.3'],
        ['dd55ee', ({ id, isInteractive }: SignInRecord) => isInteractive && Number(id.slice(1)) % 3 === 2],
      ] as const) {
        const anyOf = (await mine.signInLog.reports.keysOf(word))!;
        const rows = await mine.signInLog.list({ top: 200, anyOf });
        assert.deepEqual(
          rows.map(({ id }) => id).toSorted(),
          records.filter(holds).map(({ id }) => id),
          word,
        );
        const first = await mine.signInLog.list({ top: 3, anyOf });
        const rest = await mine.signInLog.list({ top: 200, anyOf, after: first.at(-1)! });
        assert.deepEqual([...first, ...rest], rows, `${word}, by page`);
      }
      assert.deepEqual(await mine.signInLog.reports.keysOf("no'body%"), []);
    });

    // PostgreSQL counts in processes of its own, in one statement.
    if (database.name === 'SQLite')
      test('a busy day is counted by statements that read some thousand entries each', async () => {
        const place = await database.place();
        const busy = await openAt(place, new TestClock());
        const tenantId = await addTenant(busy);
        const { signInLog } = busy.forTenant(tenantId);
        const record = records.find((entry) => kindOf(entry) === 0 && entry.status === 'success')!;
        await signInLog.append({ ...record, id: 'first' }, presentedWith(record));
        await busy.close();
        const direct = await openDatabase(place);
        await copyEntries(direct, tenantId, record.createdDateTime.getTime());
        await direct.destroy();
        const again = await openAt(place, new TestClock());
        const countsOf = async (work: () => Promise<unknown>) =>
          (await statementsOf(work)).filter((text) => /group by|count\(\*\)/.test(text) && /"sign_ins"/.test(text))
            .length;
        try {
          const { reports } = again.forTenant(tenantId).signInLog;
          const from = new Date(record.createdDateTime.getTime() - hour);
          const period = { from, until: new Date(from.getTime() + 4 * hour), milliseconds: 24 * hour };
          const hasAll = (rows: readonly { readonly count: number }[]) =>
            assert.deepEqual(
              rows.map(({ count }) => count),
              [copies + 1],
              'one row a length of time, though it is read in parts',
            );
          assert.equal(await countsOf(async () => hasAll(await reports.summary(period))), 6);
          assert.equal(await countsOf(async () => hasAll(await reports.assurance(period))), 6);
          const ceilings = async () => {
            assert.equal(await reports.count({}, 1_000_000), copies + 1);
            assert.equal(await reports.count({}, 9000), 9000);
          };
          assert.equal(await countsOf(ceilings), 9, 'a count that has reached its ceiling reads no further');
        } finally {
          await again.close();
        }
      });

    test('the certificate of an entry is there as long as it is kept', async () => {
      assert.deepEqual(await mine.signInLog.presented('e0000'), new Uint8Array([0]));
      assert.equal(await mine.signInLog.presented('e0004'), undefined);
    });

    test('the entries of an earlier version are entered', async () => {
      const place = await database.emptyPlace();
      const old = await databaseOf('019-mail-keys', place);
      const tenantId = crypto.randomUUID();
      await old.insertInto('tenants').values({ id: tenantId, display_name: 'T', created_at: 0 }).execute();
      for (const record of records.slice(0, 40)) {
        const { status, userId, appId, userPrincipalName, isInteractive, correlationId, createdDateTime, id } = record;
        await old
          .insertInto('sign_ins')
          .values({
            ...{ tenant_id: tenantId, id, correlation_id: correlationId, status, app_id: appId },
            ...{ created_at: createdDateTime.getTime(), user_id: userId ?? null, document: JSON.stringify(record) },
            ...{ upn: userPrincipalName, error_number: numberOf(record), is_interactive: Number(isInteractive) },
            certificate_sha256: presentedWith(record)?.tbsSha256 ?? null,
          })
          .execute();
      }
      await old.destroy();
      const migrated = await openAt(place, new TestClock());
      try {
        const { reports } = migrated.forTenant(tenantId).signInLog;
        const target = records.slice(0, 40);
        const silent = compare('eventKind', 'eq', 1);
        assert.equal(await reports.count({ condition: silent }, 99), target.filter((r) => kindOf(r) === 1).length);
        const last = target.findLast(({ userId }) => userId === 'u3')!;
        const activity = (await reports.activityOf(['u3'])).get('u3')!;
        assert.equal(activity[last.isInteractive ? 'interactive' : 'silent']!.id, last.id);
      } finally {
        await migrated.close();
      }
    });
  });
}

/** Entries beside the first, one a third of a second. */
const copies = 20_000;

async function copyEntries(database: Database, tenantId: string, at: number): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info('sign_ins')`.execute(database);
  const values: Readonly<Record<string, ReturnType<typeof sql>>> = {
    id: sql`'copy' || i`,
    created_at: sql`${sql.lit(at)} + i * 333`,
  };
  const expressions = rows.map(({ name }) => values[name] ?? sql.ref(`old.${name}`));
  await sql`insert into sign_ins (${sql.join(rows.map(({ name }) => sql.ref(name)))})
    with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${sql.lit(copies)})
    select ${sql.join(expressions)} from numbers join sign_ins as old on old.id = 'first' and old.tenant_id = ${tenantId}`.execute(
    database,
  );
}

const tenantIn = async (storage: Storage): Promise<TenantStorage> => storage.forTenant(await addTenant(storage));

async function addTenant(storage: Storage): Promise<string> {
  const id = crypto.randomUUID();
  const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
  await storage.tenants.add({ id, displayName: id, domains });
  return id;
}
