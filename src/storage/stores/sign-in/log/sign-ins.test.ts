import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { because } from '#core/trace/reasons.ts';
import type { SignInQuery, SignInRecord } from '#model/sign-in.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { recordAt } from '#test/contract/record-at.ts';

for (const database of databasesUnderTest()) {
  describe(`the sign-in log on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    const start = clock.at.getTime();
    let storage: Storage;
    let mine: TenantStorage;
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
      mine = storage.forTenant(id);
    });
    after(async () => {
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
  });
}

describeOnEachDatabase('an entry of the sign-in log', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
  });

  test('a log entry is given back as it was written, found by id and correlation, newest first, by its tenant alone', async () => {
    const [older, newer] = [recordAt(clock.at.getTime()), { ...recordAt(clock.at.getTime() + 1000), appId: 'b' }];
    for (const record of [newer, older]) await mine.signInLog.append(record);
    assert.deepEqual(await mine.signInLog.find(older.id), older);
    assert.deepEqual(await mine.signInLog.list({ top: 10 }), [newer, older]);
    assert.deepEqual(await mine.signInLog.list({ top: 10, correlationId: older.correlationId }), [older]);
    assert.deepEqual(await currentStorage().findSignIns(newer.correlationId), [newer]);
    assert.deepEqual(
      [await otherTenant.signInLog.find(older.id), await otherTenant.signInLog.list({ top: 10 })],
      [undefined, []],
    );
  });

  test('a log entry from before 1970 is an entry like any other', async () => {
    const record = recordAt(clock.at.getTime() - 100 * 365 * 24 * 60 * 60_000);
    await mine.signInLog.append(record);
    assert.deepEqual(await mine.signInLog.find(record.id), record);
  });
});

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
