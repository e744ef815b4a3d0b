import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { TargetGroup } from '#core/synchronisation/target.ts';
import type { Profile } from '#model/user.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { GroupMatches } from './group-matches.ts';

const [first, second] = ['33333333-0000-4000-8000-000000000001', '33333333-0000-4000-8000-000000000002'] as const;
const targetOf = (profile: Profile): TargetGroup => ({
  ...{ kind: 'group', sourceId: 'g', displayName: 'Staff', problems: [], memberIds: [] },
  profile,
});
const sid = { onPremisesSecurityIdentifier: 'S-1-5-21-7' };
const mail = { mail: 'staff@woodgrove.test' };

describe('which group of the cloud a new group of Active Directory takes over (UB-28)', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const add = (id: string, profile: Profile) => woodgrove.ports.groups.add({ id, displayName: id, profile }, 'test');
  const matchesOf = (softMatch: boolean) =>
    new GroupMatches({ ...woodgrove.ports, tenant: woodgrove.tenant }, { softMatch });

  const cases: readonly {
    readonly name: string;
    readonly groups: readonly Profile[];
    readonly target: Profile;
    readonly softMatch?: boolean;
    readonly expect: readonly [objectId: string, match: 'hard' | 'soft'] | 'add' | 'refuse';
  }[] = [
    { name: 'by SID, without soft match', groups: [sid], target: sid, softMatch: false, expect: [first, 'hard'] },
    {
      name: 'by address, with soft match',
      groups: [mail],
      target: { mail: 'STAFF@woodgrove.test' },
      expect: [first, 'soft'],
    },
    { name: 'not by address without it', groups: [mail], target: mail, softMatch: false, expect: 'add' },
    { name: 'by SID before address', groups: [mail, sid], target: { ...sid, ...mail }, expect: [second, 'hard'] },
    {
      name: 'not by another SID',
      groups: [sid],
      target: { onPremisesSecurityIdentifier: 'S-1-5-21-70' },
      expect: 'add',
    },
    { name: 'not by name alone', groups: [{}], target: {}, expect: 'add' },
    {
      name: 'never a role-assignable group, by address',
      groups: [{ ...mail, isAssignableToRole: true }],
      target: mail,
      expect: 'refuse',
    },
    {
      name: 'never a role-assignable group, by SID',
      groups: [{ ...sid, isAssignableToRole: true }],
      target: sid,
      softMatch: false,
      expect: 'refuse',
    },
  ];
  for (const { name, groups, target, softMatch = true, expect } of cases)
    test(name, async () => {
      for (const [i, profile] of groups.entries()) await add([first, second][i]!, profile);
      const answer = await matchesOf(softMatch).of(targetOf(target));
      const { action } = answer;
      assert.deepEqual(action === 'takeOver' ? [answer.objectId, answer.match] : action, expect);
    });

  test('a group is taken over once, by whichever of its keys', async () => {
    await add(first, { ...sid, ...mail });
    const matches = matchesOf(true);
    assert.equal((await matches.of(targetOf(sid))).action, 'takeOver');
    assert.equal((await matches.of(targetOf(mail))).action, 'add');
  });
});
