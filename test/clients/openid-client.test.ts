import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { claimsOf, RunningServer } from '../e2e/server.ts';
import { runProgram } from './program.ts';
import { registerService } from './service.ts';

const redirectUri = 'https://app.woodgrove.test/callback';
const logoutUri = 'https://app.woodgrove.test/bye';

describe('openid-client, unmodified', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  for (const kind of ['public', 'confidential']) {
    test(`a ${kind} application signs in, renews, asks userinfo, signs in on a device and out`, async () => {
      const words = ['--redirect-uri', redirectUri, '--logout-uri', logoutUri, '--json'];
      const { out } = await server.cardea('app', 'add', kind, ...words, ...(kind === 'public' ? ['--public'] : []));
      const { appId, secret } = JSON.parse(out) as Record<string, string>;
      const tenant = await server.tenantId();
      const person = { username: 'ana@woodgrove.test', card: server.card('ana') };
      const application = { tenant, clientId: appId, secret, redirectUri, logoutUri };
      const body = await runProgram(server, 'openid-client', { ...application, ...person });
      const { claims, renewed, userinfo, device } = body as Record<string, Record<string, unknown>>;
      assert.deepEqual(
        [claims?.preferred_username, claims?.tid, claims?.amr],
        [person.username, tenant, ['rsa', 'mfa']],
      );
      for (const second of [renewed, userinfo, device]) assert.equal(second?.sub, claims?.sub);
      assert.equal(userinfo?.name, claims?.name);
      assert.deepEqual([body.left, body.after], [`${logoutUri}?state=gone`, 'login_required']);
    });
  }

  test('a service proves itself by its client certificate, and its token is bound to it (RFC 8705)', async () => {
    const service = await registerService(server, 'mutual-tls');
    const words = ['--bound-tokens', '--permission', 'Organization.Read.All', '--json'];
    const file = join(server.folder, 'mutual-tls.pem');
    const tenant = await server.tenantId();
    const registration = await server.cardea('app', 'add', 'bound', '--certificate', file, ...words);
    const { appId: clientId } = JSON.parse(registration.out) as { appId: string };
    const { certificatePem: cert, privateKeyPem: key } = service;
    const request = { tenant, clientId, cert, key, trust: server.trust };
    const { token, statuses } = await runProgram(server, 'openid-client-mutual-tls', request);
    const thumbprint = Buffer.from(service.sha256, 'hex').toString('base64url');
    assert.deepEqual(claimsOf(token).cnf, { 'x5t#S256': thumbprint });
    assert.deepEqual(statuses, [200, 401]);
  });
});
