import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { updatePrimaryTokenResource } from '#core/access/controls/fresh-multifactor.ts';
import { registerSecurityInfo, securityInfoAppId } from '#core/access/methods/security-info.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { Proof } from '#core/access/proof.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { userOf } from '#test/contract/user-of.ts';
import { openSignIns, type SignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import type { SignInRequest } from '../request.ts';
import { situationOf } from './situation.ts';

const ana = userOf('ana@woodgrove.test');
const { policy } = accessDocuments;
const aboutRoles: ConditionalAccessPolicy = {
  ...policy,
  conditions: { ...policy.conditions, users: { includeUsers: ['All'], excludeRoles: [globalAdministrator] } },
};
const application = { appId: securityInfoAppId, displayName: 'Security info' };

describe('what Conditional Access looks at (CAP-1)', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
    const { ports } = woodgrove;
    await ports.users.add(ana, 'test');
    await ports.users.setPasswordHash(ana.id, 'a hash', 'test');
    const document = { principalId: ana.id, roleDefinitionId: globalAdministrator };
    const assignment = { kind: 'roleAssignments', id: 'r', owner: ana.id, document };
    await ports.objects.add(assignment, { activity: 'Add member to role', actor: 'test' });
  });
  afterEach(() => woodgrove.end());
  const situation = async (policies: readonly ConditionalAccessPolicy[], change: Partial<SignInRequest> = {}) => {
    const { ports } = woodgrove;
    await ports.policy.changeAccess('test', () => ({ policies }));
    return situationOf(signInRequest(change), ana, await ports.policies.current(), woodgrove.context());
  };

  const rows: readonly {
    readonly name: string;
    readonly policies: readonly ConditionalAccessPolicy[];
    readonly change?: Partial<SignInRequest>;
    readonly methods: readonly string[] | undefined;
    readonly roles: readonly string[] | undefined;
  }[] = [
    { name: 'no policy', policies: [], methods: undefined, roles: undefined },
    { name: 'a policy that names no role', policies: [policy], methods: ['password'], roles: undefined },
    { name: 'a policy that names a role', policies: [aboutRoles], methods: ['password'], roles: [globalAdministrator] },
    {
      ...{ name: 'no policy, for security info', policies: [], change: { application } },
      ...{ methods: ['password'], roles: undefined },
    },
    {
      ...{ name: 'no policy, for the MFA claim of a primary refresh token', policies: [] },
      ...{ change: { resourceId: updatePrimaryTokenResource }, methods: ['password'], roles: undefined },
    },
  ];
  for (const { name, policies, change, methods, roles } of rows)
    test(`with ${name}, methods ${methods ? 'are' : 'are not'} read and roles ${roles ? 'are' : 'are not'}`, async () => {
      const { availableMethods, roleTemplateIds } = await situation(policies, change);
      assert.deepEqual([availableMethods, roleTemplateIds], [methods, roles]);
    });

  test('the page of security info is the user action that policies name', async () => {
    assert.equal((await situation([], { application })).userAction, registerSecurityInfo);
    assert.equal((await situation([])).userAction, undefined);
  });

  test('of the request, its client, its device, its address and its authentication contexts count', async () => {
    const device = { deviceId: 'd', isCompliant: true } as never;
    const request = { clientAppType: 'mobileAppsAndDesktopClients', device, authenticationContexts: ['c1'] } as const;
    const { at } = woodgrove.context();
    const facts = await situation([], request);
    assert.deepEqual(facts, {
      ...{ ...request, user: ana, applicationId: 'a', resourceId: 'r', ipAddress: '192.0.2.7', at },
      ...{ strengths: [], namedLocations: [] },
    });
    assert.ok(!('authenticationContexts' in (await situation([], { authenticationContexts: [] }))));
  });

  test('a session approves the requests of other sessions, and not its own (MFA-11)', async () => {
    const { ports, clock } = woodgrove;
    const proofOf = (method: Proof['method']): Proof => ({ method, userId: ana.id, at: clock.at.toISOString() });
    const expires = new Date(clock.at.getTime() + 3_600_000);
    await ports.sessions.add('s', [proofOf('password'), proofOf('softwareOath')], expires);
    const canApprove = async (sessionUid: string) =>
      (await situation([policy], { sessionUid })).availableMethods?.includes('deviceBasedPush');
    assert.deepEqual([await canApprove('s'), await canApprove('another')], [false, true]);
  });
});
