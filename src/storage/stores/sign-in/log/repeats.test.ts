import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { DefaultQueryCompiler } from 'kysely';
import { because } from '#core/trace/reasons.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { describeRepeats } from '#signin/log/repeats.ts';
import type { TenantStorage } from '#storage/storage.ts';
import { describeOnNodes, twoTenants } from '#test/contract/each-database.ts';
import { recordAt } from '#test/contract/record-at.ts';
import { statementsOf } from '#test/contract/statements-of.ts';

describeOnNodes('repeated sign-ins', ({ clock, database, nodes }) => {
  let mine: TenantStorage;
  let theirs: TenantStorage;
  before(async () => {
    const tenants = await twoTenants(nodes()[0]);
    mine = tenants.mine;
    theirs = nodes().at(-1)!.forTenant(tenants.ids[0]!);
  });
  const windowStart = Math.ceil(clock.at.getTime() / 600_000) * 600_000;
  const idsOf = (match: readonly { id: string }[]) => match.map(({ id }) => id);
  const failureAt = (seconds: number, change: Partial<SignInRecord> = {}): SignInRecord => {
    const reason = because('accountUnknown', { username: 'x' });
    return recordAt(windowStart + seconds * 1000, { because: reason, ipAddress: '203.0.113.5', ...change });
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
    assert.equal((await Promise.all(ids.map((id) => nodes()[0].findSignIns(id)))).filter((rows) => rows[0]).length, 21);
  });

  test('failures with other evidence are entries of their own, and what an attempt measures is no difference', async () => {
    const ipAddress = '203.0.113.11';
    const slow = (url: string, received: number) => because('crlDownloadSlow', { url, seconds: 10, received });
    const [first, second] = ['http://crl.test/a', 'http://crl.test/b'] as const;
    const causes = [slow(first, 10), slow(second, 20), slow(first, 30)];
    const attempts = causes.map((reason, i) => failureAt(i, { ipAddress, because: reason }));
    for (const attempt of attempts) await mine.signInLog.append(attempt);
    const rowOf = async ({ correlationId }: SignInRecord) => (await mine.signInLog.list({ top: 9, correlationId }))[0]!;
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
    assert.deepEqual(idsOf(await nodes()[0].findSignIns(correlationId)), [question!.id, first!.id]);
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
});
