import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import type { Finding } from '#core/trace/trace.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { recordAt } from '#test/contract/record-at.ts';
import type { TenantStorage } from '../../storage.ts';

const minute = 60_000;

describeOnEachDatabase('certificates that users signed in with', ({ clock, storage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  const start = clock.at.getTime();
  const timeAt = (minutes: number) => new Date(start + minutes * minute);

  /** A success of a user with a card, which was bound by a field where one is named. */
  async function signIn(minutes: number, userId: string, card: string, field?: string): Promise<void> {
    const evidence = { subject: 'CN=x', issuer: 'CN=Root', serialNumber: '01', sha1Thumbprint: card, policyOids: [] };
    const binding = { userPrincipalName: userId, property: 'certificateUserIds', rank: 1, value: 'v' };
    const findings: Finding[] = [
      { step: 'certificate', outcome: 'passed', because: because('certificateRead', evidence as never) },
      ...(field
        ? [{ step: 'user', outcome: 'passed', because: because('userBound', { ...binding, field }) } as const]
        : []),
    ];
    const record = recordAt(start + minutes * minute, { userId, status: 'success' });
    const trace = { ...record.trace, findings };
    await mine.signInLog.append({ ...record, trace }, { tbsSha256: `${card} ${userId}`, der: Buffer.from(card) });
  }
  before(async () => {
    ({ mine, otherTenant } = await twoTenants(storage()));
    await signIn(0, 'ana', 'old', 'PrincipalName');
    await signIn(1, 'ana', 'new', 'PrincipalName');
    await signIn(2, 'ana', 'new', 'SubjectKeyIdentifier');
    await signIn(3, 'ben', 'card', 'PrincipalName');
    await signIn(4, 'cleo', 'unbound');
  });

  test('those of a user are counted, the newest first, for its tenant alone', async () => {
    const uses = await mine.signInLog.reports.certificatesOf('ana');
    assert.deepEqual(
      uses.map((use) => [use.sha1Thumbprint, use.uses, use.lastUsed]),
      [
        ['new', 2, timeAt(2)],
        ['old', 1, timeAt(0)],
      ],
    );
    assert.deepEqual(await otherTenant.signInLog.reports.certificatesOf('ana'), []);
  });

  test('the last binding of a certificate counts: one by high affinity is in no list of low ones', async () => {
    const low = (since: Date) => mine.signInLog.reports.lowAffinity({ top: 9, since });
    const described = (await low(timeAt(0))).map(({ userId, binding }) => `${userId} ${binding?.field}`);
    assert.deepEqual(described, ['ben PrincipalName', 'ana PrincipalName']);
    assert.deepEqual(
      (await low(timeAt(1))).map(({ userId }) => userId),
      ['ben'],
    );
  });

  test('the last uses are read page by page, the newest first', async () => {
    const [first, ...none] = await mine.signInLog.reports.lastUses({ top: 1 });
    assert.deepEqual([first?.userId, none], ['cleo', []]);
    const rest = await mine.signInLog.reports.lastUses({ top: 9, after: first! });
    assert.deepEqual(
      rest.map(({ userId, lastUsed }) => [userId, lastUsed]),
      [
        ['ben', timeAt(3)],
        ['ana', timeAt(2)],
        ['ana', timeAt(0)],
      ],
    );
  });
});
