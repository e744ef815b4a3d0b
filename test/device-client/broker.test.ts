import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Broker } from '#cli/device/broker/broker.ts';
import { certificateCredential, passwordCredential, refreshTokenCredential } from '#cli/device/broker/credential.ts';
import { renewPrimaryToken, requestPrimaryToken } from '#cli/device/broker/primary-refresh-token.ts';
import { deviceCookie, refreshTokenCookie, requestAccessToken } from '#cli/device/broker/token-use.ts';
import { softwareCard } from '#cli/device/keys/software-card.ts';
import { DeviceServer } from '#cli/device/wire/device-server.ts';
import { silentTranscript } from '#cli/device/wire/transcript.ts';
import { readCompactJws } from '#core/device/jose/compact-jws.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { generateKey } from '#pki/build/fields/keys.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { type Behaviour, objectId, refusal, TokenServer } from './token-server.ts';

const at = new Date('2026-06-01T12:00:00Z');
const seconds = at.getTime() / 1000;
const keys = { device: generateKey('RSA-2048'), transport: generateKey('RSA-2048') };
const deviceId = '9d53c6fa-b38e-4509-8fb1-51dedb421aac';
const deviceCertificate = testCa('CN=MS-Organization-Access').issue({ subject: `CN=${deviceId}`, key: keys.device });
const people = testCa('CN=Woodgrove Issuing');

async function openPeer(t: TestContext, behaviour: Behaviour = {}, options: Partial<Broker> = {}) {
  const peer = new TokenServer(keys.transport);
  peer.behaviour = behaviour;
  const origin = await peer.listen();
  const server = new DeviceServer({ ca: undefined }, silentTranscript);
  t.after(() => {
    server.close();
    peer.close();
  });
  const record = {
    deviceId,
    tenantId: '11111111-2222-3333-4444-555555555555',
    join: 'joined',
    displayName: 'Computer 1',
    deviceType: 'Windows',
    osVersion: '10.0.26100.1',
    loginOrigin: origin,
    registrationOrigin: origin,
    certificate: Buffer.from(deviceCertificate.der).toString('base64'),
    registeredBy: 'ana@woodgrove.example',
    registeredAt: at.toISOString(),
    localAdministrators: [],
  } as const;
  const defaults = { keyDerivation: 2, apiVersion: '2.3', transcript: silentTranscript, now: () => at } as const;
  const broker: Broker = { server, record, keys, ...defaults, ...options };
  return { peer, broker };
}

async function cardCredential(key: 'RSA-2048' | 'P-256' | 'P-384', domainHint?: string) {
  const cardFile = people.issueUserCertificate({ upn: 'ana@woodgrove.local', key });
  const [entry] = await softwareCard({ ...cardFile, chain: people.chain }, 'card.p12').certificates();
  return certificateCredential(await entry!.unlock(), { name: 'ana@woodgrove.local', source: 'san_upn' }, domainHint);
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (thrown) {
    assert.ok(thrown instanceof CardeaError, String(thrown));
    return thrown.because.code;
  }
}

describe('a primary refresh token for a certificate (windows-sign-in §4.6)', () => {
  for (const [key, algorithm] of [
    ['RSA-2048', 'RS256'],
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
  ] as const) {
    test(`an assertion of a ${key} card is ${algorithm}, within a request of the device key`, async (t) => {
      const { peer, broker } = await openPeer(t);
      const token = await requestPrimaryToken(broker, await cardCredential(key, 'woodgrove.local'));
      const [{ form, header, payload, assertion }] = peer.requests as [(typeof peer.requests)[0]];
      assert.deepEqual(
        { ...form, request: '' },
        {
          windows_api_version: '2.2',
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          request: '',
          client_info: '1',
        },
      );
      assert.deepEqual({ ...header, x5c: [] }, { typ: 'JWT', alg: 'RS256', x5c: [], kdf_ver: 2 });
      const nonce = payload.request_nonce;
      assert.deepEqual(
        { ...payload, assertion: '' },
        {
          client_id: '38aa3b87-a06d-4817-b275-7a316988d93b',
          scope: 'openid aza ugs',
          request_nonce: nonce,
          win_ver: '10.0.26100.1',
          group_sids: [],
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          username: 'ana@woodgrove.local',
          assertion: '',
        },
      );
      assert.equal(assertion?.header.alg, algorithm);
      assert.deepEqual(
        { ...assertion?.payload, jti: '' },
        {
          iss: 'ana@woodgrove.local',
          aud: 'https://sts.example/t/',
          iat: seconds,
          exp: seconds + 300,
          request_nonce: nonce,
          jti: '',
          hint_src: 'san_upn',
          domain_hint: 'woodgrove.local',
        },
      );
      assert.equal(token.userPrincipalName, 'ana.entra@woodgrove.example');
      assert.equal(token.objectId, objectId);
      assert.deepEqual(Buffer.from(token.sessionKey, 'base64'), peer.sessionKey);
    });
  }
});

