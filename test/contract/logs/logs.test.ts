import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DefaultQueryCompiler, sql } from 'kysely';
import { because } from '#core/trace/reasons.ts';
import type { AuditRecord } from '#model/audit.ts';
import type { SignInQuery, SignInRecord } from '#model/sign-in.ts';
import { describeRepeats } from '#signin/log/repeats.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';
import { statementsOf } from '../statements-of.ts';

for (const database of databasesUnderTest()) {
  describe(`the logs on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    const start = clock.at.getTime();
    let storage: Storage;
    let mine: TenantStorage;
    let secondNode: Storage;
    let theirs: TenantStorage;
    const records: SignInRecord[] = [];

    const idsOf = (match: readonly { id: string }[]) => match.map(({ id }) => id);

    before(async () => {
      const place = await database.place();
      storage = await openAt(place, clock);
      const id = crypto.randomUUID();
      const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
      await storage.tenants.add({ id, displayName: id, domains });
      for (let i = 0; i < 60; i++) {
        const record = recordOf(i, new Date(start + Math.floor(i / 3) * 1000)); // three of a moment
        records.push(record);
        await storage.forTenant(id).signInLog.append(record);
      }
      await storage.close();
      await asOfFormerVersion(place, idsOf(records.slice(0, formerEntries)));
      storage = await openAt(place, clock);
      secondNode = database.isShared ? await openAt(place, clock) : storage;
      mine = storage.forTenant(id);
      theirs = secondNode.forTenant(id);
    });
    after(async () => {
      if (secondNode !== storage) await secondNode?.close();
      await storage?.close();
      database.end();
    });

    const inOrder = (direction: 1 | -1) =>
      records.toSorted(
        (record, second) =>
          direction * (record.createdDateTime.getTime() - second.createdDateTime.getTime()) ||
          (record.id < second.id ? -1 : 1),
      );

    for (const [name, order, direction] of [
      ['newest', {}, -1],
      ['oldest', { isOldestFirst: true }, 1],
    ] as const) {
      test(`sign-ins are read page by page, ${name} first, each once, though many are of one moment`, async () => {
        const read: SignInRecord[] = [];
        for (;;) {
          const last = read.at(-1);
          const page = await mine.signInLog.list({ top: 7, ...order, ...(last ? { after: last } : {}) });
          read.push(...page);
          if (page.length < 7) break;
        }
        assert.deepEqual(idsOf(read), idsOf(inOrder(direction)));
      });
    }

    test('sign-ins of one result of Conditional Access are read page by page, with those of the version before', async () => {
      const read: SignInRecord[] = [];
      for (;;) {
        const last = read.at(-1);
        const page = await mine.signInLog.list({ top: 4, accessResult: 'success', ...(last ? { after: last } : {}) });
        read.push(...page);
        if (page.length < 4) break;
      }
      const wantedIds = new Set(idsOf(records.filter((_, i) => i < formerEntries || i % 4 === 2)));
      assert.deepEqual(
        idsOf(read),
        idsOf(inOrder(-1)).filter((id) => wantedIds.has(id)),
      );
    });

    const at = (seconds: number) => new Date(start + seconds * 1000);
    const cases: readonly [string, Omit<SignInQuery, 'top'>, (record: SignInRecord, i: number) => boolean][] = [
      ['a user', { userId: 'u3' }, ({ userId }) => userId === 'u3'],
      ['an application', { appId: 'a1' }, ({ appId }) => appId === 'a1'],
      ['a name in any case', { userPrincipalName: 'U4@X.TEST' }, ({ userId }) => userId === 'u4'],
      ['a number', { errorNumber: 50034 }, ({ status }) => status === 'failure'],
      ['successes, whose number is 0', { errorNumber: 0 }, ({ status }) => status === 'success'],
      ['what a person did', { isInteractive: true }, ({ isInteractive }) => isInteractive],
      ['what no person did', { isInteractive: false }, ({ isInteractive }) => !isInteractive],
      ['a failure of Conditional Access', { accessResult: 'failure' }, (_, i) => i < formerEntries || i % 4 === 1],
      [
        'a success of Conditional Access in an application and a range',
        { accessResult: 'success', appId: 'a2', from: at(4), until: at(15) },
        (_, i) => i % 4 === 2 && i >= 12 && i < 48,
      ],
      [
        'no policy that applied, of a user',
        { accessResult: 'notApplied', userId: 'u3' },
        ({ userId }) => userId === 'u3',
      ],
      ['a range with both its ends', { from: at(3), until: at(5) }, (_, i) => i >= 9 && i < 18],
      ['all of it at once', { userId: 'u3', from: at(10) }, ({ userId }, i) => userId === 'u3' && i >= 30],
    ];
    for (const [name, query, holds] of cases) {
      test(`sign-ins are found by ${name}`, async () => {
        const wantedKeys = new Set(idsOf(records.filter(holds)));
        const ids = idsOf(inOrder(-1)).filter((id) => wantedKeys.has(id));
        assert.deepEqual(idsOf(await mine.signInLog.list({ top: 100, ...query })), ids);
        assert.ok(ids.length > 0);
      });
    }

    const failureAt = (seconds: number, change: Partial<SignInRecord> = {}): SignInRecord => {
      const reason = because('accountUnknown', { username: 'x' });
      const record = recordOf(0, new Date(Math.ceil(start / 600_000) * 600_000 + 6_000_000 + seconds * 1000));
      return { ...record, because: reason, ipAddress: '203.0.113.5', ...change };
    };
    const inLog = (ipAddress: string, rows: readonly SignInRecord[]) =>
      rows.filter((record) => record.ipAddress === ipAddress);

    test('identical failures of one source are one entry with a count, also when two nodes write at once', async () => {
      const attempts = Array.from({ length: 40 }, (_, i) => failureAt(i));
      await Promise.all(attempts.map((attempt, i) => (i % 2 ? mine : theirs).signInLog.append(attempt)));
      const [entry, ...more] = inLog('203.0.113.5', await mine.signInLog.list({ top: 100 }));
      assert.deepEqual(more, []);
      assert.deepEqual(entry!.repeats, { count: 40, lastDateTime: attempts.at(-1)!.createdDateTime });
      const ids = attempts.map(({ correlationId }) => correlationId);
      const matches = await Promise.all(ids.map((correlationId) => mine.signInLog.list({ top: 9, correlationId })));
      assert.equal(matches.filter((rows) => rows.length === 1 && rows[0]!.id === entry!.id).length, 21);
      assert.equal((await Promise.all(ids.map((id) => storage.findSignIns(id)))).filter((rows) => rows[0]).length, 21);
    });

    test('failures with other evidence are entries of their own, and what an attempt measures is no difference', async () => {
      const ipAddress = '203.0.113.11';
      const slow = (url: string, received: number) => because('crlDownloadSlow', { url, seconds: 10, received });
      const [first, second] = ['http://crl.test/a', 'http://crl.test/b'] as const;
      const causes = [slow(first, 10), slow(second, 20), slow(first, 30)];
      const attempts = causes.map((reason, i) => failureAt(i, { ipAddress, because: reason }));
      for (const attempt of attempts) await mine.signInLog.append(attempt);
      const rowOf = async ({ correlationId }: SignInRecord) =>
        (await mine.signInLog.list({ top: 9, correlationId }))[0]!;
      const rows = await Promise.all(attempts.map(rowOf));
      assert.deepEqual(
        rows.map(({ because: { evidence } }) => (evidence as { readonly url: string }).url),
        [first, second, first],
      );
      assert.deepEqual(
        rows.map((row) => describeRepeats(row)),
        ['2 identical attempts', undefined, '2 identical attempts'],
      );
    });

    test('what differs in user, application, code, policies, source, window or certificate is an entry of its own', async () => {
      const ipAddress = '203.0.113.6';
      const certificate = { tbsSha256: 'AB', der: new Uint8Array([1]) };
      const otherReason = because('passwordWrong', { userPrincipalName: 'x' });
      const appliedPolicy = {
        id: 'p',
        displayName: 'P',
        result: 'failure',
        enforcedGrantControls: [],
        enforcedSessionControls: [],
      };
      const changes: readonly Partial<SignInRecord>[] = [
        {},
        { userId: 'u9' },
        { userPrincipalName: 'b@x.test' },
        { appId: 'a9' },
        { because: otherReason },
        { appliedConditionalAccessPolicies: [appliedPolicy] },
      ];
      for (const change of changes) await mine.signInLog.append(failureAt(0, { ...change, ipAddress }));
      await mine.signInLog.append(failureAt(601, { ipAddress }));
      await mine.signInLog.append(failureAt(0, { ipAddress }), certificate);
      await mine.signInLog.append(failureAt(0, { ipAddress: '203.0.113.7' }));
      const rows = inLog(ipAddress, await mine.signInLog.list({ top: 100 }));
      assert.equal(rows.length, changes.length + 2);
      assert.ok(rows.every(({ repeats }) => repeats === undefined));
    });

    test('of entries found by correlation id the one that was counted last is last', async () => {
      const ipAddress = '203.0.113.10';
      const correlationId = crypto.randomUUID();
      const [first, question, again] = [
        failureAt(0, { ipAddress }),
        failureAt(20, { ipAddress, correlationId, status: 'interrupted' }),
        failureAt(30, { ipAddress, correlationId }),
      ];
      for (const attempt of [first!, question!, again!]) await mine.signInLog.append(attempt);
      assert.deepEqual(idsOf(await storage.findSignIns(correlationId)), [question!.id, first!.id]);
    });

    test('successes are never collapsed', async () => {
      const ipAddress = '203.0.113.8';
      for (let i = 0; i < 3; i++) await mine.signInLog.append(failureAt(0, { ipAddress, status: 'success' }));
      assert.equal(inLog(ipAddress, await mine.signInLog.list({ top: 100 })).length, 3);
    });

    test('unknown names and interruptions of one source add a bounded number of entries', async () => {
      const ipAddress = '203.0.113.9';
      const attempts = Array.from({ length: 540 }, (_, i) =>
        failureAt(0, {
          ipAddress,
          userId: undefined,
          userPrincipalName: `n${i}@x.test`,
          status: i % 2 ? 'failure' : 'interrupted',
        }),
      );
      for (const attempt of attempts) await mine.signInLog.append(attempt);
      const rows = inLog(ipAddress, await mine.signInLog.list({ top: 1000 }));
      assert.equal(rows.length, 502);
      const shared = rows.filter(({ isOfManyNames }) => isOfManyNames);
      assert.deepEqual(
        shared.map(({ repeats, userPrincipalName }) => [repeats!.count, userPrincipalName]),
        [
          [20, ''],
          [20, ''],
        ],
      );
      for (const i of [0, 1]) {
        const reason = because('passwordWrong', { userPrincipalName: `n${i}` });
        await mine.signInLog.append(
          failureAt(i, { ipAddress, userId: 'u9', userPrincipalName: 'n@x.test', because: reason }),
        );
      }
      const ofUser = await mine.signInLog.list({ top: 9, userId: 'u9', ipAddress });
      assert.deepEqual(ofUser.map(describeRepeats), ['2 attempts with the same error code']);
      const [next] = attempts;
      const texts = await statementsOf(() => mine.signInLog.append({ ...next!, id: crypto.randomUUID() }));
      assert.ok(texts.length > 0);
      assert.deepEqual(
        texts.filter((text) => text.includes('"source_window" =')),
        [],
        'a source that has added the most is not counted again',
      );
    });

    test('an interruption that is counted with others waits for no disk, and its statements were built before', async (t) => {
      const ipAddress = '203.0.113.12';
      const questionAt = (second: number) =>
        failureAt(second, { ipAddress, userId: 'u10', userPrincipalName: 'q@x.test', status: 'interrupted' });
      for (let i = 0; i < 503; i++) await mine.signInLog.append(questionAt(i % 60));
      const { mock } = t.mock.method(DefaultQueryCompiler.prototype, 'compileQuery');
      const texts = await statementsOf(() => mine.signInLog.append(questionAt(61)));
      const changes = texts.filter((text) => /^insert|^update|^delete/.test(text));
      assert.equal(changes.length, 3, 'the entry, the use, and the correlation id');
      const waits = (text: string) => !text.includes('synchronous_commit') && !text.includes('soft');
      assert.deepEqual(
        texts.filter((text) => waits(text) && !text.startsWith('begin')),
        [],
      );
      // The table of the day, which an attempt may be counted in, is in the text on PostgreSQL.
      assert.equal(mock.callCount(), database.name === 'SQLite' ? 0 : 1);
    });

    test('changes are read page by page in either order, by activity and by time, and one by its id', async () => {
      for (let i = 0; i < 9; i++) {
        if (i % 3 === 0) clock.pass(1000);
        const object = { kind: 'k', id: `o${i}`, owner: undefined, document: { i } };
        await mine.objects.add(object, { activity: i % 2 ? 'Add device' : 'Add group', actor: 'test' });
      }
      const items = await mine.audits.list({ top: 100 });
      const read: AuditRecord[] = [];
      for (;;) {
        const last = read.at(-1);
        const page = await mine.audits.list({ top: 2, isOldestFirst: true, ...(last ? { before: last } : {}) });
        read.push(...page);
        if (page.length < 2) break;
      }
      assert.deepEqual(new Set(idsOf(read)), new Set(idsOf(items)));
      assert.equal(read.length, 9);
      assert.ok(read.every((item, i) => i === 0 || read[i - 1]!.activityDateTime <= item.activityDateTime));
      const groups = await mine.audits.list({ top: 100, activities: ['Add group', 'Update group'] });
      assert.equal(groups.length, 5);
      assert.deepEqual(await mine.audits.list({ top: 100, activities: [] }), []);
      const [newest] = items;
      const since = await mine.audits.list({ top: 100, from: newest!.activityDateTime, until: clock.at });
      assert.equal(since.length, 3);
      assert.deepEqual(await mine.audits.find(newest!.id), newest);
      assert.equal(await mine.audits.find('nothing'), undefined);
    });
  });
}

/** Entries that the version before has written: they do not have what Conditional Access came to in a column. */
const formerEntries = 9;

async function asOfFormerVersion(place: Place, ids: readonly string[]): Promise<void> {
  const database = await openDatabase(place);
  for (const table of ['sign_ins', ...(place.kind === 'postgres' ? ['sign_in_days'] : [])])
    await sql`update ${sql.table(table)} set access_result = null where id in (${sql.join([...ids])})`.execute(
      database,
    );
  await database.destroy();
}

/** By the number of an entry, modulo four: no policy applied, one failed, one succeeded, one is report-only. */
const accessResults = [undefined, 'failure', 'success', 'reportOnlyFailure'] as const;
const appliedPolicy = (result: string) => ({
  id: 'p',
  displayName: 'Cards',
  result,
  enforcedGrantControls: [],
  enforcedSessionControls: [],
});

function recordOf(i: number, createdDateTime: Date): SignInRecord {
  const id = crypto.randomUUID();
  const isRefused = i % 7 === 0;
  const reason = isRefused
    ? because('accountUnknown', { username: 'x' })
    : because('clientCredentialsAccepted', { application: 'x' });
  return {
    id,
    correlationId: id,
    createdDateTime,
    status: isRefused ? 'failure' : 'success',
    because: reason,
    userId: `u${i % 6}`,
    userPrincipalName: `u${i % 6}@X.test`,
    userDisplayName: '',
    appId: `a${i % 4}`,
    appDisplayName: '',
    resourceId: 'r',
    ipAddress: '192.0.2.1',
    userAgent: '',
    isInteractive: i % 5 !== 0,
    proofs: [],
    ...(accessResults[i % 4] && { appliedConditionalAccessPolicies: [appliedPolicy(accessResults[i % 4]!)] }),
    trace: { version: 1, correlationId: id, at: createdDateTime.toISOString(), policyVersion: 'x', findings: [] },
  };
}
