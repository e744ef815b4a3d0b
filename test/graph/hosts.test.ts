import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

describe('hosts of Graph (graph-api §0.3-6)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_HOSTS: 'graph.fjord.test, graph.microsoft.com' });
    token = await graph.appToken('User.Read.All');
  });
  after(() => graph?.end());

  for (const name of ['localhost', 'graph.localhost', 'graph.fjord.test', 'GRAPH.microsoft.com']) {
    test(`called as ${name}, links lead back there, and the certificate is for it`, async () => {
      const host = `${name}:${graph.server.port}`;
      const { status, body } = await graph.call(token, 'GET', '/users?$top=1', undefined, { host });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(new URL(body['@odata.nextLink']).host, host.toLowerCase());
      assert.equal(new URL(body['@odata.context']).host, host.toLowerCase());
    });
  }

  test('a host that is not configured is never put into a link', async () => {
    const headers = { authorization: `Bearer ${token}`, host: 'localhost', 'x-forwarded-host': 'evil.test' };
    const { body } = await graph.send('GET', '/v1.0/users?$top=1', undefined, headers);
    assert.ok(body['@odata.nextLink'].startsWith(`https://localhost`), body['@odata.nextLink']);
    assert.ok(!JSON.stringify(body).includes('evil.test'));
    const absolute = await graph.send('GET', 'https://evil.test/v1.0/users?$top=1', undefined, headers);
    assert.ok(!JSON.stringify(absolute.body).includes('evil.test'), JSON.stringify(absolute.body));
  });
});