test('a refresh token names the authentication broker, a password the sign-in broker (windows-sign-in §3.2)', async (t) => {
  const { peer, broker } = await openPeer(t);
  assert.equal((await requestPrimaryToken(broker, refreshTokenCredential('0.RT'))).kind, 'refreshToken');
  assert.equal((await requestPrimaryToken(broker, passwordCredential('ana@woodgrove.example', 'pw'))).kind, 'password');
  assert.deepEqual(
    peer.requests.map(({ payload: { client_id, grant_type, refresh_token, username, password } }) => ({
      ...{ client_id, grant_type, refresh_token, username, password },
    })),
    [
      {
        client_id: '29d9ed98-a469-4536-ade2-f981bc1d605e',
        grant_type: 'refresh_token',
        refresh_token: '0.RT',
        username: undefined,
        password: undefined,
      },
      {
        client_id: '38aa3b87-a06d-4817-b275-7a316988d93b',
        grant_type: 'password',
        refresh_token: undefined,
        username: 'ana@woodgrove.example',
        password: 'pw',
      },
    ],
  );
});

describe('requests under the session key', () => {
  for (const form of ['A', 'B', 'plain'] as const) {
    for (const keyDerivation of [1, 2] as const) {
      test(`version ${keyDerivation} of the key derivation and an answer of the form ${form}`, async (t) => {
        const { peer, broker } = await openPeer(t, { form }, { keyDerivation });
        const token = await requestPrimaryToken(broker, await cardCredential('P-256'));
        const target = { resource: 'https://graph.microsoft.com' };
        const answer = await requestAccessToken(broker, token, { clientId: 'app', redirectUri: undefined, target });
        assert.equal(answer.access_token, 'header.payload.signature');
        assert.equal(peer.requests[0]!.header.kdf_ver, keyDerivation === 2 ? 2 : undefined);
        const { header, payload, path, form: parts } = peer.requests[1]!;
        assert.equal(header.kdf_ver, keyDerivation === 2 ? 2 : undefined);
        assert.match(path, /\/oauth2\/token$/);
        assert.equal(parts.windows_api_version, '2.3');
        assert.equal(parts.prt_protocol_version, undefined);
        assert.deepEqual(payload, {
          win_ver: '10.0.26100.1',
          scope: 'openid',
          resource: 'https://graph.microsoft.com',
          request_nonce: payload.request_nonce,
          refresh_token: token.token,
          redirect_uri: 'ms-appx-web://Microsoft.AAD.BrokerPlugin/app',
          iss: 'aad:brokerplugin',
          grant_type: 'refresh_token',
          client_id: 'app',
          aud: new URL(broker.record.loginOrigin).host,
          iat: seconds,
          exp: seconds + 300,
        });
      });
    }
  }

  test('a scope goes to the v2.0 endpoint, in version 3 of the protocol (windows-sign-in §3.9)', async (t) => {
    const { peer, broker } = await openPeer(t);
    const token = await requestPrimaryToken(broker, await cardCredential('P-256'));
    const target = { scope: 'https://graph.microsoft.com/.default' };
    await requestAccessToken(broker, token, { clientId: 'app', redirectUri: 'https://app.example/', target });
    const { payload, path, form } = peer.requests[1]!;
    assert.match(path, /\/oauth2\/v2\.0\/token$/);
    assert.equal(form.prt_protocol_version, '3.0');
    assert.deepEqual(
      [payload.scope, payload.resource, payload.iss, payload.redirect_uri, payload.aud],
      [
        'https://graph.microsoft.com/.default',
        undefined,
        '29d9ed98-a469-4536-ade2-f981bc1d605e',
        'https://app.example/',
        `${broker.record.loginOrigin}/${broker.record.tenantId}/oauth2/v2.0/token`,
      ],
    );
  });

  test('a renewal has the token twice, and a fresh assertion where the card is there (windows-sign-in §3.9)', async (t) => {
    const { peer, broker } = await openPeer(t);
    const token = await requestPrimaryToken(broker, await cardCredential('P-256'));
    const newToken = await renewPrimaryToken(broker, token, undefined);
    const again = await renewPrimaryToken(broker, newToken, await cardCredential('P-256'));
    const [, first, second] = peer.requests.map(({ payload }) => payload);
    for (const [payload, earlier, grant] of [
      [first, token, 'refresh_token'],
      [second, newToken, 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
    ] as const)
      assert.deepEqual(
        [payload?.refresh_token, payload?.previous_refresh_token, payload?.grant_type, payload?.scope],
        [earlier.token, earlier.token, grant, 'openid aza ugs'],
      );
    assert.equal(peer.requests[2]!.assertion?.payload.request_nonce, second?.request_nonce);
    assert.equal(again.sessionKey, token.sessionKey);
    assert.equal(again.kind, 'certificate');
    assert.notEqual(again.token, newToken.token);
  });

  test('a session key that the server rolls takes the place of the old one (PRT-3)', async (t) => {
    const { peer, broker } = await openPeer(t, { rollsKey: true });
    const token = await requestPrimaryToken(broker, await cardCredential('P-256'));
    const newToken = await renewPrimaryToken(broker, token, undefined);
    assert.deepEqual(Buffer.from(newToken.sessionKey, 'base64'), peer.newSessionKey);
  });
});

describe('what the client does not accept', () => {
  const anotherKey = generateKey('RSA-2048');
  const bearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const cases: readonly (readonly [string, Behaviour, string])[] = [
    ['a session key for another transport key', { transportKey: anotherKey }, 'sessionKeyUnusable'],
    ['an answer without a nonce', { answers: { srv_challenge: { status: 200, body: '{}' } } }, 'deviceAnswerMalformed'],
    [
      'a page in place of a nonce',
      { answers: { srv_challenge: { status: 200, body: '<p>' } } },
      'deviceAnswerMalformed',
    ],
    ['a fault of the server', { answers: { srv_challenge: { status: 503, body: 'busy' } } }, 'deviceServerRefused'],
    [
      'a refusal',
      { answers: { [bearer]: { status: 400, body: JSON.stringify(refusal('invalid_grant', 'AADSTS50155: no.')) } } },
      'deviceServerRefused',
    ],
    [
      'an answer without a session key',
      { answers: { [bearer]: { status: 200, body: '{"refresh_token":"0.A"}' } } },
      'sessionKeyUnusable',
    ],
    [
      'an answer that does not end',
      { answers: { srv_challenge: { status: 200, body: ' '.repeat(2 * 1024 * 1024) } } },
      'serverUnreachable',
    ],
  ];
  for (const [name, behaviour, code] of cases) {
    test(`${name}: ${code}`, async (t) => {
      const { broker } = await openPeer(t, behaviour);
      const credential = await cardCredential('P-256');
      assert.equal(await codeOf(() => requestPrimaryToken(broker, credential)), code);
    });
  }

  test('an encrypted answer under another key: deviceAnswerMalformed', async (t) => {
    const { peer, broker } = await openPeer(t);
    const token = await requestPrimaryToken(broker, await cardCredential('P-256'));
    const body = 'eyJhbGciOiJkaXIifQ..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA';
    peer.behaviour = { answers: { [bearer]: { status: 200, body } } };
    assert.equal(await codeOf(() => renewPrimaryToken(broker, token, undefined)), 'deviceAnswerMalformed');
  });

  test('the refusal says what the server said, on one line', async (t) => {
    const { broker } = await openPeer(t, {
      answers: { [bearer]: { status: 400, body: JSON.stringify(refusal('invalid_grant', 'AADSTS50155: no device.')) } },
    });
    await assert.rejects(requestPrimaryToken(broker, await cardCredential('P-256')), {
      message: 'The server refused a primary refresh token: AADSTS50155: no device (correlation id 1).',
    });
  });
});

test('credentials for the browser have the nonce and, of the user, the token (windows-sign-in §3.12)', async (t) => {
  const { broker } = await openPeer(t);
  const token = await requestPrimaryToken(broker, await cardCredential('P-256'));
  const cookies = [refreshTokenCookie(broker, token, 'N1'), deviceCookie(broker, 'N2')];
  const payloads = cookies.map(({ data }) => {
    const ruling = readCompactJws(data);
    return ruling.outcome === 'passed' ? ruling.value.payload : undefined;
  });
  assert.deepEqual(
    cookies.map(({ name }) => name),
    ['x-ms-RefreshTokenCredential', 'x-ms-DeviceCredential'],
  );
  assert.deepEqual(payloads, [
    { refresh_token: token.token, is_primary: 'true', request_nonce: 'N1', windows_api_version: '2.0.1' },
    { grant_type: 'device_auth', iss: 'aad:brokerplugin', request_nonce: 'N2' },
  ]);
});
