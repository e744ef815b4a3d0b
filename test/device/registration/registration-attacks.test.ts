import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { pem } from '#pki/build/certificate-builder.ts';
import { emptyFolder, openAt } from '#test/contract/databases.ts';
import { RunningServer } from '#test/e2e/server.ts';
import { GraphServer } from '#test/graph/graph-server.ts';
import { enrolDevice } from '../enrolled.ts';
import {
  deviceCard,
  joinBody,
  newKeys,
  registrationHost,
  registrationToken,
  type SendOptions,
  send,
} from '../registration-client.ts';

describe('attacks on the device registration service are refused', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await registrationToken(graph.server, 'ana');
  });
  after(() => graph?.end());
  const post = (body: unknown, options: SendOptions = {}) =>
    send(graph.server, 'POST', '/EnrollmentServer/device/?api-version=2.0', body, options);

  test('the 10 MB request of a stranger is answered 401 before it is read', async () => {
    const answer = await announce(10_000_000, '');
    assert.match(answer, /^HTTP\/1\.1 401 /);
    assert.match(answer, /deviceTokenRefused/);
  });

  test('the 10 MB request of a user is answered 413 before it is read', async () => {
    const answer = await announce(10_000_000, `authorization: Bearer ${token}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /graphBodyTooLarge/);
  });

  /** Announces a body and sends none of it; the answer that comes anyway. */
  const announce = (length: number, header: string) =>
    new Promise<string>((resolve, reject) => {
      const { port, trust } = graph.server;
      const socket = connect({ port, host: '127.0.0.1', servername: registrationHost, ca: trust }, () => {
        socket.write(
          `POST /EnrollmentServer/device/ HTTP/1.1\r\nhost: ${registrationHost}\r\n${header}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
        );
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
        if (text.includes('}')) socket.destroy();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.setTimeout(10_000, () => socket.destroy());
    });

  const tokenOf = async (kind: string): Promise<string> => {
    switch (kind) {
      case 'for Graph':
        return graph.personToken('ana', 'User.Read');
      case 'of an application':
        return graph.appToken('Device.ReadWrite.All');
      case 'with another signature':
        return `${token.slice(0, -8)}AAAAAAAA`;
      case 'of a tenant that is not here':
        return withClaims({ tid: crypto.randomUUID() });
      case 'whose expiry was moved':
        return withClaims({ exp: 4_000_000_000 });
      default:
        return 'a.b.c';
    }
  };
  const withClaims = (change: object) => {
    const [header, payload, signature] = token.split('.');
    const claims = { ...JSON.parse(Buffer.from(payload!, 'base64url').toString()), ...change };
    return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  };
  for (const kind of [
    'for Graph',
    'of an application',
    'with another signature',
    'of a tenant that is not here',
    'whose expiry was moved',
    'that is not a token',
  ]) {
    test(`a token ${kind} is refused with deviceTokenRefused`, async () => {
      const answer = await post(joinBody(newKeys()), { token: await tokenOf(kind) });
      assert.deepEqual(
        [answer.status, answer.body.ErrorType, answer.body.subcode],
        [401, 'AuthenticationError', 'deviceTokenRefused'],
      );
    });
  }

  test('a token for device registration does not open Graph', async () => {
    assert.equal((await graph.call(token, 'GET', '/devices')).status, 401);
  });

  test('a device certificate of another installation or tenant removes nothing here', async () => {
    const storage = await openAt({ kind: 'sqlite', folder: emptyFolder() });
    try {
      const mine = newKeys();
      const joined = await post(joinBody(mine), { token });
      const id = /CN ?=\s*([0-9a-f-]{36})/i.exec(
        new X509Certificate(Buffer.from(joined.body.Certificate.RawBody, 'base64')).subject,
      )![1]!;
      const stranger = await enrolDevice(graph.tenantId, storage.forTenant(graph.tenantId), new Date(), {
        deviceId: id,
      });
      const card = {
        cert: pem('CERTIFICATE', stranger.registration.certificate),
        key: stranger.deviceKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
      const remove = (options: SendOptions) =>
        send(graph.server, 'DELETE', `/EnrollmentServer/device/${id}`, undefined, options);
      assert.equal((await remove({ card })).body.subcode, 'deviceCertificateUntrusted');
      assert.equal((await remove({ card: deviceCard(joined, mine.device) })).status, 200);
    } finally {
      await storage.close();
    }
  });
});

test('a flood of one source is answered 429', async () => {
  const server = await RunningServer.start({ CARDEA_SOURCE_SIGN_INS_PER_TEN_SECONDS: '5' });
  try {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => send(server, 'POST', '/EnrollmentServer/device/', {})),
    );
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual(new Set(statuses), new Set([401, 429]));
  } finally {
    await server.remove();
  }
});
