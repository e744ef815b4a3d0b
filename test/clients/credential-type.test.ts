import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { questionsPerTenSeconds } from '#oidc/endpoints/credential-type.ts';
import { RunningServer } from '../e2e/server.ts';
import { sendJson } from './ask.ts';

describe('GetCredentialType (windows-sign-in §1.4)', () => {
  let server: RunningServer;
  let tenant: string;
  before(async () => {
    server = await RunningServer.start();
    tenant = await server.tenantId();
  });
  after(() => server.remove());

  const post = (path: string, body: object) => sendJson(server, 'POST', path, '', body);

  test('the answer has the keys and types of the specification, by every name of the tenant and case of the path', async () => {
    for (const path of [
      '/common/GetCredentialType?mkt=en-US',
      `/${tenant}/getcredentialtype`,
      '/Woodgrove.test/GETCREDENTIALTYPE',
    ]) {
      const username = 'ana@woodgrove.test';
      const { status, body } = await post(path, { username, isFidoSupported: true, flowToken: 'x' });
      assert.equal(status, 200, JSON.stringify(body));
      const { FlowToken, apiCanary, Credentials, ...rest } = body;
      assert.deepEqual(rest, {
        Username: username,
        Display: username,
        IfExistsResult: 0,
        IsUnmanaged: false,
        ThrottleStatus: 0,
        EstsProperties: { UserTenantBranding: null, DomainType: 3 },
        IsSignupDisallowed: true,
      });
      for (const value of [FlowToken, apiCanary]) assert.match(String(value), /^[\w-]{43}$/);
      const { CertAuthParams, ...flags } = Credentials as { CertAuthParams: { CertAuthUrl: string } };
      assert.match(CertAuthParams.CertAuthUrl, new RegExp(`^https://[^/]*certauth[^/]*/${tenant}/certauth$`));
      assert.deepEqual(flags, {
        PrefCredential: 1,
        HasPassword: true,
        HasCertAuth: true,
        HasFido: false,
        HasRemoteNGC: false,
        HasAccessPass: false,
        RemoteNgcParams: null,
        FidoParams: null,
        SasParams: null,
        GoogleParams: null,
        FacebookParams: null,
      });
    }
  });

  test('a body of 64 KiB is read, and a larger one is refused', async () => {
    const empty = JSON.stringify({ username: '', flowToken: '' }).length;
    const answer = (size: number) =>
      post('/common/GetCredentialType', { username: '', flowToken: 'x'.repeat(size - empty) });
    const [largest, larger] = [await answer(64 * 1024), await answer(64 * 1024 + 1)];
    assert.doesNotMatch(JSON.stringify(largest.body), /64 KiB/);
    assert.equal(larger.status, 400);
    assert.match(JSON.stringify(larger.body), /the body is larger than 64 KiB/);
  });

  test('a name of no user has the answer of a user, a domain of no tenant is unknown', async () => {
    const answer = async (username: string) => {
      const { body } = await post('/common/GetCredentialType', { username });
      const { Username: _, Display: __, FlowToken: ___, apiCanary: ____, ...rest } = body;
      // The first label of the certauth host is new in each answer.
      return JSON.parse(JSON.stringify(rest).replace(/https:\/\/[^.]*\./, 'https://')) as typeof rest;
    };
    assert.deepEqual(await answer('nobody@woodgrove.test'), await answer('ana@woodgrove.test'));
    const unknown = await answer('ana@elsewhere.test');
    assert.deepEqual(
      [unknown.IfExistsResult, (unknown.Credentials as { CertAuthParams: unknown }).CertAuthParams],
      [1, null],
    );
  });

  test('another method, tenant or body is refused', async () => {
    assert.equal((await sendJson(server, 'GET', '/common/GetCredentialType', '', {})).status, 405);
    assert.deepEqual(
      (await post('/elsewhere.test/GetCredentialType', { username: 'a@b.c' })).body.error,
      'invalid_tenant',
    );
    for (const body of [{}, { username: 7 }, { username: ' ' }, { username: 'a'.repeat(401) }, []]) {
      assert.equal((await post('/common/GetCredentialType', body)).status, 400, JSON.stringify(body));
    }
  });

  test('a source that asks too often is throttled and learns nothing else', async () => {
    let body: Record<string, unknown> = {};
    for (let i = 0; i < 3 * questionsPerTenSeconds && body.ThrottleStatus !== 1; i += 20) {
      const answers = Array.from({ length: 20 }, () =>
        post('/common/GetCredentialType', { username: 'ana@woodgrove.test' }),
      );
      body =
        (await Promise.all(answers)).map((answer) => answer.body).find(({ ThrottleStatus }) => ThrottleStatus === 1) ??
        {};
    }
    assert.deepEqual([body.ThrottleStatus, body.IfExistsResult], [1, 2]);
    assert.equal((body.Credentials as { CertAuthParams: unknown }).CertAuthParams, null);
  });
});
