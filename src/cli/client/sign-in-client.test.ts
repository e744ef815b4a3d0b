import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { decided, type SignInEnd, signInLikeABrowser } from './sign-in-client.ts';

const redirectUri = 'http://localhost:53682/done';

describe('what a token endpoint answers is read in its form alone', () => {
  let answer = { status: 200, body: '' };
  const { root, server: tls } = makeTlsCertificate({ hosts: ['localhost'], at: new Date() });
  const server = createServer({ cert: tls.pem, key: tls.privateKeyPem }, (req, res) => {
    const url = new URL(req.url!, 'https://localhost');
    const state = url.searchParams.get('state');
    if (state !== null) res.writeHead(303, { location: `${redirectUri}?code=c&state=${state}` }).end();
    else res.writeHead(answer.status).end(answer.body);
  });
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function end(): Promise<unknown> {
    try {
      return await signInLikeABrowser({
        origin: `https://localhost:${(server.address() as AddressInfo).port}`,
        tenant: 'common',
        username: '',
        clientId: 'x',
        redirectUri,
        scope: 'openid',
        card: undefined,
        ca: root.pem,
        correlationId: crypto.randomUUID(),
      });
    } catch (thrown) {
      assert.ok(thrown instanceof CardeaError, String(thrown));
      return thrown.because.code;
    }
  }

  const refusal = { error: 'invalid_grant', error_description: 'AADSTS70000: the code is unknown' };
  const cases: readonly {
    readonly name: string;
    readonly status: number;
    readonly body: string;
    readonly end: unknown;
  }[] = [
    {
      name: 'tokens, and whatever else comes with them',
      status: 200,
      body: '{"access_token":"a","expires_in":3600}',
      end: { kind: 'signedIn', tokens: { access_token: 'a', expires_in: 3600 } },
    },
    {
      name: 'an error of OAuth',
      status: 400,
      body: JSON.stringify(refusal),
      end: { kind: 'refused', code: refusal.error, sentence: refusal.error_description },
    },
    { name: 'tokens that are no text', status: 200, body: '{"access_token":1}', end: 'signInClientFailed' },
    { name: 'an error without its name', status: 400, body: '{"message":"no"}', end: 'signInClientFailed' },
    { name: 'the page of a proxy', status: 502, body: '<html>Bad gateway</html>', end: 'serverFailed' },
    { name: 'nothing', status: 200, body: '', end: 'signInClientFailed' },
  ];
  for (const { name, status, body, end: expectedValue } of cases)
    test(name, async () => {
      answer = { status, body };
      assert.deepEqual(await end(), expectedValue);
    });

  test('an error of OAuth with the status 503 is a failure of the server, and no decision about the person', async () => {
    answer = {
      status: 503,
      body: JSON.stringify({ error: 'temporarily_unavailable', error_description: 'AADSTS90033' }),
    };
    const undecided = (await end()) as SignInEnd;
    assert.equal(undecided.kind, 'refused');
    assert.throws(
      () => decided(undecided),
      (problem: unknown) => problem instanceof CardeaError && problem.because.code === 'serverFailed',
    );
  });
});
