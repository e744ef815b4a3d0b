import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphHouse } from './house.ts';

describe('hosts of Graph (graph-api §0.3-6)', () => {
  let house: GraphHouse;
  let token: string;
  before(async () => {
    house = await GraphHouse.start({ CARDEA_GRAPH_HOSTS: 'graph.fjord.test, graph.microsoft.com' });
    token = await house.appToken('User.Read.All');
  });
  after(() => house?.end());

  for (const name of ['localhost', 'graph.localhost', 'graph.fjord.test', 'GRAPH.microsoft.com']) {
    test(`called as ${name}, links lead back there, and the certificate is for it`, async () => {
      const host = `${name}:${house.server.port}`;
      const { status, body } = await house.call(token, 'GET', '/users?$top=1', undefined, { host });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(new URL(body['@odata.nextLink']).host, host.toLowerCase());
      assert.equal(new URL(body['@odata.context']).host, host.toLowerCase());
    });
  }

  test('a host nobody configured is never put into a link', async () => {
    const headers = { authorization: `Bearer ${token}`, host: 'localhost', 'x-forwarded-host': 'evil.test' };
    const { body } = await house.send('GET', '/v1.0/users?$top=1', undefined, headers);
    assert.ok(body['@odata.nextLink'].startsWith(`https://localhost`), body['@odata.nextLink']);
    assert.ok(!JSON.stringify(body).includes('evil.test'));
    const absolute = await house.send('GET', 'https://evil.test/v1.0/users?$top=1', undefined, headers);
    assert.ok(!JSON.stringify(absolute.body).includes('evil.test'), JSON.stringify(absolute.body));
  });
});
