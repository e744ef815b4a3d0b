import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { refused } from '#core/trace/ruling.ts';
import type { Ports } from '#ports/ports.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { type SessionSignIn, signInWithSession } from './with-session.ts';

const [ana, ben] = [userOf('ana@woodgrove.test'), userOf('ben@woodgrove.test')];
const minute = 60_000;

describe('a live session asks for one more application', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { ports, clock } = woodgrove;
    for (const user of [ana, ben]) await ports.users.add(user, 'test');
    await ports.sessions.add('s', [proofAt(0)], new Date(clock.at.getTime() + 60 * minute));
  });
  afterEach(() => woodgrove.end());
  const timeAt = (minutes: number) => new Date(woodgrove.clock.at.getTime() + minutes * minute).toISOString();
  const proofAt = (minutes: number, userId = ana.id) => ({ method: 'password', userId, at: timeAt(minutes) }) as const;

  /** The entry that the attempt has in the log. */
  async function attempt(change: Partial<SessionSignIn> = {}) {
    const { ports, clock, tenant } = woodgrove;
    const request: SessionSignIn = {
      correlationId: crypto.randomUUID(),
      application: { appId: 'a', displayName: 'App' },
      ...{ resourceId: 'r', ipAddress: '192.0.2.1', userAgent: '', username: '' },
      ...{ sessionUid: 's', userId: ana.id, justProven: [] },
      ...change,
    };
    const verdict = await signInWithSession(request, {
      ports: { ...ports, tenant, clock } as unknown as Ports,
      at: clock.at,
    });
    const [entry] = await ports.signInLog.list({ top: 1 });
    const code = verdict.kind === 'granted' ? 'granted' : verdict.because.code;
    return [code, entry && `${entry.status} ${entry.isInteractive ? 'interactive' : 'silent'}`];
  }

  test('it is granted with what was proven, and its entry is one without interaction', async () =>
    assert.deepEqual(await attempt(), ['granted', 'success silent']));

  test('what this very request proved has its entry already', async () =>
    assert.deepEqual(await attempt({ justProven: [proofAt(0)], isNewSession: true }), ['granted', undefined]));

  for (const { name, change, code } of [
    { name: 'a session that has proven nothing', change: { sessionUid: 'unknown' }, code: 'sessionUnproven' },
    { name: 'a user of whom it has proven nothing', change: { userId: ben.id }, code: 'sessionUnproven' },
  ])
    test(`${name}: ${code}`, async () => assert.deepEqual(await attempt(change), [code, 'failure silent']));

  test('a disabled user, and a user whose sessions were revoked since, are refused (REV-2)', async () => {
    const { ports } = woodgrove;
    await ports.users.update({ ...ana, accountEnabled: false }, 'test');
    assert.equal((await attempt())[0], 'sessionUnproven');
    await ports.users.update({ ...ana, signInSessionsValidFromDateTime: timeAt(1) }, 'test');
    assert.equal((await attempt())[0], 'sessionRevoked');
    await ports.users.update({ ...ana, signInSessionsValidFromDateTime: timeAt(0) }, 'test');
    assert.equal((await attempt())[0], 'granted');
  });

  test('policy that wants more of this application interrupts, and a missing consent ends it', async () => {
    const consent = refused('sessionUnproven', { userId: ana.id });
    assert.equal((await attempt({ consent }))[0], 'sessionUnproven');
    const { policy } = accessDocuments;
    await woodgrove.ports.policy.changeAccess('test', () => ({ policies: [policy] }));
    assert.notEqual((await attempt())[0], 'granted');
  });
});
