import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createFront, type Front } from '#http/front/front.ts';
import { AddressSet } from '#net/limits/address-set.ts';
import { clientOf } from '#net/limits/limits.ts';
import { SourceLimiter, usualLimits } from '#net/limits/source-limiter.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';

const [balancer, otherBalancer, stranger] = ['127.0.0.70', '127.0.7.1', '127.0.0.71'];
const mostConnections = 3;

/** The header of a client by IPv4 (PROXY protocol §2.2). */
function headerOf(client: string): Buffer {
  const octets = [...client.split('.').map(Number), 127, 0, 0, 1, 0xd4, 0x31, 0x01, 0xbb];
  return Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'), Buffer.from(octets)]);
}
const ofBalancerItself = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');

describe('connections of a balancer that passes TLS through', () => {
  let front: Front;
  let port = 0;
  let problems: [problem: string, address: string][] = [];
  const clients: string[] = [];
  const { server } = makeTlsCertificate({ hosts: ['login.test'], at: new Date() });
  const makeFront = (helloMilliseconds: number) =>
    createFront({
      ...{ listen: '127.0.0.1', port: 0, certauthPort: 0 },
      ...{ loginHost: 'login.test', certauthHost: 'certauth.login.test', registrationHost: 'registration.test' },
      certificate: { cert: server.pem, key: server.privateKeyPem },
      limiter: new SourceLimiter({ ...usualLimits, connections: mostConnections }),
      balancers: new AddressSet([balancer, '127.0.7.0/24']),
      patience: { helloMilliseconds },
      hintsFor: async () => undefined,
      onLogin: (req, res) => {
        clients.push(clientOf(req));
        res.end();
      },
      onCertauth: (_, res) => void res.end(),
      onRegistration: (_, res) => void res.end(),
      onTlsError: ({ message }, address) => void problems.push([message, address]),
    });
  before(async () => {
    front = makeFront(60_000);
    ({ port } = await front.listen());
  });
  after(() => front.close(0));
  beforeEach(() => {
    problems = [];
    clients.length = 0;
  });

  async function open(localAddress: string, ...octets: readonly Buffer[]): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    for (const part of octets) socket.write(part);
    return socket;
  }
  /** A request by TLS over a connection that may have begun with a header; its status, or undefined where it came to nothing. */
  const get = (socket: Socket) =>
    new Promise<number | undefined>((resolve) => {
      const tls = connectTls({ socket, servername: 'login.test', rejectUnauthorized: false });
      tls.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
      const headers = { host: 'login.test', 'x-forwarded-for': '192.0.2.9' };
      request({ createConnection: () => tls, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      })
        .on('error', () => resolve(undefined))
        .end();
    });
  const closed = async (socket: Socket) => {
    if (!socket.closed) await new Promise((done) => socket.resume().once('close', done));
    return problems;
  };

  test('have the address of the client in the header, from an address and from a network', async () => {
    for (const address of [balancer, otherBalancer]) {
      const socket = await open(address, headerOf('198.51.100.7'));
      assert.equal(await get(socket), 200, JSON.stringify(problems));
      socket.destroy();
    }
    assert.deepEqual(clients, ['198.51.100.7', '198.51.100.7']);
  });

  test('a header that comes octet by octet is read', async () => {
    const socket = await open(balancer);
    for (const octet of headerOf('198.51.100.8')) {
      socket.write(Buffer.of(octet));
      await new Promise((next) => setImmediate(next));
    }
    assert.equal(await get(socket), 200, JSON.stringify(problems));
    assert.deepEqual(clients, ['198.51.100.8']);
    socket.destroy();
  });

  test('the balancer itself, as in a health check, keeps its address', async () => {
    const socket = await open(balancer, ofBalancerItself);
    assert.equal(await get(socket), 200);
    assert.deepEqual(clients, [balancer]);
    socket.destroy();
  });

  test('a connection of another address has its own address', async () => {
    const socket = await open(stranger);
    assert.equal(await get(socket), 200);
    assert.deepEqual(clients, [stranger]);
    socket.destroy();
  });

  test('a header from an address that is not named is refused', async () => {
    const socket = await open(stranger, headerOf('198.51.100.7'));
    assert.deepEqual(await closed(socket), [['the first bytes are not a ClientHello', stranger]]);
  });

  test('a ClientHello of a balancer without a header is refused', async () => {
    const socket = await open(balancer);
    assert.equal(await get(socket), undefined);
    assert.deepEqual(problems, [['it does not begin with version 2 of the PROXY protocol', balancer]]);
  });

  test('a client that does not speak HTTP is reported with its own address', async () => {
    const socket = await open(balancer, headerOf('198.51.100.10'));
    const tls = connectTls({ socket, servername: 'login.test', rejectUnauthorized: false });
    tls.on('error', () => undefined).resume();
    await once(tls, 'secureConnect');
    tls.write('no request\r\n\r\n');
    await once(tls, 'close');
    assert.equal(problems.length, 1);
    assert.match(problems[0]![0], /^Parse Error/);
    assert.equal(problems[0]![1], '198.51.100.10');
  });

  test('a second header is no ClientHello', async () => {
    const socket = await open(balancer, headerOf('198.51.100.7'), headerOf('198.51.100.9'));
    assert.deepEqual(await closed(socket), [['the first bytes are not a ClientHello', '198.51.100.7']]);
  });

  test('a balancer that sends nothing is closed in time', async () => {
    const hasty = makeFront(50);
    const socket = connect({ host: '127.0.0.1', port: (await hasty.listen()).port, localAddress: balancer });
    socket.on('error', () => undefined);
    assert.deepEqual(await closed(socket), [['no PROXY header in time', balancer]]);
    await hasty.close(0);
  });

  test('the limits count the client, not the balancer', async () => {
    const busy = await Promise.all(
      Array.from({ length: mostConnections }, () => open(balancer, headerOf('198.51.100.20'))),
    );
    const oneMore = await open(balancer, headerOf('198.51.100.20'));
    assert.deepEqual(await closed(oneMore), [['too many connections from this source', '198.51.100.20']]);
    const another = await open(balancer, headerOf('198.51.100.21'));
    assert.equal(await get(another), 200);
    for (const socket of [...busy, another]) socket.destroy();
  });
});
