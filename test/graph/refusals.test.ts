import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { activitiesWhere } from '#core/audit/activities.ts';
import { activityOfCall } from '#core/audit/operations.ts';
import type { Route } from '#graph/protocol/route.ts';
import { routes } from '#graph/resources.ts';
import { GraphServer } from './graph-server.ts';

type Caller = 'application' | 'member' | 'userAdministrator' | 'administrators';

/** A call that is refused, and its row in the audit log; without an operation it leaves none. */
interface Row {
  readonly name: string;
  readonly caller: Caller;
  readonly call: readonly [method: string, path: string, body?: unknown];
  readonly status: number;
  readonly operation?: string;
  readonly code?: string;
  readonly target?: string;
}

interface Audit {
  readonly result: string;
  readonly resultReason: string;
  readonly activityDisplayName: string;
  readonly operationType: string;
  readonly initiatedBy: { user: { userPrincipalName: string } | null; app: { displayName: string } | null };
  readonly targetResources: readonly { id: string; type: string; modifiedProperties: readonly unknown[] }[];
  readonly additionalDetails: readonly { key: string; value: string }[];
}

const detail = ({ additionalDetails }: Audit, name: string) => additionalDetails.find(({ key }) => key === name)?.value;
const nowhere = '/users/00000000-1111-4222-8333-444444444444';
const ana = '/users/ana@woodgrove.test';
const userPath = 'users/{id}';
const user = { displayName: 'Nia', mailNickname: 'nia', accountEnabled: true };
const passwordProfile = { password: 'Correct-Horse-7' };
const federation = {
  issuerUri: 'urn:idp',
  passiveSignInUri: 'https://idp.test/',
  preferredAuthenticationProtocol: 'wsFed',
};

/** What a change is called when it succeeds. */
const activities: Readonly<Record<string, string>> = {
  'POST users': 'Add user',
  'PATCH users/{id}': 'Update user',
  'DELETE users/{id}': 'Delete user',
  'POST domains/{domain}/federationconfiguration': 'Set federation settings on domain',
  'POST rolemanagement/directory/roleassignments': 'Add member to role',
};

const rows: readonly Row[] = [
  {
    name: 'a change without the permission',
    caller: 'application',
    call: ['DELETE', ana],
    status: 403,
    operation: `DELETE ${userPath}`,
    code: 'graphScopeMissing',
    target: 'ana@woodgrove.test',
  },
  {
    name: 'a privileged read without the permission',
    caller: 'application',
    call: ['GET', '/auditLogs/signIns'],
    status: 403,
    operation: 'GET auditlogs/signins',
    code: 'graphScopeMissing',
  },
  {
    name: 'a change without the role',
    caller: 'member',
    call: ['PATCH', ana, { jobTitle: 'x' }],
    status: 403,
    operation: `PATCH ${userPath}`,
    code: 'graphRoleMissing',
    target: 'ana@woodgrove.test',
  },
  {
    name: 'a privileged read without the role',
    caller: 'member',
    call: ['GET', '/auditLogs/directoryAudits'],
    status: 403,
    operation: 'GET auditlogs/directoryaudits',
    code: 'graphRoleMissing',
  },
  {
    name: 'a rehearsal without the role',
    caller: 'member',
    call: ['PATCH', `${ana}/dryRun`, { jobTitle: 'x' }],
    status: 403,
    operation: `PATCH ${userPath}/dryrun`,
    code: 'graphRoleMissing',
  },
  {
    name: 'a privileged property that is refused inside of the operation',
    caller: 'member',
    call: ['GET', `${ana}?$select=authorizationInfo`],
    status: 403,
    operation: `GET ${userPath}`,
    code: 'graphRoleMissing',
  },
  {
    name: 'a role that is below the target’s',
    caller: 'userAdministrator',
    call: ['PATCH', ana, { accountEnabled: false }],
    status: 403,
    operation: `PATCH ${userPath}`,
    code: 'graphTargetProtected',
  },
  {
    name: 'a property of another role',
    caller: 'userAdministrator',
    call: ['PATCH', '/users/eve@woodgrove.test', { authorizationInfo: { certificateUserIds: ['X509:<PN>x@y.test'] } }],
    status: 403,
    operation: `PATCH ${userPath}`,
    code: 'graphRoleMissing',
  },
  {
    name: 'a change that locks out the last administrator',
    caller: 'administrators',
    call: ['POST', '/domains/woodgrove.test/federationConfiguration', federation],
    status: 400,
    operation: 'POST domains/{domain}/federationconfiguration',
    code: 'lastAdministratorShutOut',
    target: 'woodgrove.test',
  },
  {
    name: 'a value that is not valid',
    caller: 'administrators',
    call: ['POST', '/users', { displayName: 7 }],
    status: 400,
    operation: 'POST users',
    code: 'graphPropertyInvalid',
    target: '/v1.0/users',
  },
  {
    name: 'a body that is not JSON',
    caller: 'userAdministrator',
    call: ['POST', '/users', '{'],
    status: 400,
    operation: 'POST users',
  },
  {
    name: 'a query that cannot be read, with a change',
    caller: 'administrators',
    call: ['PATCH', `${ana}?$top=x`, { jobTitle: 'x' }],
    status: 400,
    operation: `PATCH ${userPath}`,
    code: 'graphQueryUnreadable',
  },
  {
    name: 'a name that is taken',
    caller: 'administrators',
    call: ['POST', '/users', { ...user, userPrincipalName: 'ana@woodgrove.test', passwordProfile }],
    status: 400,
    operation: 'POST users',
    code: 'userPrincipalNameTaken',
  },
  {
    name: 'a change of what is not there',
    caller: 'administrators',
    call: ['PATCH', nowhere, { jobTitle: 'x' }],
    status: 404,
    operation: `PATCH ${userPath}`,
    code: 'graphObjectMissing',
  },
  {
    name: 'a role assignment without the role',
    caller: 'userAdministrator',
    call: ['POST', '/roleManagement/directory/roleAssignments', { directoryScopeId: '/' }],
    status: 403,
    operation: 'POST rolemanagement/directory/roleassignments',
  },
  { name: 'a read of what is not there', caller: 'administrators', call: ['GET', nowhere], status: 404 },
  { name: 'a read with a mistake', caller: 'member', call: ['GET', '/users?$top=x'], status: 400 },
  { name: 'an operation that is not there', caller: 'administrators', call: ['POST', '/nothing', {}], status: 400 },
  { name: 'a method that is not there', caller: 'administrators', call: ['PUT', ana, {}], status: 405 },
  {
    name: 'a rehearsal of a value that is not valid',
    caller: 'administrators',
    call: ['PATCH', `${ana}/dryRun`, { displayName: 7 }],
    status: 400,
  },
];

