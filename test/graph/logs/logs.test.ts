import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

const query = (path: string, options: Record<string, string>) => `${path}?${new URLSearchParams(options)}`;
const keysOf = (item: { authenticationProcessingDetails: { key: string; value: string }[] }) =>
  Object.fromEntries(item.authenticationProcessingDetails.map(({ key, value }) => [key, value]));

describe('the sign-in log by Graph (graph-api §12.1)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    await graph.role('Reports Reader', 'ben');
    await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
    await graph.server.signIn('unknown@woodgrove.test', graph.server.card('ana'));
    token = await graph.appToken('AuditLog.Read.All', 'Policy.Read.All');
  });
  after(() => graph?.end());

  const list = async (version: string, options: Record<string, string>) => {
    const { status, body } = await graph.call(token, 'GET', query(`/${version}/auditLogs/signIns`, options));
    assert.equal(status, 200, JSON.stringify(body));
    return body.value;
  };

  test('beta names subject, binding and level of a certificate sign-in; v1.0 has no such fields (entra-cba §10.1)', async () => {
    const $filter = "userPrincipalName eq 'ANA@woodgrove.test' and status/errorCode eq 0";
    const [entry] = await list('beta', { $filter });
    assert.equal(entry.userPrincipalName, 'ana@woodgrove.test');
    assert.deepEqual(entry.status, {
      errorCode: 0,
      failureReason: 'Other.',
      additionalDetails: 'MFA requirement satisfied by certificate',
    });
    assert.deepEqual(entry.signInEventTypes, ['interactiveUser']);
    const [step, ...more] = entry.authenticationDetails;
    assert.deepEqual(more, []);
    assert.deepEqual(
      [step.authenticationMethod, step.succeeded, step.authenticationStepRequirement],
      ['X.509 Certificate', true, 'Primary authentication'],
    );
    const keys = keysOf(entry);
    assert.match(keys['User certificate subject name']!, /Ana/);
    assert.equal(
      keys['User certificate binding'],
      'Certificate: Principal Name; User Attribute: userPrincipalName; Rank: 1',
    );
    assert.equal(keys['User certificate authentication level'], 'multiFactorAuthentication');
    assert.equal(keys['User certificate authentication level type'], 'PolicyId');
    assert.equal(keys['User certificate authentication level identifier'], '1.2.3.4');
    const [old] = await list('v1.0', { $filter });
    assert.equal(old.id, entry.id);
    for (const name of ['authenticationDetails', 'signInEventTypes', 'authenticationRequirement', 'sessionId'])
      assert.ok(!(name in old), name);
    assert.equal((await graph.call(token, 'GET', `/beta/auditLogs/signIns/${entry.id}`)).body.id, entry.id);
  });

  test('beta says which store’s record of a CA counted, and why (LOG-6, COEX-1)', async () => {
    const newest = async () => {
      const { kind } = await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
      assert.equal(kind, 'signedIn');
      return keysOf(
        (await list('beta', { $filter: "userPrincipalName eq 'ana@woodgrove.test' and status/errorCode eq 0" }))[0],
      );
    };
    assert.equal((await newest())['Is Legacy Store Used'], '0');
    const cas = JSON.parse((await graph.server.cardea('ca', 'list', '--json')).out) as {
      displayName: string;
      certificateRevocationListUrl: string;
    }[];
    const { displayName, certificateRevocationListUrl: url } = cas.find((ca) => ca.displayName.endsWith('CA 1'))!;
    const file = `${graph.server.folder}/demo/authorities/issuing-1.pem`;
    const words = ['ca', 'add', file, '--store', 'classic', '--crl-url', url, '--json'];
    const { code, err, out } = await graph.server.cardea(...words);
    assert.equal(code, 0, err);
    const keys = await newest();
    assert.equal(keys['Is Legacy Store Used'], '1');
    assert.equal(keys['Legacy Store Use Information'], `${displayName}: listsDiffer`);
    await graph.server.cardea('ca', 'remove', (JSON.parse(out) as [{ id: string }])[0].id);
  });

  test('a certificate asked for is an interrupted entry before the result, with a number that is not zero', async () => {
    const $filter = "startswith(userPrincipalName,'ana@') and status/errorCode ne 0";
    const [entry] = await list('beta', { $filter });
    assert.equal(entry.status.errorCode, 50058);
    assert.match(entry.status.failureReason, /a certificate was requested/);
  });

  test('a refusal carries its AADSTS number and is found by it', async () => {
    const entries = await list('v1.0', { $filter: 'status/errorCode eq 50034' });
    assert.ok(entries.length > 0);
    assert.ok(entries.every((entry: { userPrincipalName: string }) => entry.userPrincipalName.startsWith('unknown@')));
    const [reject] = await list('beta', { $filter: 'status/errorCode eq 50034' });
    assert.equal(reject.authenticationDetails[0].succeeded, false);
  });

  test('$filter=userId finds the failures of a person as well, and a name of no user has no id', async () => {
    await graph.server.signIn('ben@woodgrove.test', graph.server.card('ana'));
    const [known] = await list('v1.0', {
      $filter: "userPrincipalName eq 'ben@woodgrove.test' and status/errorCode ne 0",
    });
    assert.match(known.userId, /^[0-9a-f-]{36}$/);
    assert.notEqual(known.userDisplayName, '');
    const entries = await list('v1.0', { $filter: `userId eq '${known.userId}'` });
    assert.ok(entries.some((entry: { id: string }) => entry.id === known.id));
    const [unknown] = await list('v1.0', {
      $filter: "userPrincipalName eq 'unknown@woodgrove.test' and status/errorCode ne 0",
    });
    assert.deepEqual([unknown.userId, unknown.userDisplayName], ['', '']);
  });

  test('beta lists interactive sign-ins unless event types are asked for; v1.0 lists all', async () => {
    const types = (entries: { signInEventTypes: string[] }[]) =>
      new Set(entries.map((entry) => entry.signInEventTypes[0]));
    assert.deepEqual([...types(await list('beta', {}))], ['interactiveUser']);
    const $filter = "signInEventTypes/any(t: t eq 'servicePrincipal')";
    assert.deepEqual([...types(await list('beta', { $filter }))], ['servicePrincipal']);
    const pair = "signInEventTypes/any(t: t eq 'servicePrincipal' or t eq 'interactiveUser')";
    assert.equal(types(await list('beta', { $filter: pair })).size, 2);
    const old = await list('v1.0', {});
    assert.equal(new Set(old.map(({ isInteractive }: { isInteractive: boolean }) => isInteractive)).size, 2);
  });

  test('newest first, a page at a time, each entry once; or oldest first', async () => {
    const items = (await list('v1.0', {})).map(({ id }: { id: string }) => id);
    const paged: string[] = [];
    let path: string | undefined = '/v1.0/auditLogs/signIns?$top=2';
    while (path) {
      const { body } = await graph.call(token, 'GET', path);
      paged.push(...body.value.map(({ id }: { id: string }) => id));
      path = body['@odata.nextLink']?.slice(graph.server.origin.length);
    }
    assert.deepEqual(paged.slice(-items.length), items);
    const times = (await list('v1.0', { $orderby: 'createdDateTime asc' })).map(
      ({ createdDateTime }: { createdDateTime: string }) => createdDateTime,
    );
    assert.deepEqual(times, times.toSorted());
  });

  test('a range of times keeps what is in it, and an unknown property or order is refused', async () => {
    const [newest] = await list('v1.0', { $top: '1' });
    const at = newest.createdDateTime;
    assert.equal((await list('v1.0', { $filter: `createdDateTime gt ${at}` })).length, 0);
    assert.equal((await list('v1.0', { $filter: `createdDateTime ge ${at}` }))[0].id, newest.id);
    for (const options of [
      { $filter: "color eq 'red'" },
      { $filter: "signInEventTypes/any(t: t eq 'interactiveUser')" },
      { $orderby: 'userPrincipalName' },
      { $top: '1001' },
    ]) {
      const { status, body } = await graph.call(token, 'GET', query('/v1.0/auditLogs/signIns', options));
      assert.deepEqual([status, body.error.code], [400, 'BadRequest'], JSON.stringify(options));
    }
  });

  test('a filter by a word that an enumeration does not have is refused, with those that it has', async () => {
    const filters: readonly (readonly [path: string, filter: string, words: RegExp])[] = [
      [
        '/v1.0/auditLogs/signIns',
        "conditionalAccessStatus eq 'sucess'",
        /'sucess' is not a value of .*success, failure/,
      ],
      ['/v1.0/auditLogs/signIns', "appId ne 'x' and not (conditionalAccessStatus in ('success', 'x'))", /'x' is not/],
      ['/beta/auditLogs/signIns', "signInEventTypes/any(t: t eq 'interactive')", /interactiveUser, nonInteractiveUser/],
      ['/beta/auditLogs/signIns/$count', "signInEventTypes/any(t: t eq 'interactive')", /interactiveUser/],
      ['/v1.0/auditLogs/directoryAudits', "result eq 'refused'", /'refused' is not a value of result/],
    ];
    for (const [path, $filter, words] of filters) {
      const { status, body } = await graph.call(token, 'GET', query(path, { $filter }));
      assert.equal(status, 400, `${path} ${$filter}`);
      assert.match(body.error.message, words);
    }
    for (const word of ['SUCCESS', 'unknownFutureValue'])
      await list('v1.0', { $filter: `conditionalAccessStatus eq '${word}'` });
  });

  test('a Reports Reader reads the log without its policies; a user without a role does not', async () => {
    const reader = await graph.personToken('ben', 'AuditLog.Read.All');
    const { status, body } = await graph.call(reader, 'GET', '/beta/auditLogs/signIns?$top=1');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.value[0].appliedConditionalAccessPolicies, []);
    const nobody = await graph.personToken('cleo', 'AuditLog.Read.All');
    const refusal = await graph.call(nobody, 'GET', '/v1.0/auditLogs/signIns');
    assert.deepEqual([refusal.status, refusal.body.error.code], [403, 'Authentication_RequestFromUnsupportedUserRole']);
    const second = await graph.call(await graph.appToken('User.Read.All'), 'GET', '/v1.0/auditLogs/signIns');
    assert.deepEqual([second.status, second.body.error.code], [403, 'Authentication_MSGraphPermissionMissing']);
  });
});

