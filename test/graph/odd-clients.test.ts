import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BatchRequestContent, BatchResponseContent, type Client } from '@microsoft/microsoft-graph-client';
import { clientOf, trusting } from './client.ts';
import { GraphServer } from './graph-server.ts';

/** What clients of the field send besides what a page of documentation shows (graph-api §18 script 10). */
describe('hostile and odd clients of Graph', () => {
  let graph: GraphServer;
  let distrust: () => void;
  let token: string;
  let client: Client;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_STRICT: 'true' });
    distrust = trusting(graph);
    token = await graph.appToken(
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'Policy.ReadWrite.HybridAuthentication',
      'Application.ReadWrite.All',
    );
    client = clientOf(graph, token);
  });
  after(async () => {
    distrust?.();
    await graph?.end();
  });
  const at = (path: string) => `${graph.server.origin}/v1.0${path}`;

  test('a batch of the JavaScript client: what depends on a failure fails with 424, what came before is answered', async () => {
    const content = new BatchRequestContent([
      { id: '1', request: new Request(at('/users?$top=1')) },
      { id: '2', request: new Request(at(`/users/${crypto.randomUUID()}`)), dependsOn: ['1'] },
      { id: '3', request: new Request(at('/users/ana@woodgrove.test')), dependsOn: ['2'] },
    ]);
    const answer = await client.api('/$batch').post(await content.getContent());
    const responses = new BatchResponseContent(answer);
    const statusOf = (id: string) => responses.getResponseById(id).status;
    assert.deepEqual(['1', '2', '3'].map(statusOf), [200, 404, 424]);
    const first = (await responses.getResponseById('1').json()) as { value: unknown[] };
    assert.equal(first.value.length, 1);
  });

  test('a batch with an address that cannot be read, or of another host, is refused, and the server continues', async () => {
    for (const url of [
      'http://[::1',
      'https://evil.test/users',
      'javascript:alert(1)',
      '//evil.test/users',
      'https://',
    ]) {
      const requests = [
        { id: '1', method: 'GET', url },
        { id: '2', method: 'GET', url: '/users?$top=1', dependsOn: ['1'] },
      ];
      for (const path of ['/$batch', '/$batch/dryRun']) {
        const { status, body } = await graph.call(token, 'POST', path, { requests });
        assert.deepEqual([status, body.error.details[0].target], [400, 'requests/0/url'], url);
      }
    }
    const requests = [{ id: '1', method: 'GET', url: at('/users?$top=1') }];
    const { body } = await graph.call(token, 'POST', '/$batch', { requests });
    assert.equal(body.responses[0].status, 200);
  });

  test('a batch of twenty-one, one inside another, and one with an id twice are refused', async () => {
    const requests = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ id: `${i}`, method: 'GET', url: '/users?$top=1' }));
    for (const body of [
      { requests: requests(21) },
      { requests: [{ id: '1', method: 'POST', url: '/$batch', body: { requests: [] } }] },
      { requests: [...requests(1), ...requests(1)] },
      { requests: [] },
      {},
    ]) {
      const { status, body: refusal } = await graph.call(token, 'POST', '/$batch', body);
      assert.deepEqual([status, refusal.error.code], [400, 'Request_BadRequest'], JSON.stringify(body).slice(0, 80));
    }
    const { body } = await graph.call(token, 'POST', '/$batch', { requests: requests(20) });
    assert.equal(body.responses.length, 20);
  });

  test('CLI for Microsoft 365: the alias of the organization, no metadata, pages followed at the host that was called', async () => {
    const headers = { accept: 'application/json;odata.metadata=none' };
    const names: string[] = [];
    let path: string | undefined = '/v1.0/myorganization/users?$top=2&$select=userPrincipalName';
    while (path) {
      const { status, body } = await graph.call(token, 'GET', path, undefined, headers);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal('@odata.context' in body, false);
      names.push(...body.value.map((item: { userPrincipalName: string }) => item.userPrincipalName));
      const next: string | undefined = body['@odata.nextLink'];
      if (next) assert.ok(next.startsWith(`${graph.server.origin}/`), next);
      path = next?.slice(graph.server.origin.length);
    }
    assert.ok(names.length > 4);
    assert.equal(new Set(names).size, names.length);
  });

  test('Terraform: references with Microsoft’s host, options with %24 and + for a blank', async () => {
    const group = { displayName: 'Terraform', mailNickname: 'tf', mailEnabled: false, securityEnabled: true };
    const { id } = (await graph.call(token, 'POST', '/groups', group)).body;
    const ana = (await graph.call(token, 'GET', '/users/ana@woodgrove.test')).body;
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${ana.id}` };
    assert.equal((await graph.call(token, 'POST', `/groups/${id}/members/$ref`, reference)).status, 204);
    const again = await graph.call(token, 'POST', `/groups/${id}/members/$ref`, reference);
    assert.match(again.body.error.message, /added object references already exist/);
    const filter = '%24filter=displayName+eq+%27Terraform%27+and+mailNickname+eq+%27tf%27';
    const result = await graph.call(token, 'GET', `/groups?${filter}&%24select=id`);
    assert.deepEqual(result.body.value, [{ id }]);
  });

  test('a rollout of certificates is named only to clients that ask for later members', async () => {
    const rollout = { displayName: 'Pilot', feature: 'certificateBasedAuthentication', isEnabled: true };
    const { id } = await client.api('/policies/featureRolloutPolicies').post(rollout);
    const path = `/policies/featureRolloutPolicies/${id}`;
    assert.equal((await client.api(path).get()).feature, 'unknownFutureValue');
    const later = await client.api(path).header('Prefer', 'include-unknown-enum-members').get();
    assert.equal(later.feature, 'certificateBasedAuthentication');
  });

  const json = { 'content-type': 'application/json' };
  const refusals: readonly (readonly [
    string,
    string,
    string,
    string | undefined,
    Record<string, string>,
    number,
    string,
  ])[] = [
    ['an unknown path', 'GET', '/v1.0/shoes', undefined, {}, 400, 'BadRequest'],
    ['an unknown path below a known one', 'GET', '/beta/users/x/shoes', undefined, {}, 400, 'BadRequest'],
    ['a part of Graph that is not here', 'GET', '/v1.0/teamwork', undefined, {}, 501, 'NotImplemented'],
    ['one below a user', 'GET', '/beta/users/x/onenote/pages', undefined, {}, 501, 'NotImplemented'],
    ['a method that is not offered', 'DELETE', '/v1.0/users', undefined, {}, 405, 'Request_BadRequest'],
    ['a body that is not JSON', 'POST', '/v1.0/groups', '{"displayName":', json, 400, 'Request_BadRequest'],
    ['a body that is not an object', 'POST', '/v1.0/groups', '[]', json, 400, 'Request_BadRequest'],
    ['no body', 'POST', '/v1.0/groups', undefined, json, 400, 'Request_BadRequest'],
    ['another type of body', 'POST', '/v1.0/groups', 'a=b', { 'content-type': 'text/plain' }, 415, 'RequestBodyRead'],
    ['a malformed filter', 'GET', '/v1.0/users?$filter=displayName', undefined, {}, 400, 'BadRequest'],
    ['a token of another query', 'GET', '/v1.0/users?$skiptoken=abc', undefined, {}, 400, 'Directory_ExpiredPageToken'],
    [
      'a malformed token',
      'GET',
      '/v1.0/users',
      undefined,
      { authorization: 'Bearer x.y.z' },
      401,
      'InvalidAuthenticationToken',
    ],
  ];
  for (const [name, method, path, body, headers, status, code] of refusals) {
    test(`${name} is answered with an error in JSON that can be found again`, async () => {
      const request = { authorization: `Bearer ${token}`, 'client-request-id': 'mine-1', ...headers };
      const answer = await graph.send(method, path, body, request);
      assert.deepEqual([answer.status, answer.body.error?.code], [status, code], JSON.stringify(answer.body));
      assert.match(String(answer.headers['content-type']), /^application\/json/);
      const { innerError } = answer.body.error;
      assert.equal(innerError['request-id'], answer.headers['request-id']);
      assert.equal(innerError['client-request-id'], 'mine-1');
      assert.match(innerError.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    });
  }
});

describe('too many requests of Graph (graph-api §1.8)', () => {
  let graph: GraphServer;
  let distrust: () => void;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_REQUESTS_PER_TEN_SECONDS: '20' });
    distrust = trusting(graph);
  });
  after(async () => {
    distrust?.();
    await graph?.end();
  });

  test('a throttled caller learns when to come back, and the JavaScript client does by itself', async () => {
    const token = await graph.appToken('User.Read.All');
    const burst = await Promise.all(Array.from({ length: 30 }, () => graph.call(token, 'GET', '/users?$top=1')));
    const throttled = burst.filter(({ status }) => status === 429);
    assert.ok(throttled.length > 0, 'thirty at once are more than twenty in ten seconds');
    assert.ok(burst.some(({ status }) => status === 200));
    for (const { body, headers } of throttled) {
      assert.equal(body.error.code, 'TooManyRequests');
      assert.match(String(headers['retry-after']), /^[1-9]\d*$/);
    }
    const { value } = await clientOf(graph, token).api('/users').top(1).get();
    assert.equal(value.length, 1, 'the bucket was empty: the client waited and asked again');
    const second = await graph.appToken('User.Read.All', 'Group.Read.All');
    assert.equal(
      (await graph.call(second, 'GET', '/users?$top=1')).status,
      200,
      'another application is not concerned',
    );
  });
});
