import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { usualBody } from '#net/bodies.ts';
import { RunningServer } from '../server.ts';

/** Behind a trusted proxy on loopback each client has the address that the header names. */
const limits = {
  CARDEA_TRUSTED_PROXIES: '127.0.0.0/8,::1',
  CARDEA_SOURCE_SIGN_INS_PER_TEN_SECONDS: '50',
};
const authorize = '/common/oauth2/v2.0/authorize?client_id=x';

interface Got {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

describe('one source address', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start(limits);
  });
  after(() => server.remove());

  const ask = (from: string, path = authorize, body?: string, type = 'application/x-www-form-urlencoded') =>
    new Promise<Got>((resolve, reject) => {
      const message = request(
        `${server.origin}${path}`,
        {
          method: body === undefined ? 'GET' : 'POST',
          rejectUnauthorized: false,
          agent: false,
          headers: {
            'x-forwarded-for': from,
            'sec-fetch-site': 'same-origin',
            ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
          },
        },
        (answer) => {
          let text = '';
          answer.on('data', (chunk) => {
            text += chunk;
          });
          answer.on('end', () =>
            resolve({ status: answer.statusCode!, retryAfter: answer.headers['retry-after'], body: text }),
          );
        },
      );
      message.on('error', reject);
      message.end(body);
    });
  const medianOf = async (from: string) => {
    const times: number[] = [];
    for (let i = 0; i < 15; i++) {
      const start = performance.now();
      assert.notEqual((await ask(from)).status, 429);
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[7]!;
  };

  test('more than its limit is 429 with Retry-After and a code; another source is answered as before', async (t) => {
    const quiet = await medianOf('198.51.100.1');
    let [isOver, refusal] = [false, 0];
    const flood = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let i = 0; i < 200 && !isOver; i++) {
          const { status, retryAfter, body } = await ask('203.0.113.9');
          if (status !== 429) continue;
          refusal++;
          assert.ok(Number(retryAfter) >= 1);
          assert.equal(JSON.parse(body).code, 'sourceThrottled');
        }
      }),
    );
    const during = await medianOf('198.51.100.2');
    isOver = true;
    await flood;
    t.diagnostic(`p50 without a flood ${quiet.toFixed(1)} ms, during one ${during.toFixed(1)} ms, ${refusal} refused`);
    for (let i = 0; i < 60; i++) if ((await ask('203.0.113.9')).status === 429) refusal++;
    assert.ok(refusal > 0);
  });

  test('addresses of one IPv6 /64 are one source', async () => {
    const addresses = Array.from({ length: 70 }, (_, i) => `2001:db8:1:2::${i.toString(16)}`);
    const answers = await Promise.all(addresses.map((address) => ask(address)));
    assert.ok(answers.some(({ status }) => status === 429));
    assert.notEqual((await ask('2001:db8:1:3::1')).status, 429);
  });

  test('bodies over 100 KB and forms of too many fields are refused on the token endpoint and login pages', async () => {
    const large = `a=${'x'.repeat(usualBody)}`;
    const many = 'a=&'.repeat(5000);
    for (const path of ['/woodgrove.test/oauth2/v2.0/token', '/woodgrove.test/oauth2/v2.0/devicecode', '/login/x'])
      for (const body of [large, many]) {
        const { status } = await ask('198.51.100.7', path, body);
        assert.ok([400, 413].includes(status), `${path} ${status}`);
      }
  });

  test('Graph refuses deep JSON and a large body', async () => {
    const large = JSON.stringify({ displayName: 'x'.repeat(usualBody) });
    const { status } = await ask('198.51.100.8', '/v1.0/users', large, 'application/json');
    assert.equal(status, 413);
  });
});
