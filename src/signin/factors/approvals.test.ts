import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import { openSealing } from '#keys/sealing.ts';
import { openStorage } from '#storage/storage.ts';
import {
  type Approver,
  answerApproval,
  approvalOf,
  askApproval,
  openApprovals,
  refusedRequestId,
} from './approvals.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-approvals-'));
const at = new Date('2026-11-21T12:00:00Z');
const storage = await openStorage({ kind: 'sqlite', folder }, { now: () => at }, openSealing(folder, undefined));
const ports = storage.forTenant(crypto.randomUUID());
after(async () => {
  await storage.close();
  rmSync(folder, { recursive: true });
});

const signInRequest = {
  correlationId: 'c',
  application: { appId: 'a', displayName: 'Payroll' },
  resourceId: 'r',
  ipAddress: '192.0.2.7',
  userAgent: 'Firefox',
  username: 'ana@woodgrove.test',
};
const ask = (number = '42', userId = crypto.randomUUID()) =>
  askApproval({ signInRequest, userId, sessionUid: 'here', number }, { ports, at });
const passkey: Proof = { method: 'fido2', userId: '', at: at.toISOString() };
const approverOf = (userId: string, more: Partial<Approver> = {}): Approver => ({
  userId,
  sessionUid: 'elsewhere',
  proofs: [{ ...passkey, userId }],
  ...more,
});

const answers: readonly (readonly [
  name: string,
  number: string | undefined,
  approver: (userId: string) => Approver,
  answer: string,
  state: string,
])[] = [
  ['the right number approves', ' 42 ', approverOf, 'approved', 'approved'],
  ['a wrong number denies for good', '24', approverOf, 'denied', 'the number was wrong'],
  ['no number denies', undefined, approverOf, 'denied', 'denied'],
  ['another user cannot answer', '42', () => approverOf('eve'), 'unknown', 'open'],
  [
    'the session that asked answers nothing',
    '42',
    (userId) => approverOf(userId, { sessionUid: 'here' }),
    'unknown',
    'open',
  ],
  [
    'a session of one factor answers nothing',
    '42',
    (userId) => approverOf(userId, { proofs: [{ ...passkey, userId, method: 'password' }] }),
    'unknown',
    'open',
  ],
  [
    'another user’s proofs make no session strong',
    '42',
    (userId) => approverOf(userId, { proofs: [{ ...passkey, userId: 'eve' }] }),
    'unknown',
    'open',
  ],
];
for (const [name, number, approver, answer, state] of answers) {
  test(`MFA-11: ${name}`, async () => {
    const userId = crypto.randomUUID();
    const id = await ask('42', userId);
    assert.equal(await answerApproval({ id, number, approver: approver(userId) }, { ports, at }), answer);
    assert.equal((await approvalOf(id, { ports, at }))?.state, state);
  });
}

test('MFA-11: a denied request cannot be approved after all, and nothing can after three minutes', async () => {
  const userId = crypto.randomUUID();
  const [denial, late] = [await ask('42', userId), await ask('42', userId)];
  const approver = approverOf(userId);
  await answerApproval({ id: denial, number: undefined, approver }, { ports, at });
  assert.equal(await answerApproval({ id: denial, number: '42', approver }, { ports, at }), 'unknown');
  const afterExpiry = new Date(at.getTime() + 180_000);
  assert.equal(await answerApproval({ id: late, number: '42', approver }, { ports, at: afterExpiry }), 'unknown');
});

test('a person is shown three requests at once, the newest', async () => {
  const userId = crypto.randomUUID();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push(await ask(String(10 + i), userId));
  const open = (await openApprovals(userId, { ports, at })).map(({ id }) => id);
  assert.equal(open.length, 3);
  assert.ok(open.includes(ids[4]!));
});

test('requests of another address or browser displace none of the person’s own, and are limited', async () => {
  const userId = crypto.randomUUID();
  const approval = await ask('42', userId);
  const attack = (ipAddress: string, browser: string) =>
    askApproval(
      { signInRequest: { ...signInRequest, ipAddress, browser }, userId, sessionUid: undefined, number: '11' },
      { ports, at },
    );
  for (let i = 0; i < 10; i++) await attack('198.51.100.1', `made up ${i}`);
  assert.equal((await openApprovals(userId, { ports, at })).length, 1 + 6, 'of one address');
  for (let i = 0; i < 20; i++) await attack(`198.51.100.${i + 2}`, 'same');
  assert.equal((await openApprovals(userId, { ports, at })).length, 12, 'in all');
  assert.equal((await approvalOf(approval, { ports, at }))?.state, 'open');
});

test('strangers cannot fill the slots of the browsers the person signed in with before, and a refusal writes no row', async () => {
  const userId = crypto.randomUUID();
  const browser = 'digest of the browser of Ana';
  await ports.browsers.remember(userId, browser, new Date(at.getTime() + 60_000));
  const attack = (i: number) =>
    askApproval(
      {
        signInRequest: { ...signInRequest, ipAddress: `198.51.100.${i}`, browser: `made up ${i}` },
        userId,
        sessionUid: undefined,
        number: '11',
      },
      { ports, at },
    );
  for (let i = 0; i < 30; i++) await attack(i);
  const count = async () => (await ports.tickets.ofUser('approval', userId, at)).length;
  assert.equal(await count(), 12);
  assert.equal(await attack(31), refusedRequestId);
  assert.equal(await count(), 12);
  const id = await askApproval(
    { signInRequest: { ...signInRequest, browser }, userId, sessionUid: 'here', number: '42' },
    { ports, at },
  );
  assert.equal((await approvalOf(id, { ports, at }))?.state, 'open');
});

test('after a wrong number no request is accepted for three minutes', async () => {
  const userId = crypto.randomUUID();
  const id = await ask('42', userId);
  await answerApproval({ id, number: '24', approver: approverOf(userId) }, { ports, at });
  assert.equal(await ask('42', userId), refusedRequestId);
  const afterExpiry = new Date(at.getTime() + 180_000);
  const later = await askApproval(
    { signInRequest, userId, sessionUid: 'here', number: '42' },
    { ports, at: afterExpiry },
  );
  assert.equal((await approvalOf(later, { ports, at: afterExpiry }))?.state, 'open');
});