describe('the audit log by Graph (graph-api §12.2)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken('AuditLog.Read.All');
  });
  after(() => graph?.end());

  const list = async ($filter: string) => {
    const { status, body } = await graph.call(token, 'GET', query('/auditLogs/directoryAudits', { $filter }));
    assert.equal(status, 200, JSON.stringify(body));
    return body.value;
  };

  test('a change names its actor, its target, and old and new values as JSON texts', async () => {
    const ana = await graph.personToken('ana', 'User.ReadWrite.All');
    const user = (await graph.call(ana, 'GET', '/users/ben@woodgrove.test')).body;
    await graph.call(ana, 'PATCH', `/users/${user.id}`, { displayName: 'Ben O.', accountEnabled: false });
    const [entry] = await list("activityDisplayName eq 'Update user' and initiatedBy/user/id ne null");
    assert.deepEqual(
      [entry.category, entry.loggedByService, entry.result, entry.operationType],
      ['UserManagement', 'Core Directory', 'success', 'Update'],
    );
    assert.equal(entry.initiatedBy.user.userPrincipalName, 'ana@woodgrove.test');
    assert.equal(entry.initiatedBy.app, null);
    const [target] = entry.targetResources;
    assert.deepEqual([target.id, target.type], [user.id, 'User']);
    const name = target.modifiedProperties.find(
      (modifiedProperty: { displayName: string }) => modifiedProperty.displayName === 'displayName',
    );
    assert.deepEqual([name.oldValue, name.newValue], ['"Ben Okafor"', '"Ben O."']);
    assert.equal((await list("activityDisplayName eq 'Disable account'"))[0].targetResources[0].id, user.id);
    assert.equal((await graph.call(token, 'GET', `/auditLogs/directoryAudits/${entry.id}`)).body.id, entry.id);
  });

  test('filters by name, category, service, time, initiator and target leave what they name', async () => {
    const items = await list("result eq 'success'");
    const [first] = items;
    for (const [filter, holds] of [
      ["activityDisplayName eq 'Add member to role'", (item: typeof first) => item.category === 'RoleManagement'],
      ["startswith(activityDisplayName,'Add ')", (item: typeof first) => item.activityDisplayName.startsWith('Add ')],
      ["category eq 'UserManagement'", (item: typeof first) => item.category === 'UserManagement'],
      ["loggedByService eq 'Core Directory'", (item: typeof first) => item.loggedByService === 'Core Directory'],
      [
        `activityDateTime le ${first.activityDateTime}`,
        (item: typeof first) => item.activityDateTime <= first.activityDateTime,
      ],
      [
        `targetResources/any(t:t/id eq '${first.targetResources[0].id}')`,
        (item: typeof first) => item.targetResources.some((t: { id: string }) => t.id === first.targetResources[0].id),
      ],
    ] as const) {
      const entries = await list(filter);
      assert.deepEqual(
        entries.map(({ id }: { id: string }) => id),
        items.filter(holds).map(({ id }: { id: string }) => id),
        filter,
      );
      assert.ok(entries.length > 0, filter);
    }
  });

  test('rows of one request share its id, those of one command another, and a filter finds them (row 45)', async () => {
    const ana = await graph.personToken('ana', 'User.ReadWrite.All');
    const namesOf = async (id: string) => {
      const rows = (await list(`correlationId eq '${id}'`)) as { activityDisplayName: string; correlationId: string }[];
      assert.ok(rows.every(({ correlationId }) => correlationId === id));
      return rows.map(({ activityDisplayName }) => activityDisplayName).sort();
    };
    const both = { displayName: 'Cleo M.', accountEnabled: false };
    const { headers } = await graph.call(ana, 'PATCH', '/users/cleo@woodgrove.test', both);
    const id = String(headers['request-id']);
    assert.deepEqual(await namesOf(id), ['Disable account', 'Update user']);
    const part = (name: string) => ({
      id: name,
      method: 'PATCH',
      url: '/users/cleo@woodgrove.test',
      headers: { 'content-type': 'application/json' },
      body: { displayName: name },
    });
    const batch = await graph.call(ana, 'POST', '/$batch', { requests: [part('Cleo'), part('Cleo Martin')] });
    assert.deepEqual(await namesOf(String(batch.headers['request-id'])), ['Update user', 'Update user']);
    const refused = await graph.call(ana, 'DELETE', `/users/${crypto.randomUUID()}`);
    assert.equal(refused.status, 404);
    assert.equal((await namesOf(refused.body.error.innerError['request-id'])).length, 1);
    const { err } = await graph.server.cardea('user', 'set', 'cleo@woodgrove.test', '--name', 'Cleo M.', '--enable');
    assert.equal(err, '');
    const [newest] = await list("activityDisplayName eq 'Enable account'");
    assert.deepEqual(await namesOf(newest.correlationId), ['Enable account', 'Update user']);
    assert.notEqual(newest.correlationId, newest.id);
  });
});
