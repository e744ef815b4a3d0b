import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

const policies = '/policies/featureRolloutPolicies';
const later = { prefer: 'include-unknown-enum-members' };

describe('staged rollout by Graph (graph-api §10)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_STRICT: 'true' });
    token = await graph.appToken('Policy.ReadWrite.HybridAuthentication', 'Group.ReadWrite.All', 'AuditLog.Read.All');
  });
  after(() => graph?.end());
  const call = (method: string, path: string, body?: unknown, headers = {}) =>
    graph.call(token, method, path, body, headers);
  const groupOf = async (name: string) => {
    const group = { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true };
    return (await call('POST', '/groups', group)).body.id as string;
  };

  test('a rollout of certificates is made, masked for old clients, filled with groups, and deleted', async () => {
    const { status, body } = await call('POST', policies, {
      displayName: 'CBA pilot',
      feature: 'certificateBasedAuthentication',
      isEnabled: true,
      isAppliedToOrganization: false,
    });
    assert.deepEqual([status, body.feature, body.isEnabled], [201, 'unknownFutureValue', true], JSON.stringify(body));
    const rolloutPath = `${policies}/${body.id}`;
    assert.equal((await call('GET', rolloutPath)).body.feature, 'unknownFutureValue');
    assert.equal((await call('GET', rolloutPath, undefined, later)).body.feature, 'certificateBasedAuthentication');
    const [item, secondGroup] = [await groupOf('pilot'), await groupOf('more')];
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${item}` };
    assert.equal((await call('POST', `${rolloutPath}/appliesTo/$ref`, reference)).status, 204);
    assert.equal((await call('POST', `${rolloutPath}/appliesTo/$ref`, reference)).status, 400);
    const addition = await call('POST', `${rolloutPath}/appliesTo`, { id: secondGroup });
    assert.deepEqual([addition.status, addition.body.displayName], [201, 'more']);
    const expanded = (await call('GET', `${policies}?$expand=appliesTo`)).body.value[0];
    assert.deepEqual(expanded.appliesTo.map(({ id }: { id: string }) => id).toSorted(), [item, secondGroup].toSorted());
    assert.equal('appliesTo' in (await call('GET', rolloutPath)).body, false);
    assert.equal((await call('DELETE', `${rolloutPath}/appliesTo/${secondGroup}/$ref`)).status, 204);
    assert.equal((await call('DELETE', `${rolloutPath}/appliesTo/${secondGroup}/$ref`)).status, 404);
    assert.equal((await call('GET', `${rolloutPath}/appliesTo`)).body.value.length, 1);
    assert.equal((await call('PATCH', rolloutPath, { isEnabled: false })).status, 204);
    assert.equal((await call('GET', rolloutPath)).body.isEnabled, false);
    const { body: audits } = await call('GET', "/auditLogs/directoryAudits?$filter=result%20eq%20'success'&$top=3");
    assert.deepEqual(
      audits.value
        .filter((entry: { category: string }) => entry.category === 'Authentication')
        .map((entry: { activityDisplayName: string }) => entry.activityDisplayName),
      ['Update rollout policy of feature', 'Remove a group from feature rollout', 'Add a group to feature rollout'],
    );
    assert.equal((await call('DELETE', rolloutPath)).status, 204);
    assert.equal((await call('GET', rolloutPath)).status, 404);
  });

  test('one policy a feature, known features, groups there are, at most ten of them', async () => {
    const body = { displayName: 'Hashes', feature: 'passwordHashSync', isEnabled: false };
    const result = await call('POST', policies, body);
    assert.deepEqual([result.status, result.body.feature], [201, 'passwordHashSync'], 'what is older is not masked');
    const again = await call('POST', policies, body);
    assert.deepEqual([again.status, again.body.error.details[0].code], [400, 'ObjectConflict']);
    assert.equal((await call('POST', policies, { ...body, feature: 'telepathy' })).status, 400);
    const rolloutPath = `${policies}/${result.body.id}/appliesTo`;
    assert.equal((await call('POST', rolloutPath, { id: crypto.randomUUID() })).status, 404);
    for (let i = 0; i < 10; i++)
      assert.equal((await call('POST', rolloutPath, { id: await groupOf(`g${i}`) })).status, 201);
    const eleventh = await call('POST', rolloutPath, { id: await groupOf('eleventh') });
    assert.match(eleventh.body.error.message, /at most 10 groups of a rollout/);
  });

  test('a person needs a role for it', async () => {
    const ben = await graph.personToken('ben', 'Policy.ReadWrite.HybridAuthentication');
    const refusal = await graph.call(ben, 'GET', policies);
    assert.deepEqual([refusal.status, refusal.body.error.code], [403, 'Authorization_RequestDenied']);
    const ana = await graph.personToken('ana', 'Policy.ReadWrite.HybridAuthentication');
    assert.equal((await graph.call(ana, 'GET', policies)).status, 200);
  });
});