describe('refused calls leave rows in the audit log with the result failure', () => {
  let graph: GraphServer;
  let auditor: string;
  const tokens = new Map<Caller, string>();
  const actors = new Map<Caller, string>();

  before(async () => {
    graph = await GraphServer.start();
    await graph.role('User Administrator', 'ben');
    auditor = await graph.appToken('AuditLog.Read.All');
    const writes = ['User.ReadWrite.All', 'Domain.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'];
    tokens.set('application', await graph.appToken('Group.Read.All'));
    tokens.set('administrators', await graph.appToken(...writes, 'User.EnableDisableAccount.All'));
    tokens.set('member', await graph.personToken('cleo', 'User.ReadWrite.All', 'AuditLog.Read.All'));
    const userAdministrator = [
      'User.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
      'User.EnableDisableAccount.All',
    ];
    tokens.set('userAdministrator', await graph.personToken('ben', ...userAdministrator));
    actors.set('application', 'test --permission Group.Read.All');
    actors.set('administrators', `test --permission ${writes.join(' ')} User.EnableDisableAccount.All`);
    actors.set('member', 'cleo@woodgrove.test');
    actors.set('userAdministrator', 'ben@woodgrove.test');
    await onlyAdministrator();
  });
  after(() => graph?.end());

  /** Ana is the one Global Administrator, and a card is her one way to sign in. */
  async function onlyAdministrator(): Promise<void> {
    const admin = tokens.get('administrators')!;
    const { id } = (await graph.call(admin, 'GET', ana)).body;
    const assignments = (await graph.call(admin, 'GET', '/roleManagement/directory/roleAssignments')).body.value;
    for (const assignment of assignments as { id: string; principalId: string; roleDefinitionId: string }[]) {
      const isOfBen = assignment.roleDefinitionId.startsWith('fe930be7');
      if (assignment.principalId !== id && !isOfBen)
        await graph.call(admin, 'DELETE', `/roleManagement/directory/roleAssignments/${assignment.id}?force=true`);
    }
    assert.equal((await graph.server.cardea('user', 'set', 'ana@woodgrove.test', '--no-password', '--force')).err, '');
    assert.equal((await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'))).kind, 'signedIn');
  }

  const refusals = async (): Promise<readonly Audit[]> => {
    const audits: Audit[] = [];
    let next: string | undefined = "/v1.0/auditLogs/directoryAudits?$filter=result%20eq%20'failure'";
    while (next !== undefined) {
      const { body } = await graph.call(auditor, 'GET', next);
      audits.push(...(body.value as Audit[]));
      const link: string | undefined = body['@odata.nextLink'];
      next = link && new URL(link).pathname + new URL(link).search;
    }
    return audits;
  };
  const actorOf = ({ initiatedBy: { user, app } }: Audit) => user?.userPrincipalName ?? app?.displayName;
  const countsOf = (audits: readonly Audit[]) => audits.reduce((sum, audit) => sum + Number(detail(audit, 'count')), 0);

  /** How often a caller was refused each operation. */
  const countsByOperation = async (name: string) => {
    const audits = (await refusals()).filter((audit) => actorOf(audit) === name);
    const operations = Map.groupBy(audits, (audit) => detail(audit, 'operation')!);
    return new Map([...operations].map(([operation, items]) => [operation, countsOf(items)]));
  };

  for (const { name, caller, call, status, operation, code, target } of rows) {
    test(`${name}, by ${caller}: ${operation === undefined ? 'no row' : 'one row for two calls'}`, async () => {
      const old = await refusals();
      const [method, path, body] = call;
      const answers = [];
      for (let i = 0; i < 2; i++) answers.push(await graph.call(tokens.get(caller)!, method, path, body));
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [status, status],
        JSON.stringify(answers[0]!.body),
      );
      const current = await refusals();
      const grown = current.filter(
        (audit) => !old.some((oldAudit) => JSON.stringify(oldAudit) === JSON.stringify(audit)),
      );
      assert.equal(countsOf(current) - countsOf(old), operation === undefined ? 0 : 2, JSON.stringify(grown));
      if (operation === undefined) return;
      assert.equal(grown.length, 1, JSON.stringify(grown));
      const [row] = grown;
      assert.deepEqual([detail(row!, 'operation'), actorOf(row!)], [operation, actors.get(caller)]);
      if (code !== undefined) assert.equal(detail(row!, 'reasonCode'), code);
      if (target !== undefined) assert.equal(row!.targetResources[0]!.id, target);
      assert.deepEqual(row!.targetResources[0]!.modifiedProperties, []);
      assert.ok(row!.resultReason.length > 10);
      assert.ok(answers[0]!.body.error.message.includes(row!.resultReason.replace(/\.$/, '')), row!.resultReason);
      assert.equal(row!.activityDisplayName, activities[operation] ?? 'Refused Graph request');
    });
  }

  test('each part of a batch that is refused is counted, and the parts of one kind are one row', async () => {
    const old = countsOf(await refusals());
    const requests = Array.from({ length: 20 }, (_, i) => ({ id: `${i}`, method: 'DELETE', url: `/users/n${i}` }));
    const { body } = await graph.call(tokens.get('member')!, 'POST', '/$batch', { requests });
    assert.ok((body.responses as { status: number }[]).every(({ status }) => status === 403));
    const currentRows = (await refusals()).filter((audit) => actorOf(audit) === 'cleo@woodgrove.test');
    const deletions = currentRows.filter((audit) => detail(audit, 'operation') === `DELETE ${userPath}`);
    assert.deepEqual(
      deletions.map((audit) => detail(audit, 'count')),
      ['20'],
    );
    assert.equal(countsOf(await refusals()) - old, 20);
  });

  test('a part of a batch is no larger than a request of its own', async () => {
    const body = { displayName: 'x'.repeat(200 * 1024) };
    const requests = [
      {
        id: '1',
        method: 'PATCH',
        url: '/users/ben@woodgrove.test',
        headers: { 'content-type': 'application/json' },
        body,
      },
      { id: '2', method: 'GET', url: '/me' },
    ];
    const { body: answer } = await graph.call(tokens.get('userAdministrator')!, 'POST', '/$batch', { requests });
    const statuses = (answer.responses as { status: number }[]).map(({ status }) => status);
    assert.deepEqual(statuses, [413, 200]);
  });

  for (const caller of ['stranger', 'member', 'userAdministrator'] as const) {
    test(`every operation that is refused to ${caller} is counted once, a read only where rights are missing`, async () => {
      const token = caller === 'stranger' ? await graph.appToken() : tokens.get(caller)!;
      const name = caller === 'stranger' ? 'test --permission' : actors.get(caller)!;
      // A GUID instead of a type cast is the id of a member, which is another operation.
      const segmentFor = (placeholder: string) =>
        placeholder === '{cast}' ? 'microsoft.graph.user' : crypto.randomUUID();
      const pathOf = ({ path }: Route) => path.replace(/\{\w+\}/g, segmentFor);
      const isRead = ({ method, unguarded }: Route) => method === 'GET' || unguarded === 'reads only';
      const otherRoutes = routes.all.filter(({ path }) => !path.startsWith('me/')); // there a change could succeed
      const old = await countsByOperation(name);
      const expectedValue = new Map<string, number>();
      for (const route of otherRoutes) {
        const { status } = await graph.call(token, route.method, `/beta/${pathOf(route)}`);
        if (status === 403 || (status >= 400 && !isRead(route))) expectedValue.set(`${route.method} ${route.path}`, 1);
      }
      const grown = [...(await countsByOperation(name))].flatMap(([operation, count]): [string, number][] => {
        const more = count - (old.get(operation) ?? 0);
        return more === 0 ? [] : [[operation, more]];
      });
      assert.deepEqual(grown.sort(), [...expectedValue].sort());
      assert.ok(expectedValue.size > otherRoutes.length / 3, `${expectedValue.size} of ${otherRoutes.length}`);
    });
  }

  test("$filter=activityDisplayName eq 'Add member to role' finds what was made and what was refused", async () => {
    const assignments = '/roleManagement/directory/roleAssignments';
    const { id: principalId } = (await graph.call(tokens.get('administrators')!, 'GET', '/users/cleo@woodgrove.test'))
      .body;
    const body = { principalId, roleDefinitionId: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', directoryScopeId: '/' };
    assert.equal((await graph.call(tokens.get('administrators')!, 'POST', assignments, body)).status, 201);
    assert.equal((await graph.call(tokens.get('application')!, 'POST', assignments, body)).status, 403);
    const filter = encodeURIComponent("activityDisplayName eq 'Add member to role'");
    const { value } = (await graph.call(auditor, 'GET', `/auditLogs/directoryAudits?$filter=${filter}`)).body;
    const results = (value as Audit[]).slice(0, 2).map(({ result }) => result);
    assert.deepEqual(results, ['failure', 'success']);
  });

  test('every change but those of deleted items and a new download has an activity, which the table of activities names', () => {
    const changes = routes.all.filter(({ method, unguarded }) => method !== 'GET' && unguarded !== 'reads only');
    const names = changes.map(({ method, path }) => [`${method} ${path}`, activityOfCall(method, path)] as const);
    const knownActivities = new Set(activitiesWhere((name) => name !== ''));
    assert.deepEqual(
      names.filter(([, activity]) => !knownActivities.has(activity)),
      [],
    );
    const unnamed = names
      .filter(([, activity]) => activity === 'Refused Graph request')
      .map(([operation]) => operation);
    assert.deepEqual(
      unnamed.filter((operation) => !/deleteditems|refreshcrl/.test(operation)),
      [],
    );
  });

  test('a caller without a valid token leaves no row', async () => {
    const old = await refusals();
    for (const token of ['', 'x.y.z', `${tokens.get('member')}x`]) {
      for (const method of ['DELETE', 'PATCH', 'GET']) assert.equal((await graph.call(token, method, ana)).status, 401);
    }
    assert.deepEqual(await refusals(), old);
  });

  test('the filter on the result is read page by page, and goes with others', async () => {
    const read = (query: string) => graph.call(auditor, 'GET', `/auditLogs/directoryAudits?${query}`);
    const refusalRows = await refusals();
    const ids: string[] = [];
    let next: string | undefined = `/v1.0/auditLogs/directoryAudits?$filter=result%20eq%20'failure'&$top=4`;
    while (next !== undefined) {
      const { body } = await graph.call(auditor, 'GET', next);
      ids.push(...(body.value as { id: string }[]).map(({ id }) => id));
      const link: string | undefined = body['@odata.nextLink'];
      next = link && new URL(link).pathname + new URL(link).search;
    }
    assert.deepEqual(
      ids,
      (refusalRows as unknown as { id: string }[]).map(({ id }) => id),
    );
    const successes = await read("$filter=result%20eq%20'success'");
    assert.ok(successes.body.value.length > 5);
    assert.ok(
      (successes.body.value as Audit[]).every(
        ({ result, resultReason }) => result === 'success' && resultReason === '',
      ),
    );
    const commands = await read(
      "$filter=result%20eq%20'failure'%20and%20activityDisplayName%20eq%20'Refused%20command'",
    );
    assert.deepEqual(commands.body.value, []);
    const [first] = refusalRows as unknown as { id: string }[];
    const entry = await graph.call(auditor, 'GET', `/auditLogs/directoryAudits/${first!.id}`);
    assert.equal(entry.body.result, 'failure');
  });
});
