import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { refusedWith } from '#test/refused-with.ts';
import { actorText } from '../actor.ts';
import { changeDirectoryUser } from './directory-users.ts';
import { resetPassword, setPassword } from './users.ts';

describe('a password is reset by another user or by the operator', () => {
  let woodgrove: OneTenant;
  let ana: User;
  beforeEach(async () => {
    woodgrove = await openTenant();
    ana = userOf('ana@woodgrove.test');
    await woodgrove.ports.users.add(ana, 'test');
  });
  afterEach(() => woodgrove.end());

  const actorOf = (id: string) => actorText({ kind: 'user', id, name: 'a user', ipAddress: '192.0.2.1' });
  const contextOf = (actor: string) => ({ actor, ports: { ...woodgrove.ports, tenant: woodgrove.tenant } });
  const currentHash = () => woodgrove.ports.directory.passwordHash(ana.id);
  const ways = {
    resetPassword: (actor: string) =>
      resetPassword(ana.id, { passwordHash: 'hash', mustChange: false }, contextOf(actor)),
    changeDirectoryUser: (actor: string) => changeDirectoryUser(ana.id, { passwordHash: 'hash' }, contextOf(actor)),
    setPassword: (actor: string) => setPassword(ana.userPrincipalName, 'hash', contextOf(actor)),
  };

  for (const [name, change] of Object.entries(ways)) {
    test(`${name}: no user resets the own password`, async () => {
      await assert.rejects(change(actorOf(ana.id)).then(orThrow), refusedWith('ownPasswordReset'));
      assert.equal(await currentHash(), undefined);
    });
    for (const actor of [actorOf(crypto.randomUUID()), 'cli:root'])
      test(`${name}: ${actor.startsWith('cli:') ? 'the operator' : 'another user'} resets it`, async () => {
        orThrow(await change(actor));
        assert.equal(await currentHash(), 'hash');
      });
  }

  test('nothing of a user is changed together with the own password that is refused', async () => {
    const before = await woodgrove.ports.users.entriesOf([ana.id]);
    const change = { displayName: 'Other Name', profile: { jobTitle: 'Director' }, passwordHash: 'hash' };
    await assert.rejects(
      changeDirectoryUser(ana.id, change, contextOf(actorOf(ana.id))).then(orThrow),
      refusedWith('ownPasswordReset'),
    );
    assert.deepEqual(await woodgrove.ports.users.entriesOf([ana.id]), before);
  });

  test('who must change the password at the next sign-in is remembered', async () => {
    const request = { passwordHash: 'hash', mustChange: true };
    orThrow(await resetPassword(ana.id, request, contextOf('cli:root')));
    const [entry] = await woodgrove.ports.users.entriesOf([ana.id]);
    assert.deepEqual(entry?.profile.passwordProfile, { password: null, forceChangePasswordNextSignIn: true });
  });
});
