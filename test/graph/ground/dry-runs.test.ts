import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

interface Outcome {
  readonly outcome: string;
  readonly code: string | null;
  readonly reasonText: string | null;
  readonly method: string | null;
}
interface Change {
  readonly userId: string;
  readonly userPrincipalName: string;
  readonly before: Outcome;
  readonly after: Outcome;
}

describe('a dry run of every change that decides who may sign in', () => {
  let server: GraphServer;
  let token = '';
  let ids: Readonly<Record<string, string>> = {};
  const graph = async (method: string, path: string, body?: unknown, status?: number, headers = {}) => {
    const answer = await server.call(token, method, path, body, headers);
    if (status !== undefined) assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const first = async (path: string) => (await graph('GET', path, undefined, 200)).body.value[0].id as string;
  const methods = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations';
  const pkis = '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations';
  const policies = '/identity/conditionalAccess/policies';
  const block = {
    displayName: 'Block',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  };

  before(async () => {
    server = await GraphServer.start();
    token = await server.appToken(...permissions);
    for (const name of ['ana', 'ben', 'dan'])
      await server.server.signIn(`${name}@woodgrove.test`, server.server.card(name));
    const pki = await first(pkis);
    const authority = await first(`${pkis}/${pki}/certificateAuthorities`);
    const policy = (await graph('POST', policies, { ...block, state: 'disabled' }, 201)).body.id;
    const rollout = { displayName: 'R', feature: 'certificateBasedAuthentication', isEnabled: false };
    const group = { displayName: 'G', mailEnabled: false, mailNickname: 'g', securityEnabled: true };
    const user = (await graph('GET', '/users/ben@woodgrove.test', undefined, 200)).body.id;
    ids = {
      pki,
      authority,
      policy,
      rollout: (await graph('POST', '/policies/featureRolloutPolicies', rollout, 201)).body.id,
      group: (await graph('POST', '/groups', group, 201)).body.id,
      user,
    };
  });
  after(() => server?.end());

  const provider = { issuerUri: 'urn:idp', passiveSignInUri: 'https://idp.test/' };
  const rows: readonly {
    readonly name: string;
    readonly path: () => string;
    readonly operation: 'create' | 'update' | 'delete';
    readonly change?: () => unknown;
    /** Whose sign-in ends otherwise. */
    readonly refused: readonly string[];
  }[] = [
    { name: 'a policy is added', path: () => policies, operation: 'create', change: () => block, refused: ['ana'] },
    {
      name: 'a policy is enabled',
      path: () => `${policies}/${ids.policy}`,
      operation: 'update',
      change: () => ({ state: 'enabled' }),
      refused: ['ana'],
    },
    { name: 'a policy is deleted', path: () => `${policies}/${ids.policy}`, operation: 'delete', refused: [] },
    {
      name: 'certificates are disabled',
      path: () => `${methods}/X509Certificate`,
      operation: 'update',
      change: () => ({ state: 'disabled' }),
      refused: ['ana'],
    },
    {
      name: 'another method is disabled',
      path: () => `${methods}/Fido2`,
      operation: 'update',
      change: () => ({ state: 'disabled' }),
      refused: [],
    },
    { name: 'a method is reset', path: () => `${methods}/X509Certificate`, operation: 'delete', refused: ['ana'] },
    { name: 'a PKI is deleted', path: () => `${pkis}/${ids.pki}`, operation: 'delete', refused: ['ana'] },
    {
      name: 'a CA is renamed',
      path: () => `${pkis}/${ids.pki}/certificateAuthorities/${ids.authority}`,
      operation: 'update',
      change: () => ({ displayName: 'CA' }),
      refused: [],
    },
    {
      name: 'the old trust store is replaced',
      path: () => `/organization/${server.tenantId}/certificateBasedAuthConfiguration`,
      operation: 'update',
      change: () => ({ certificateAuthorities: [] }),
      refused: [],
    },
    {
      name: 'a rollout is enabled',
      path: () => `/policies/featureRolloutPolicies/${ids.rollout}`,
      operation: 'update',
      change: () => ({ isEnabled: true }),
      refused: [],
    },
    {
      name: 'a domain is federated',
      path: () => '/domains/woodgrove.test/federationConfiguration',
      operation: 'create',
      change: () => provider,
      refused: ['ana'],
    },
    {
      name: 'a domain is managed',
      path: () => '/domains/woodgrove.test',
      operation: 'update',
      change: () => ({ authenticationType: 'Managed' }),
      refused: [],
    },
    {
      name: 'a user is disabled',
      path: () => `/users/${ids.user}`,
      operation: 'update',
      change: () => ({ accountEnabled: false }),
      refused: ['ben'],
    },
    {
      name: 'certificateUserIds and the names of a user are changed',
      path: () => `/users/${ids.user}`,
      operation: 'update',
      change: () => ({
        userPrincipalName: 'another@woodgrove.test',
        onPremisesUserPrincipalName: 'another@woodgrove.test',
        authorizationInfo: { certificateUserIds: [] },
      }),
      refused: ['ben'],
    },
    { name: 'a group is deleted', path: () => `/groups/${ids.group}`, operation: 'delete', refused: [] },
  ];
  for (const { name, path, operation, change, refused } of rows) {
    test(name, async () => {
      const body = { operation, ...(change ? { change: change() } : {}) };
      const state = async () => (operation === 'create' ? undefined : (await graph('GET', path())).body);
      const before = await state();
      const { body: answer } = await graph('POST', `${path()}/dryRun`, body, 200);
      assert.deepEqual(await state(), before, 'nothing is changed');
      assert.equal(answer.judged, 3);
      const changes = answer.changes as Change[];
      const losers = changes.filter(
        ({ before: was, after: will }) => was.outcome !== 'refused' && will.outcome === 'refused',
      );
      const names = losers.map(({ userPrincipalName }) => userPrincipalName.split('@')[0]);
      for (const item of refused) assert.ok(names.includes(item), JSON.stringify(changes));
      if (refused.length === 0) assert.deepEqual(names, []);
      assert.equal(answer.counts.grantedToRefused, losers.length);
      const total = Object.values(answer.counts as Record<string, number>).reduce((sum, count) => sum + count, 0);
      assert.equal(total, changes.length);
      for (const item of changes) {
        assert.match(item.userId, /^[0-9a-f-]{36}$/, item.userPrincipalName);
        for (const outcome of [item.before, item.after])
          assert.equal(outcome.code === null, outcome.reasonText === null, JSON.stringify(outcome));
      }
    });
  }

  const inBatch = (...requests: readonly (readonly [method: string, url: string, body?: unknown])[]) => ({
    requests: requests.map(([method, url, body], id) => ({
      id: String(id),
      method,
      url,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    })),
  });
  const disable = (name: string) => ['PATCH', `/users/${name}@woodgrove.test`, { accountEnabled: false }] as const;

  test('the changes of a batch are rehearsed as one', async () => {
    const { body } = await graph('POST', '/$batch/dryRun', inBatch(disable('ben'), disable('dan')), 200);
    const loses = (name: string) =>
      (body.changes as Change[]).some(
        (item) => item.userPrincipalName.startsWith(name) && item.after.outcome === 'refused',
      );
    assert.deepEqual([loses('ben'), loses('ana')], [true, false]);
    assert.equal(body.judged, 3);
    assert.equal((await graph('GET', '/users/ben@woodgrove.test?$select=accountEnabled')).body.accountEnabled, true);
    const enable = ['PATCH', '/users/ben@woodgrove.test', { accountEnabled: true }] as const;
    const undone = await graph('POST', '/$batch/dryRun', inBatch(disable('ben'), enable), 200);
    assert.deepEqual(undone.body.changes, [], 'what a request does, a later one can take back');
  });

  test('a batch is rehearsed by pages', async () => {
    const batch = inBatch(disable('ben'), disable('dan'));
    const first = (await graph('POST', '/$batch/dryRun?$top=1', batch, 200)).body;
    assert.equal(first.judged, 1);
    const link = (first['@odata.nextLink'] as string).slice(server.server.origin.length);
    assert.equal((await graph('POST', link, batch, 200)).body.judged, 1);
    await graph('POST', link, inBatch(disable('ben')), 400);
  });

  for (const [label, requests, status, words] of [
    ['a request that changes nothing', [disable('ben'), ['GET', '/users']], 400, /the request changes nothing/],
    [
      'a request with a mistake',
      [disable('ben'), ['PATCH', '/users/dan@woodgrove.test', { colour: 1 }]],
      400,
      /colour/,
    ],
    [
      'a request without permission',
      [disable('ben'), ['POST', '/users/ben@woodgrove.test/authentication/temporaryAccessPassMethods', {}]],
      403,
      /./,
    ],
  ] as const)
    test(`a batch with ${label} is not rehearsed`, async () => {
      const answer = await graph('POST', '/$batch/dryRun', inBatch(...requests), status);
      assert.match(answer.body.error.message, words);
    });

  test('every page of a dry run together says what the whole says', async () => {
    const body = { operation: 'update', change: { state: 'disabled' } };
    const path = `${methods}/X509Certificate/dryRun`;
    const whole = (await graph('POST', path, body, 200)).body;
    assert.equal(whole['@odata.nextLink'], undefined);
    const changes: Change[] = [];
    let evaluations = 0;
    for (let next: string | undefined = `/v1.0${path}?$top=1`; next !== undefined; ) {
      const { body: page } = await graph('POST', next, body, 200);
      assert.equal(page.version, whole.version);
      changes.push(...page.changes);
      evaluations += page.judged;
      const link = page['@odata.nextLink'] as string | undefined;
      next = link === undefined ? undefined : link.slice(server.server.origin.length);
      if (next) await graph('POST', next, { ...body, operation: 'delete' }, 400);
    }
    assert.deepEqual([evaluations, changes], [whole.judged, whole.changes]);
  });

  test('the version of a dry run holds for the change that it was for', async () => {
    const change = { displayName: 'Block 2' };
    const path = `${policies}/${ids.policy}`;
    const { version } = (await graph('POST', `${path}/dryRun`, { operation: 'update', change }, 200)).body;
    await graph('PATCH', path, change, 204, { 'if-match': version });
    await graph('PATCH', path, change, 412, { 'if-match': version });
    const created = { operation: 'create', change: { ...block, state: 'disabled' } };
    const { version: forNew } = (await graph('POST', `${policies}/dryRun`, created, 200)).body;
    await graph('POST', policies, created.change, 201, { 'if-match': forNew });
    const late = await graph('POST', policies, created.change, 412, { 'if-match': forNew });
    assert.equal(late.body.error.code, 'resourceModified');
  });

  for (const [label, path, body, status] of [
    ['an operation that the address does not have', `${policies}/dryRun`, { operation: 'delete' }, 405],
    ['an address where nothing is changed', '/auditLogs/signIns/dryRun', { operation: 'delete' }, 405],
    ['an operation that changes nothing', '/directoryObjects/getByIds/dryRun', { operation: 'create' }, 400],
    ['a change with a mistake in it', `${policies}/dryRun`, { operation: 'create', change: { colour: 1 } }, 400],
    ['a body without an operation', `${policies}/dryRun`, { operation: 'destroy' }, 400],
  ] as const) {
    test(`${label} is refused`, async () => void (await graph('POST', path, body, status)));
  }

  test('who may not make the change may not rehearse it', async () => {
    const reader = await server.appToken('Policy.Read.All');
    const answer = await server.call(reader, 'POST', `${policies}/dryRun`, { operation: 'create', change: block });
    assert.equal(answer.status, 403);
  });
});

const permissions = [
  'User.ReadWrite.All',
  'User.EnableDisableAccount.All',
  'Group.ReadWrite.All',
  'Domain.ReadWrite.All',
  'Domain.Read.All',
  'Directory.ReadWrite.All',
  'Organization.ReadWrite.All',
  'Policy.Read.All',
  'Policy.ReadWrite.AuthenticationMethod',
  'Policy.ReadWrite.ConditionalAccess',
  'Policy.ReadWrite.HybridAuthentication',
  'Policy.Read.HybridAuthentication',
  'PublicKeyInfrastructure.ReadWrite.All',
  'PublicKeyInfrastructure.Read.All',
];
