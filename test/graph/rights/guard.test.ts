import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isChange } from '#graph/protocol/route.ts';
import { routes } from '#graph/resources.ts';
import { GraphServer } from '../graph-server.ts';

/** A change after which no Global Administrator could sign in: by Graph, and by the command line where it has one. */
interface Row {
  readonly name: string;
  readonly method: string;
  readonly path: () => string;
  readonly body?: () => unknown;
  readonly cli?: () => string[];
  /** Makes the state that the change needs; runs before it. */
  readonly prepare?: () => Promise<void>;
  /** Leaves the state as it was. */
  readonly undo: () => Promise<void>;
}

describe('the lock-out guard covers every change that decides who may sign in', () => {
  let graphServer: GraphServer;
  let token = '';
  let ana = '';
  let group = '';
  let result = '';
  const graph = async (method: string, path: string, body?: unknown, status?: number) => {
    const answer = await graphServer.call(token, method, path, body);
    if (status !== undefined) assert.equal(answer.status, status, JSON.stringify(answer.body));
    return answer;
  };
  const force = (path: string) => `${path}?force=true`;
  const x509 = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/X509Certificate';
  const typedText = (value: object) => ({
    '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
    ...value,
  });
  const scopeTo = async (id: string) =>
    void (await graph(
      'PATCH',
      force(x509),
      typedText({ includeTargets: [{ targetType: 'group', id, isRegistrationRequired: false }] }),
      204,
    ));
  const block = (userId: string) => ({
    displayName: 'Block',
    state: 'enabled',
    conditions: {
      users: { includeUsers: [userId] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  });

  before(async () => {
    graphServer = await GraphServer.start();
    token = await graphServer.appToken(
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'GroupMember.ReadWrite.All',
      'Directory.ReadWrite.All',
      'Domain.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
      'Policy.Read.All',
      'Policy.ReadWrite.AuthenticationMethod',
      'Policy.ReadWrite.ConditionalAccess',
      'User.EnableDisableAccount.All',
    );
    const { body } = await graph('GET', '/users/ana@woodgrove.test', undefined, 200);
    ana = body.id;
    await graphServer.server.cardea('role', 'add', 'Global Administrator', 'ana@woodgrove.test');
    for (const { id, principalId } of (await graph('GET', '/roleManagement/directory/roleAssignments')).body.value)
      if (principalId !== ana) await graph('DELETE', force(`/roleManagement/directory/roleAssignments/${id}`));
    await graphServer.server.cardea('user', 'set', 'ana@woodgrove.test', '--no-password', '--force');
    const end = await graphServer.server.signIn('ana@woodgrove.test', graphServer.server.card('ana'));
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    group = (
      await graph(
        'POST',
        '/groups',
        { displayName: 'In scope', mailEnabled: false, mailNickname: 's', securityEnabled: true },
        201,
      )
    ).body.id;
    await graph(
      'POST',
      `/groups/${group}/members/$ref`,
      { '@odata.id': `https://x/v1.0/directoryObjects/${ana}` },
      204,
    );
  });
  after(() => graphServer.end());

  const rows: readonly Row[] = [
    {
      name: 'a Conditional Access policy that blocks her is added',
      method: 'POST',
      path: () => '/identity/conditionalAccess/policies',
      body: () => block(ana),
      undo: async () => {
        for (const { id } of (await graph('GET', '/identity/conditionalAccess/policies')).body.value)
          await graph('DELETE', force(`/identity/conditionalAccess/policies/${id}`), undefined, 204);
      },
    },
    {
      name: 'a Conditional Access policy that blocks her is enabled',
      method: 'PATCH',
      prepare: async () => {
        const { body } = await graph(
          'POST',
          '/identity/conditionalAccess/policies',
          { ...block(ana), state: 'disabled' },
          201,
        );
        result = body.id;
      },
      path: () => `/identity/conditionalAccess/policies/${result}`,
      body: () => ({ state: 'enabled' }),
      undo: async () =>
        void (await graph('DELETE', force(`/identity/conditionalAccess/policies/${result}`), undefined, 204)),
    },
    {
      name: 'the method is disabled',
      method: 'PATCH',
      path: () => x509,
      body: () => typedText({ state: 'disabled' }),
      undo: async () => void (await graph('PATCH', force(x509), typedText({ state: 'enabled' }), 204)),
    },
    {
      name: 'she leaves the group that is the target of the method',
      method: 'DELETE',
      prepare: () => scopeTo(group),
      path: () => `/groups/${group}/members/${ana}/$ref`,
      undo: async () => {
        const reference = { '@odata.id': `https://x/v1.0/directoryObjects/${ana}` };
        await graph('POST', `/groups/${group}/members/$ref`, reference, 204);
        await scopeTo('all_users');
      },
    },
    {
      name: 'the group that is the target of the method is deleted',
      method: 'DELETE',
      prepare: () => scopeTo(group),
      path: () => `/groups/${group}`,
      undo: async () => {
        await graph('POST', `/directory/deletedItems/${group}/restore`, {}, 200);
        await scopeTo('all_users');
      },
    },
    {
      name: 'her domain is federated',
      method: 'POST',
      path: () => '/domains/woodgrove.test/federationConfiguration',
      body: () => ({
        issuerUri: 'urn:idp',
        passiveSignInUri: 'https://idp.test/',
        preferredAuthenticationProtocol: 'wsFed',
      }),
      cli: () => ['domain', 'federate', 'woodgrove.test', '--issuer', 'urn:idp', '--sign-in-uri', 'https://idp.test/'],
      undo: async () => assert.equal((await graphServer.server.cardea('domain', 'manage', 'woodgrove.test')).err, ''),
    },
  ];

  for (const row of rows) {
    test(`${row.name}: refused with the code, rehearsed by /dryRun, made by force`, async () => {
      await row.prepare?.();
      const refusal = await graph(row.method, row.path(), row.body?.());
      assert.equal(refusal.status, 400, JSON.stringify(refusal.body));
      const { innerError, message } = refusal.body.error;
      assert.equal(innerError.code, 'lastAdministratorLockedOut');
      assert.equal(innerError.mayForce, true);
      assert.deepEqual(
        innerError.administrators.map(({ id }: { id: string }) => id),
        [ana],
      );
      assert.ok(innerError.administrators[0].reason && innerError.administrators[0].reasonText);
      assert.doesNotMatch(message, /--force|--dry-run/);
      if (row.path() !== x509) {
        const dry = await graph(row.method, `${row.path()}/dryRun`, row.body?.(), 200);
        assert.ok(dry.body.changes.some(({ userId }: { userId: string }) => userId === ana));
      }
      const words = row.cli?.();
      if (words) {
        const { err } = await graphServer.server.cardea(...words);
        assert.match(err, /ana@woodgrove\.test[\s\S]*--dry-run[\s\S]*--force/);
        assert.equal((await graphServer.server.cardea(...words, '--dry-run')).err, '');
        assert.equal((await graphServer.server.cardea(...words, '--force')).err, '');
        await row.undo();
        await row.prepare?.();
      }
      const forced = await graph(row.method, force(row.path()), row.body?.());
      assert.ok(forced.status < 300, JSON.stringify(forced.body));
      await row.undo();
    });
  }

  for (const [name, method, path, body] of [
    ['she is disabled', 'PATCH', () => `/users/${ana}`, { accountEnabled: false }],
    ['she is deleted', 'DELETE', () => `/users/${ana}`, undefined],
  ] as const)
    test(`the last Global Administrator, when ${name}: named in the refusal, which no force makes undone`, async () => {
      for (const address of [path(), force(path()), `${path()}/dryRun`]) {
        const { innerError } = (await graph(method, address, body, 400)).body.error;
        assert.deepEqual([innerError.code, innerError.mayForce], ['lastGlobalAdministrator', false]);
        const [administrator, ...furtherAdministrators] = innerError.administrators;
        assert.deepEqual([administrator.id, furtherAdministrators], [ana, []]);
        assert.equal(administrator.userPrincipalName, 'ana@woodgrove.test');
        assert.ok(administrator.reason && administrator.reasonText);
      }
    });

  test('the block list by the command line', async () => {
    const file = join(graphServer.server.folder, 'demo', 'cards', 'ana.p12');
    const { err } = await graphServer.server.cardea('block', 'add', file);
    assert.match(err, /ana@woodgrove\.test[\s\S]*--force/);
    assert.equal((await graphServer.server.cardea('block', 'list', '--json')).out.trim(), '[]');
    assert.equal((await graphServer.server.cardea('block', 'add', file, '--dry-run')).err, '');
    assert.equal((await graphServer.server.cardea('block', 'add', file, '--force')).err, '');
  });

  test('an operation is outside of the guarded transaction only where this list says so', () => {
    const outside = routes.all.filter((route) => route.method !== 'GET' && !isChange(route));
    const names = [...new Set(outside.map(({ path, unguarded }) => `${path.split('/').at(-1)}: ${unguarded}`))];
    assert.deepEqual(names.sort(), [
      // Policies that are as they are: a change of one is refused.
      'adminconsentrequestpolicy: reads only',
      'authorizationpolicy: reads only',
      'changepassword: checks a password',
      'checkmembergroups: reads only',
      'crosstenantaccesspolicy: reads only',
      'default: reads only',
      'evaluate: reads only',
      'evaluatecertificate: reads only',
      'getbyids: reads only',
      'getmembergroups: reads only',
      'getmemberobjects: reads only',
      'identitysecuritydefaultsenforcementpolicy: reads only',
      'importcrl: waits for the network',
      'plan: reads only',
      'reevaluate: reads only',
      'refreshcrl: waits for the network',
      'upload: waits for the network',
      'verify: waits for the network',
    ]);
  });
});
