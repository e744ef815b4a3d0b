import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { User } from '#core/binding/user.ts';
import { privilegedRoleAdministrator } from '#core/roles/directory-roles.ts';
import type { TargetUser } from '#core/synchronisation/target.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Profile } from '#model/user.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { assignRole } from '../../directory/role-assignments.ts';
import { Matches } from './matches.ts';

const targetOf = (change: Partial<TargetUser> = {}): TargetUser => ({
  ...{ kind: 'user', sourceId: 's-1', displayName: 'Ana', profile: {}, problems: [], anchor: 'anchor-1' },
  ...{ userPrincipalName: 'ana@woodgrove.test', onPremisesUserPrincipalName: undefined, mail: undefined },
  ...{ accountEnabled: true, certificateUserIds: [] },
  ...change,
});

describe('whom a new user of Active Directory takes over (UB-28)', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());

  const answerFor = async (target: TargetUser, softMatch = true) => {
    const matches = new Matches({ ...woodgrove.ports, tenant: woodgrove.tenant }, { softMatch });
    await matches.look([target]);
    return matches.of(target);
  };
  const add = async (
    { profile, ...change }: Partial<User> & { readonly profile?: Profile },
    name = 'ana@woodgrove.test',
  ) => {
    const user = userOf(name, change);
    await woodgrove.ports.users.add(user, 'test', profile);
    return user.id;
  };
  const anchored = { profile: { onPremisesImmutableId: 'anchor-1' } };

  const cases: readonly {
    readonly name: string;
    readonly user: Partial<User> & { readonly profile?: Profile };
    readonly target?: Partial<TargetUser>;
    readonly softMatch?: boolean;
    readonly match: 'hard' | 'soft' | undefined;
  }[] = [
    { name: 'the immutable id matches without soft match', user: anchored, softMatch: false, match: 'hard' },
    { name: 'the immutable id precedes the name', user: anchored, match: 'hard' },
    {
      name: 'another immutable id is no match',
      user: { profile: { onPremisesImmutableId: 'x' } },
      target: { userPrincipalName: 'new@woodgrove.test' },
      match: undefined,
    },
    { name: 'the name matches', user: {}, match: 'soft' },
    {
      name: 'the name matches in another case',
      user: {},
      target: { userPrincipalName: 'ANA@Woodgrove.Test' },
      match: 'soft',
    },
    { name: 'the name does not match without soft match', user: {}, softMatch: false, match: undefined },
    {
      name: 'the address matches',
      user: { mail: 'a@woodgrove.test' },
      target: { userPrincipalName: 'new@woodgrove.test', mail: 'A@woodgrove.test' },
      match: 'soft',
    },
    {
      name: 'a proxy address matches',
      user: { mail: 'a@woodgrove.test' },
      target: { userPrincipalName: 'new@woodgrove.test', profile: { proxyAddresses: ['smtp:a@woodgrove.test'] } },
      match: 'soft',
    },
    {
      name: 'an address of another kind is no match',
      user: { mail: 'a@woodgrove.test' },
      target: { userPrincipalName: 'new@woodgrove.test', profile: { proxyAddresses: ['sip:a@woodgrove.test'] } },
      match: undefined,
    },
  ];
  for (const { name, user, target, softMatch = true, match } of cases)
    test(name, async () => {
      const objectId = await add(user);
      const expect = match === undefined ? { action: 'add' } : { action: 'takeOver', objectId, match };
      assert.deepEqual(await answerFor(targetOf(target), softMatch), expect);
    });

  for (const [kind, user] of [
    ['hard', anchored],
    ['soft', {}],
  ] as const)
    test(`a user with a directory role is refused, by ${kind} match`, async () => {
      const principalId = await add(user);
      orThrow(
        await assignRole(
          { principalId, roleDefinitionId: privilegedRoleAdministrator },
          { actor: 'test', ports: woodgrove.ports },
        ),
      );
      const answer = await answerFor(targetOf());
      assert.equal(answer.action === 'refuse' && answer.problem.propertyCausingError, 'UserPrincipalName');
    });

  test('a user whom a synchronization manages is never taken over by name', async () => {
    const objectId = await add({});
    const row = { sourceId: 'other', domain: 'b.test', kind: 'user', objectId, digest: '' } as const;
    await woodgrove.ports.synchronisation.save([{ ...row, isLive: true, joinsDue: false, problems: [], name: 'ana' }]);
    assert.deepEqual(await answerFor(targetOf()), { action: 'add' });
  });

  test('of two objects with one immutable id, only the first takes a user over', async () => {
    await add(anchored, 'old@woodgrove.test');
    const matches = new Matches({ ...woodgrove.ports, tenant: woodgrove.tenant }, { softMatch: false });
    const [first, second] = [targetOf(), targetOf({ sourceId: 's-2', userPrincipalName: 'b@woodgrove.test' })];
    await matches.look([first, second]);
    assert.deepEqual([(await matches.of(first)).action, (await matches.of(second)).action], ['takeOver', 'add']);
  });
});
