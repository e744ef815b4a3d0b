import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { userOf } from '#test/contract/user-of.ts';
import { openSignIns, type SignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import { noteReplay } from './refresh-token-replayed.ts';

const ana = userOf('ana@woodgrove.test', { displayName: 'Ana' });

describe('a refresh token that was used twice has an entry, because its grant has ended', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
    await woodgrove.ports.users.add(ana, 'test');
  });
  afterEach(() => woodgrove.end());
  const entryOf = async (userId: string) => {
    const request = { ...signInRequest(), userId };
    await noteReplay(request, woodgrove.context());
    const [entry, ...furtherOnes] = await woodgrove.ports.signInLog.list({
      top: 9,
      correlationId: request.correlationId,
    });
    assert.equal(furtherOnes.length, 0);
    return entry!;
  };

  test('it is a failure of the user, not interactive, and names the application', async () => {
    const entry = await entryOf(ana.id);
    assert.deepEqual(entry.because, { code: 'refreshTokenReplayed', evidence: { appId: 'a' } });
    assert.deepEqual(
      [entry.status, entry.userId, entry.userPrincipalName, entry.userDisplayName, entry.isInteractive],
      ['failure', ana.id, ana.userPrincipalName, 'Ana', false],
    );
    assert.deepEqual(entry.trace.findings, [{ step: 'account', outcome: 'refused', because: entry.because }]);
  });

  test('of a user who was deleted meanwhile it keeps the id', async () => {
    const entry = await entryOf('11111111-0000-4000-8000-000000000001');
    assert.deepEqual([entry.userId, entry.userPrincipalName], ['11111111-0000-4000-8000-000000000001', '']);
  });

  test('it rejects where the log cannot be written', async () => {
    const context = woodgrove.context();
    await woodgrove.storage.close();
    await assert.rejects(noteReplay({ ...signInRequest(), userId: ana.id }, context));
  });
});
