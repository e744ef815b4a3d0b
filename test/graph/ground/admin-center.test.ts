import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { adminCenterId } from '#admin/applications/first-party.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import { claimsOf } from '../../e2e/server.ts';
import { Sitting } from '../../e2e/sitting.ts';
import { GraphServer } from '../graph-server.ts';

describe('what a page of another origin needs of the server', () => {
  let graph: GraphServer;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_REQUESTS_PER_TEN_SECONDS: '5' });
  });
  after(() => graph?.end());

  test('a browser may send If-Match to Graph, and a page may read the ETag', async () => {
    const origin = 'https://page.example';
    const asks = { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'if-match' };
    const { status, headers } = await graph.send('OPTIONS', '/v1.0/users/x', undefined, asks);
    const listed = (name: string) => String(headers[`access-control-${name}`]).split(', ');
    assert.equal(status, 204);
    assert.deepEqual(listed('allow-origin'), ['*']);
    for (const name of ['authorization', 'if-match', 'if-none-match', 'content-type', 'consistencylevel'])
      assert.ok(listed('allow-headers').includes(name), name);
    for (const name of ['etag', 'odata-version', 'request-id', 'retry-after', 'location'])
      assert.ok(listed('expose-headers').includes(name), name);
  });

  test('a browser may send a token to userinfo (Fetch §3.2)', async () => {
    const asks = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };
    const preflight = await graph.send('OPTIONS', '/oidc/userinfo', undefined, {
      origin: 'https://a.example',
      ...asks,
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], '*');
    assert.match(String(preflight.headers['access-control-allow-headers']), /authorization/);
  });

  test('the command line registers a single-page application, which gets no secret', async () => {
    const page = 'https://page.example/';
    const { out, err } = await graph.server.cardea(
      'app',
      'add',
      'Page',
      '--tenant',
      'woodgrove.test',
      '--spa-redirect-uri',
      page,
      '--json',
    );
    assert.equal(err, '');
    const { appId, secret } = JSON.parse(out) as { appId: string; secret?: string };
    assert.equal(secret, undefined);
    const reader = await graph.appToken('Application.Read.All');
    const { body } = await graph.call(reader, 'GET', `/applications(appId='${appId}')`);
    assert.deepEqual([body.spa.redirectUris, body.web.redirectUris], [[page], []]);
  });

  test('the admin center is a single-page application of every tenant, and reads what its user may read', async () => {
    assert.equal((await graph.server.cardea('tenant', 'add', 'fjord.test')).err, '');
    for (const tenant of ['woodgrove.test', 'fjord.test']) {
      const { out } = await graph.server.cardea('app', 'list', '--tenant', tenant, '--json');
      const application = (JSON.parse(out) as { appId: string; redirectUris: string[] }[]).filter(
        ({ appId }) => appId === adminCenterId,
      );
      assert.deepEqual(
        application.map(({ redirectUris }) => redirectUris),
        [[`${graph.server.origin}/admin/`]],
        tenant,
      );
    }
    const [ana, ben] = [await token(graph, 'ana'), await token(graph, 'ben')];
    const scopes = String(claimsOf(ana).scp).split(' ');
    const missing = graphPermissions.filter(({ value, delegatedId }) => delegatedId && !scopes.includes(value));
    assert.deepEqual(
      missing.map(({ value }) => value),
      [],
    );
    assert.equal((await graph.call(ana, 'GET', '/auditLogs/signIns?$top=1')).status, 200);
    assert.equal((await graph.call(ben, 'GET', '/auditLogs/signIns?$top=1')).status, 403);
  });

  test('one user of an application does not use up the calls of another one', async () => {
    const [greedy, modest] = [await token(graph, 'ana'), await token(graph, 'ben')];
    const statuses = [];
    for (let i = 0; i < 8; i++) statuses.push((await graph.call(greedy, 'GET', '/me')).status);
    assert.ok(statuses.includes(429), statuses.join());
    assert.equal((await graph.call(modest, 'GET', '/me')).status, 200);
  });
});

/** A token of the admin center, got as its page gets one. */
async function token(graph: GraphServer, name: string): Promise<string> {
  const { origin } = graph.server;
  const redirect = `${origin}/admin/`;
  const sitting = new Sitting(graph.server, graph.server.card(name));
  const scope = 'openid https://graph.microsoft.com/.default';
  await sitting.open({ client_id: adminCenterId, redirect_uri: redirect, scope });
  await sitting.withCard(`${name}@woodgrove.test`);
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: adminCenterId,
    code: sitting.page!.url.searchParams.get('code')!,
    redirect_uri: redirect,
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  });
  const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
  const { status, body } = await graph.send('POST', '/woodgrove.test/oauth2/v2.0/token', `${form}`, headers);
  assert.equal(status, 200, JSON.stringify(body));
  return body.access_token as string;
}
