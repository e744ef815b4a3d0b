import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

describe('users by Graph (graph-api §6.1)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_STRICT: 'true' });
    token = await graph.appToken('User.ReadWrite.All');
  });
  after(() => graph?.end());

  const eventual = { consistencylevel: 'eventual' };
  const person = (name: string, more: object = {}) => ({
    userPrincipalName: `${name}@woodgrove.test`,
    displayName: name,
    mailNickname: name,
    accountEnabled: true,
    passwordProfile: { password: 'Correct-Horse-7', forceChangePasswordNextSignIn: true },
    ...more,
  });
  const make = async (name: string, more: object = {}) => {
    const { status, body } = await graph.call(token, 'POST', '/users', person(name, more));
    assert.equal(status, 201, JSON.stringify(body));
    return body.id as string;
  };

  test('a user is made, read by id and name in either form of key, changed, and deleted', async () => {
    const result = await graph.call(token, 'POST', '/users', person('hana', { jobTitle: 'Nurse' }));
    assert.equal(result.status, 201);
    assert.match(String(result.headers.location), new RegExp(`/v1.0/users/${result.body.id}$`));
    assert.equal(result.body['@odata.context'], `${graph.server.origin}/v1.0/$metadata#users/$entity`);
    assert.equal(result.body.jobTitle, 'Nurse');
    assert.ok(!('accountEnabled' in result.body), 'only the default properties');
    for (const path of [
      `/users/${result.body.id}`,
      '/users/hana@woodgrove.test',
      `/USERS('HANA@woodgrove.test')`,
      `/myorganization/users/${result.body.id}`,
      `//users//${result.body.id}`,
    ]) {
      const { status, body } = await graph.call(token, 'GET', `/v1.0${path}`);
      assert.deepEqual([status, body.id], [200, result.body.id], path);
    }
    const patch = { surname: 'Sato', JOBTITLE: null, '@odata.type': '#microsoft.graph.user' };
    assert.equal((await graph.call(token, 'PATCH', `/users/${result.body.id}`, patch)).status, 204);
    const select = '$select=surname,jobTitle,accountEnabled,passwordProfile';
    const { body } = await graph.call(token, 'GET', `/users/${result.body.id}?${select}`);
    assert.deepEqual(
      [body.surname, body.jobTitle, body.accountEnabled, body.passwordProfile.password],
      ['Sato', null, true, null],
    );
    assert.equal((await graph.call(token, 'DELETE', `/users/${result.body.id}`)).status, 204);
    const removal = await graph.call(token, 'GET', `/users/${result.body.id}`);
    assert.deepEqual([removal.status, removal.body.error.code], [404, 'Request_ResourceNotFound']);
    assert.match(removal.body.error.message, /^Resource '.+' does not exist or one of its queried/);
    assert.ok(removal.body.error.innerError['request-id']);
  });

  test('certificateUserIds are set whole, found by value, unique in the tenant, at most ten (UB-13 … UB-23)', async () => {
    const [item, secondUser] = [await make('ids1'), await make('ids2')];
    const ids = ['X509:<PN>ids1@woodgrove.test', 'X509:<SHA1-PUKEY>123456789ABCDEF0123456789ABCDEF012345678'];
    const set = (id: string, values: readonly string[]) =>
      graph.call(token, 'PATCH', `/users/${id}`, { authorizationInfo: { certificateUserIds: values } });
    assert.equal((await set(item, ids)).status, 204);
    const read = await graph.call(token, 'GET', `/users/${item}?$select=id,authorizationInfo`);
    assert.deepEqual(read.body.authorizationInfo.certificateUserIds, ids);
    const filter = `$count=true&$filter=authorizationInfo/certificateUserIds/any(x:x eq '${ids[0]}')`;
    const match = await graph.call(token, 'GET', `/users?${filter.replaceAll(' ', '%20')}`, undefined, eventual);
    assert.deepEqual([match.body['@odata.count'], match.body.value[0].id], [1, item]);
    const plain = await graph.call(token, 'GET', `/users?${filter.replaceAll(' ', '%20')}`);
    assert.deepEqual([plain.status, plain.body.error.code], [400, 'Request_UnsupportedQuery']);
    const short = `/users?${filter.replace('authorizationInfo/', '').replaceAll(' ', '%20')}`;
    assert.equal((await graph.call(token, 'GET', short, undefined, eventual)).body.value[0].id, item);
    assert.equal((await graph.call(token, 'GET', short)).status, 400, 'an advanced query by either name');
    const clash = await set(secondUser, [ids[0]!]);
    assert.equal(clash.status, 400);
    const { code, target } = clash.body.error.details[0];
    assert.deepEqual([code, target], ['ObjectConflict', 'authorizationInfo.certificateUserIds']);
    const eleven = Array.from({ length: 11 }, (_, i) => `X509:<PN>ids2-${i}@woodgrove.test`);
    assert.equal((await set(secondUser, eleven)).status, 400);
    assert.equal((await set(item, [])).status, 204);
    assert.equal((await set(secondUser, [ids[0]!])).status, 204, 'a value that was let go is free');
  });

  test('a list is paged through the link it gives, whatever is added in between', async () => {
    const part = ['p1', 'p2', 'p3', 'p4', 'p5'];
    for (const name of part) await make(name);
    const seenKeys: string[] = [];
    let path: string | undefined = '/v1.0/users?$top=2&$orderby=displayName&$select=displayName,id';
    while (path) {
      const { status, body } = await graph.call(token, 'GET', path);
      assert.equal(status, 200, JSON.stringify(body));
      assert.ok(body.value.length <= 2);
      seenKeys.push(...body.value.map((user: { displayName: string }) => user.displayName));
      if (seenKeys.length === 2) await make('aaa-later');
      path = body['@odata.nextLink']?.slice(graph.server.origin.length);
    }
    assert.deepEqual(
      part.filter((name) => !seenKeys.includes(name)),
      [],
    );
    assert.equal(new Set(seenKeys).size, seenKeys.length, 'no user twice');
    const { body } = await graph.call(token, 'GET', '/users?$top=1');
    const token1 = new URL(body['@odata.nextLink']).searchParams.get('$skiptoken')!;
    const foreign = await graph.call(token, 'GET', `/users?$filter=displayName%20eq%20'p1'&$skiptoken=${token1}`);
    assert.deepEqual([foreign.status, foreign.body.error.code], [400, 'Directory_ExpiredPageToken']);
  });

  test('what clients ask with filters, searches and counts is answered', async () => {
    await make('quinn', { givenName: 'Quinn', surname: "O'Hara" });
    const request: readonly (readonly [string, readonly string[]])[] = [
      ["$filter=startswith(displayName,'quin')", ['quinn']],
      ["%24filter=surname+eq+'O''Hara'", ['quinn']],
      ["$filter=userPrincipalName eq 'QUINN@woodgrove.test'", ['quinn']],
      ["$filter=accountEnabled eq true and displayName in ('quinn','unknown')", ['quinn']],
      ['$search="displayName:quin"', ['quinn']],
      ["$count=true&$filter=endswith(userPrincipalName,'quinn@woodgrove.test')", ['quinn']],
    ];
    for (const [query, names] of request) {
      const { status, body } = await graph.call(
        token,
        'GET',
        `/users?${query.replaceAll(' ', '%20').replaceAll('"', '%22')}`,
        undefined,
        eventual,
      );
      assert.equal(status, 200, `${query}: ${JSON.stringify(body)}`);
      assert.deepEqual(
        body.value.map((user: { displayName: string }) => user.displayName),
        names,
        query,
      );
    }
    const count = await graph.call(token, 'GET', '/users/$count', undefined, eventual);
    assert.match(count.body, /^\d+$/);
    assert.equal((await graph.call(token, 'GET', '/users/$count')).status, 400);
  });

  const wrong: readonly (readonly [string, string, string, unknown, number, RegExp])[] = [
    ['an unknown property', 'POST', '/users', person('x', { shoeSize: 44 }), 400, /shoeSize/],
    ['a wrong type', 'POST', '/users', person('x', { accountEnabled: 'yes' }), 400, /accountEnabled/],
    [
      'a missing property',
      'POST',
      '/users',
      { displayName: 'x' },
      400,
      /userPrincipalName|accountEnabled|mailNickname/,
    ],
    ['a weak password', 'POST', '/users', person('x', { passwordProfile: { password: 'aaaa' } }), 400, /password/],
    ['a foreign domain', 'POST', '/users', { ...person('x'), userPrincipalName: 'x@elsewhere.test' }, 400, /elsewhere/],
    ['a name that is taken', 'POST', '/users', person('ana'), 400, /conflicting object|already|taken/i],
    ['no JSON', 'POST', '/users', '{"displayName":', 400, /JSON/],
    ['an unknown property in $select', 'GET', '/users?$select=shoeSize', undefined, 400, /shoeSize/],
    ['a malformed filter', 'GET', '/users?$filter=displayName%20is%20x', undefined, 400, /\$filter/],
    ['an unknown segment', 'GET', '/users/ana@woodgrove.test/shoes', undefined, 400, /segment 'shoes'/],
    ['an unknown area', 'GET', '/shoes', undefined, 400, /segment 'shoes'/],
    ['a verb that is not offered', 'PUT', '/users', {}, 405, /PUT/],
    ['a property of single users in a list', 'GET', '/users?$select=aboutMe', undefined, 501, /aboutMe/],
    ['me, asked by an application', 'GET', '/me', undefined, 400, /delegated/],
  ];
  for (const [label, method, path, body, status, words] of wrong) {
    test(`${label} is refused with Graph's error, naming it`, async () => {
      const answer = await graph.call(token, method, path, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.error.message, words);
      assert.match(String(answer.headers['content-type']), /^application\/json/);
      assert.match(answer.body.error.innerError['request-id'], /^[0-9a-f-]{36}$/);
    });
  }

  test('without a token, with garbage, or without the permission the answer reveals nothing', async () => {
    const ids = { 'client-request-id': '7a0c1a34-9a5b-4c59-8d0e-3f3c8b7d1e55' };
    const empty = await graph.send('GET', '/v1.0/users', undefined, ids);
    assert.equal(empty.status, 401);
    assert.match(String(empty.headers['www-authenticate']), /^Bearer .*authorization_uri="https:/);
    assert.equal(empty.headers['client-request-id'], ids['client-request-id']);
    const [head, payload] = token.split('.');
    for (const bad of ['x', 'a.b.c', `${head}.${payload}.AAAA`]) {
      const { status, body } = await graph.call(bad, 'GET', '/users');
      assert.deepEqual([status, body.error.code], [401, 'InvalidAuthenticationToken'], bad);
    }
    const poor = await graph.appToken('AuditLog.Read.All');
    const { status, body } = await graph.call(poor, 'GET', '/users');
    assert.deepEqual([status, body.error.code], [403, 'Authorization_RequestDenied']);
    assert.match(body.error.message, /User\.ReadBasic\.All/);
  });

  test('a batch answers each request by itself; what depends on a failure fails with 424', async () => {
    const requests = [
      { id: '1', method: 'GET', url: '/users/ana@woodgrove.test?$select=displayName' },
      { id: '2', method: 'GET', url: '/v1.0/users/nobody@woodgrove.test' },
      { id: '3', method: 'GET', url: '/users', dependsOn: ['2'] },
      {
        id: '4',
        method: 'PATCH',
        url: '/users/ben@woodgrove.test',
        headers: { 'Content-Type': 'application/json' },
        body: { jobTitle: 'Guard' },
      },
      { id: '5', method: 'GET', url: '/users/ben@woodgrove.test?$select=jobTitle', dependsOn: ['4'] },
    ];
    const { status, body } = await graph.call(token, 'POST', '/$batch', { requests });
    assert.equal(status, 200, JSON.stringify(body));
    const statuses = Object.fromEntries(
      body.responses.map((response: { id: string; status: number }) => [response.id, response.status]),
    );
    assert.deepEqual(statuses, { 1: 200, 2: 404, 3: 424, 4: 204, 5: 200 });
    const last = body.responses.find((response: { id: string }) => response.id === '5');
    assert.equal(last.body.jobTitle, 'Guard');
    const tooMany = Array.from({ length: 21 }, (_, i) => ({ id: `${i}`, method: 'GET', url: '/users' }));
    assert.equal((await graph.call(token, 'POST', '/$batch', { requests: tooMany })).status, 400);
    const twice = [requests[0], requests[0]];
    assert.equal((await graph.call(token, 'POST', '/$batch', { requests: twice })).status, 400);
  });

  test('the only Global Administrator can be neither disabled nor deleted', async () => {
    const off = await graph.call(token, 'PATCH', '/users/ana@woodgrove.test', { accountEnabled: false });
    assert.equal(off.status, 400);
    assert.match(off.body.error.message, /Global Administrator/);
    assert.equal((await graph.call(token, 'DELETE', '/users/ana@woodgrove.test')).status, 400);
  });
});

describe('throttling (graph-api §1.8)', () => {
  let graph: GraphServer;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_REQUESTS_PER_TEN_SECONDS: '5' });
  });
  after(() => graph?.end());

  test('an application that asks too much gets 429 with Retry-After; another one is served', async () => {
    const [greedy, modest] = [await graph.appToken('User.Read.All'), await graph.appToken('User.ReadWrite.All')];
    const answers = [];
    for (let i = 0; i < 8; i++) answers.push(await graph.call(greedy, 'GET', '/users?$top=1'));
    const answer = answers.find(({ status }) => status === 429);
    assert.ok(answer, answers.map(({ status }) => status).join());
    assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/);
    assert.equal(answer.body.error.code, 'TooManyRequests');
    assert.equal((await graph.call(modest, 'GET', '/users?$top=1')).status, 200);
  });
});
