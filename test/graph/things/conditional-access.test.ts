import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type GraphAnswer, GraphServer } from '../graph-server.ts';
import { PersonWithRoles, type RoleRow } from './as-role.ts';

const base = '/identity/conditionalAccess';
const contexts = `${base}/authenticationContextClassReferences`;
const myApps = '2793995e-0a7d-40d7-bd35-6968ba142197';
const microsoftGraph = '00000003-0000-0000-c000-000000000000';

describe('What If, authentication contexts and deleted items of Conditional Access', () => {
  let graph: GraphServer;
  let token: string;
  let ana: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'Policy.ReadWrite.ConditionalAccess',
      'Policy.Read.ConditionalAccess',
      'Policy.Read.All',
      'User.Read.All',
      'AuditLog.Read.All',
    );
    ana = (await call('GET', '/users/ana@woodgrove.test')).body.id;
    const { body: list } = await call('GET', `${base}/policies`);
    for (const { id } of list.value) await call('DELETE', `${base}/policies/${id}`);
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown): Promise<GraphAnswer> =>
    graph.call(token, method, path, body);
  const policy = (more: object = {}, conditions: object = {}) => ({
    displayName: 'Policy',
    state: 'enabled',
    conditions: {
      clientAppTypes: ['all'],
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      ...conditions,
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    ...more,
  });
  const create = async (path: string, body: unknown) => {
    const answer = await call('POST', path, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const question = (more: { context?: object; conditions?: object; only?: boolean; userId?: string } = {}) => ({
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: more.userId ?? ana },
    signInContext: more.context ?? {
      '@odata.type': '#microsoft.graph.applicationContext',
      includeApplications: [myApps],
    },
    signInConditions: more.conditions ?? {},
    appliedPoliciesOnly: more.only ?? false,
  });

  const rows: readonly { name: string; policy: object; input?: Parameters<typeof question>[0]; reason: string }[] = [
    { name: 'a policy for all users and applications', policy: policy(), reason: 'notSet' },
    { name: 'a disabled policy', policy: policy({ state: 'disabled' }), reason: 'policyNotEnabled' },
    {
      name: 'a report-only policy',
      policy: policy({ state: 'enabledForReportingButNotEnforced' }),
      reason: 'notSet',
    },
    {
      name: 'a policy that excludes everyone who holds a role',
      policy: policy({}, { users: { includeUsers: ['All'], excludeRoles: ['62e90394-69f5-4237-9190-012177145e10'] } }),
      reason: 'users',
    },
    {
      name: 'a policy for another application',
      policy: policy({}, { applications: { includeApplications: [microsoftGraph] } }),
      reason: 'application',
    },
    {
      name: 'a policy for another kind of client',
      policy: policy({}, { clientAppTypes: ['exchangeActiveSync'] }),
      reason: 'clientApps',
    },
    {
      name: 'a policy for another platform',
      policy: policy({}, { platforms: { includePlatforms: ['android'] } }),
      input: { conditions: { devicePlatform: 'windows' } },
      reason: 'devicePlatform',
    },
    {
      name: 'a policy for another platform, where the platform is not given',
      policy: policy({}, { platforms: { includePlatforms: ['android'] } }),
      reason: 'notSet',
    },
    {
      name: 'a policy that excludes trusted places, asked from one',
      policy: policy({}, { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }),
      input: { conditions: { ipAddress: '192.0.2.7' } },
      reason: 'location',
    },
    {
      name: 'a policy for trusted places, where the address is not given',
      policy: policy({}, { locations: { includeLocations: ['AllTrusted'] } }),
      reason: 'notEnoughInformation',
    },
    {
      name: 'a policy for devices that are not compliant, asked of a compliant one',
      policy: policy({}, { devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } } }),
      input: { conditions: { deviceInfo: { isCompliant: true } } },
      reason: 'devices',
    },
    {
      name: 'a policy about security info, asked of an application',
      policy: policy({}, { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }),
      reason: 'application',
    },
    {
      name: 'a policy about security info, asked of that',
      policy: policy({}, { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }),
      input: { context: { userAction: 'registerSecurityInformation' } },
      reason: 'notSet',
    },
    {
      name: 'a policy for another application, asked of security info',
      policy: policy({}, { applications: { includeApplications: [microsoftGraph] } }),
      input: { context: { userAction: 'registerSecurityInformation' } },
      reason: 'userActions',
    },
    {
      name: 'a policy for an authentication context, asked of another one',
      policy: policy({}, { applications: { includeAuthenticationContextClassReferences: ['c7'] } }),
      input: { context: { authenticationContextValue: 'c8' } },
      reason: 'authenticationContext',
    },
  ];
  test('What If says of each policy whether it would apply, and which condition is not met', async () => {
    await call('PATCH', `${contexts}/c7`, { displayName: 'Payments' });
    const location = { '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'Office', isTrusted: true };
    const ranges = [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' }];
    await create(`${base}/namedLocations`, { ...location, ipRanges: ranges });
    for (const row of rows) {
      const { id } = await create(`${base}/policies`, row.policy);
      const { status, body } = await call('POST', `${base}/evaluate`, question(row.input));
      assert.equal(status, 200, JSON.stringify(body));
      const [result] = body.value;
      assert.deepEqual(
        [result.id, result.analysisReasons, result.policyApplies],
        [id, row.reason, row.reason === 'notSet'],
        row.name,
      );
      assert.equal(result['@odata.type'], '#microsoft.graph.whatIfAnalysisResult');
      const only = await call('POST', `${base}/evaluate`, question({ ...row.input, only: true }));
      assert.equal(only.body.value.length, row.reason === 'notSet' ? 1 : 0, row.name);
      assert.equal((await call('DELETE', `${base}/policies/${id}`)).status, 204);
    }
  });

  const wrong: readonly { name: string; body: () => object; target: string }[] = [
    { name: 'an unknown user', body: () => question({ userId: microsoftGraph }), target: 'signInIdentity/userId' },
    { name: 'no context', body: () => question({ context: {} }), target: 'signInContext' },
    {
      name: 'two contexts',
      body: () => question({ context: { includeApplications: [myApps], authenticationContextValue: 'c1' } }),
      target: 'signInContext',
    },
    {
      name: 'a user action that no sign-in is',
      body: () => question({ context: { userAction: 'registerOrJoinDevices' } }),
      target: 'signInContext/userAction',
    },
    {
      name: 'no address',
      body: () => question({ conditions: { ipAddress: 'office' } }),
      target: 'signInConditions/ipAddress',
    },
  ];
  for (const { name, body, target } of wrong) {
    test(`What If refuses ${name}`, async () => {
      const answer = await call('POST', `${base}/evaluate`, body());
      assert.deepEqual([answer.status, answer.body.error.details?.[0]?.target], [400, target]);
    });
  }

  test('a policy names only authentication contexts that there are, and a context in use stays', async () => {
    const withContext = policy({}, { applications: { includeAuthenticationContextClassReferences: ['c25'] } });
    const refusal = await call('POST', `${base}/policies`, withContext);
    const target = 'conditions/applications/includeAuthenticationContextClassReferences';
    assert.deepEqual([refusal.status, refusal.body.error.details[0].target], [400, target]);
    assert.equal((await call('PATCH', `${contexts}/c25`, { description: 'x' })).status, 400, 'a new one needs a name');
    assert.equal((await call('PATCH', `${contexts}/c25`, { displayName: 'Payroll', isAvailable: false })).status, 204);
    assert.equal((await call('PATCH', `${contexts}/c25`, { description: 'Salaries' })).status, 204);
    const { body } = await call('GET', `${contexts}/c25`);
    const { '@odata.context': _, '@odata.etag': __, ...context } = body;
    assert.deepEqual(context, { id: 'c25', displayName: 'Payroll', description: 'Salaries', isAvailable: false });
    const { id } = await create(`${base}/policies`, withContext);
    const inUse = await call('DELETE', `${contexts}/c25`);
    assert.equal(inUse.status, 400);
    assert.match(inUse.body.error.message, /c25 is in use by Policy/);
    assert.equal((await call('DELETE', `${base}/policies/${id}`)).status, 204);
    assert.equal((await call('DELETE', `${contexts}/c25`)).status, 204);
    assert.equal((await call('GET', `${contexts}/c25`)).status, 404);
    const restoration = await call('POST', `${base}/deletedItems/policies/${id}/restore`);
    assert.equal(restoration.status, 400, 'the policy names a context that is gone');
  });

  test('the second of two administrators who edit a context is refused with 412', async () => {
    await call('PATCH', `${contexts}/c11`, { displayName: 'Eleven' });
    const etag = String((await call('GET', `${contexts}/c11`)).headers.etag);
    const change = (displayName: string) =>
      graph.call(token, 'PATCH', `${contexts}/c11`, { displayName }, { 'if-match': etag });
    assert.equal((await change('First')).status, 204);
    const second = await change('Second');
    assert.deepEqual([second.status, second.body.error.code], [412, 'resourceModified']);
    assert.equal((await call('GET', `${contexts}/c11`)).body.displayName, 'First');
  });

  test('ids of authentication contexts are c1 to c99, and names hold no control characters', async () => {
    for (const id of ['c0', 'c100', 'x1', 'c'])
      assert.equal((await call('PATCH', `${contexts}/${id}`, { displayName: 'x' })).status, 400, id);
    assert.equal((await call('PATCH', `${contexts}/c3`, { displayName: 'a\u202eb' })).status, 400);
    assert.equal((await call('POST', contexts, { id: 'c3', displayName: 'Three' })).status, 201);
    assert.equal((await call('POST', contexts, { id: 'c3', displayName: 'Three' })).status, 400);
  });

  for (const [part, body] of [
    ['policies', policy({ displayName: 'Comes back' })],
    [
      'namedLocations',
      {
        '@odata.type': '#microsoft.graph.ipNamedLocation',
        displayName: 'Comes back',
        isTrusted: false,
        ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '198.51.100.0/24' }],
      },
    ],
  ] as const) {
    test(`deleted ${part} can be listed, restored as they were, and removed for good`, async () => {
      const { id } = await create(`${base}/${part}`, body);
      const before = (await call('GET', `${base}/${part}/${id}`)).body;
      assert.equal((await call('DELETE', `${base}/${part}/${id}`)).status, 204);
      const list = (await call('GET', `${base}/deletedItems/${part}`)).body.value;
      const item = list.find((item: { id: string }) => item.id === id);
      assert.equal(item.displayName, 'Comes back');
      assert.ok(Date.parse(item.deletedDateTime) > Date.now() - 60_000);
      assert.equal((await call('GET', `${base}/deletedItems/${part}/${id}`)).body.id, id);
      const restoration = await call('POST', `${base}/deletedItems/${part}/${id}/restore`);
      assert.equal(restoration.status, 200, JSON.stringify(restoration.body));
      assert.deepEqual((await call('GET', `${base}/${part}/${id}`)).body, before);
      assert.equal((await call('GET', `${base}/deletedItems/${part}/${id}`)).status, 404);
      assert.equal((await call('POST', `${base}/deletedItems/${part}/${id}/restore`)).status, 404);
      await call('DELETE', `${base}/${part}/${id}`);
      assert.equal((await call('DELETE', `${base}/deletedItems/${part}/${id}`)).status, 204);
      assert.equal((await call('POST', `${base}/deletedItems/${part}/${id}/restore`)).status, 404);
      const { value } = (await call('GET', "/auditLogs/directoryAudits?$filter=result%20eq%20'success'&$top=100")).body;
      const name = part === 'policies' ? 'Conditional Access policy' : 'named location';
      const activities = value
        .filter((row: { targetResources: { id: string }[] }) => row.targetResources[0]!.id === id)
        .map((row: { activityDisplayName: string }) => row.activityDisplayName);
      assert.deepEqual(activities, [
        `Hard Delete ${name}`,
        `Delete ${name}`,
        `Restore ${name}`,
        `Delete ${name}`,
        `Add ${name}`,
      ]);
    });
  }

  test('a location by country is refused, and the answer names it', async () => {
    const body = {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      displayName: 'Home',
      countriesAndRegions: ['NO'],
    };
    const answer = await call('POST', `${base}/namedLocations`, body);
    assert.equal(answer.status, 400);
    assert.ok(answer.body.error.details[0].target, JSON.stringify(answer.body));
  });

  test('roles: readers of Conditional Access ask What If, and its administrators change', async () => {
    const ben = await PersonWithRoles.of(
      graph,
      'ben',
      'Policy.Read.ConditionalAccess',
      'Policy.ReadWrite.ConditionalAccess',
    );
    const readers = ['Security Reader', 'Global Reader'];
    const writers = ['Conditional Access Administrator', 'Security Administrator', 'Global Administrator'];
    const noRoles = ['(no role)', 'User Administrator', 'Reports Reader'];
    const missingItem = `${base}/deletedItems/policies/${microsoftGraph}`;
    const table: readonly RoleRow[] = [
      { method: 'POST', path: `${base}/evaluate`, body: question(), may: [...readers, ...writers], mayNot: noRoles },
      { method: 'GET', path: contexts, may: [...readers, ...writers], mayNot: noRoles },
      { method: 'GET', path: `${base}/deletedItems/policies`, may: [...readers, ...writers], mayNot: noRoles },
      {
        method: 'PATCH',
        path: `${contexts}/c9`,
        body: { displayName: 'Nine' },
        may: writers,
        mayNot: [...noRoles, ...readers],
      },
      { method: 'POST', path: `${missingItem}/restore`, may: writers, mayNot: [...noRoles, ...readers] },
      { method: 'DELETE', path: missingItem, may: writers, mayNot: [...noRoles, ...readers] },
    ];
    for (const row of table) await ben.check(row);
  });
});
