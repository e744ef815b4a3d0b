import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { RunningServer } from '../../e2e/server.ts';
import { getJson } from '../ask.ts';

describe('a tenant’s signing key is rotated', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  async function idToken(): Promise<string> {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
    return end.kind === 'signedIn' ? String(end.tokens.id_token) : '';
  }

  test('the new key is published before it signs, and both keys are published', async () => {
    const before = await idToken();
    const { out, err } = await server.cardea('tenant', 'rotate-key', '--json');
    assert.equal(err, '');
    const { kid } = JSON.parse(out) as { kid: string };
    const after = await idToken();
    for (const token of [before, after]) assert.notEqual(decodeProtectedHeader(token).kid, kid);
    const { body } = await getJson(server, '/woodgrove.test/discovery/v2.0/keys');
    assert.ok((body.keys as readonly { kid: string }[]).some((key) => key.kid === kid));
    const keys = createLocalJWKSet(body as never);
    for (const token of [before, after]) assert.ok((await jwtVerify(token, keys)).payload.oid);
  });
});
