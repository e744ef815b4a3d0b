import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { createFront, type Front } from '#http/front/front.ts';
import { socketsOfPort } from '#http/front/port.ts';
import type { Queue } from '#net/admission/queue-wait.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { patience, until } from '../../until.ts';

describe('many clients that connect at once', () => {
  const visitors = 6;
  const held: (() => void)[] = [];
  const answers: ServerResponse[] = [];
  const queues: Queue[] = [];
  const sockets: TLSSocket[] = [];
  let front: Front;
  let port: number;
  let handshakes = 0;
  before(async () => {
    const { server } = makeTlsCertificate({ hosts: ['login.test', 'certauth.login.test'], at: new Date() });
    front = createFront({
      listen: '127.0.0.1',
      port: 0,
      certauthPort: 0,
      loginHost: 'login.test',
      certauthHost: 'certauth.login.test',
      registrationHost: 'devices.login.test',
      certificate: { cert: server.pem, key: server.privateKeyPem },
      turns: { enter: (begin) => void held.push(begin) },
      hintsFor: async () => undefined,
      onWait: (queue) => void queues.push(queue),
      onLogin: (req, res) => void (req.url === '/held' ? answers.push(res) : res.end('login')),
      onCertauth: (_, res) => void res.end('certauth'),
      onRegistration: (_, res) => void res.end(),
      onTlsError: () => undefined,
    });
    ({ port } = await front.listen());
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    return front.close(0);
  });
  const open = (servername: string) => {
    const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
    sockets.push(socket.on('error', () => undefined).on('secureConnect', () => handshakes++));
    return socket;
  };
  /** Waits no longer than a test waits for anything: a handshake that never begins fails, and does not hang. */
  const next = (socket: TLSSocket, event: string) => once(socket, event, { signal: AbortSignal.timeout(patience) });
  const answerOn = async (socket: TLSSocket) => {
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const [octets] = (await next(socket, 'data')) as [Buffer];
    return octets.toString().split('\r\n').at(-1);
  };

  test('wait for their turn, and not those whose sign-in has begun; their octets are kept meanwhile', async () => {
    const waiting = Array.from({ length: visitors }, () => open('login.test'));
    await until('all ClientHellos', async () => held.length === visitors);
    const certauth = open('certauth.login.test');
    await next(certauth, 'secureConnect');
    assert.equal(await answerOn(certauth), 'certauth');
    assert.equal(handshakes, 1, 'that of the certauth host alone');
    for (const begin of held) begin();
    for (const socket of waiting) assert.equal(await answerOn(socket), 'login');
  });

  test('one that is gone when its turn comes is passed over', async () => {
    held.length = 0;
    const gone = open('login.test');
    await until('its ClientHello', async () => held.length === 1);
    gone.destroy();
    held[0]!();
    const later = open('login.test');
    await until('its ClientHello', async () => held.length === 2);
    held[1]!();
    assert.equal(await answerOn(later), 'login');
  });

  test('have their requests served eight at a time where they have one source, and the waits are counted', async () => {
    held.length = 0;
    const crowd = Array.from({ length: 9 }, () => open('login.test'));
    await until('all ClientHellos', async () => held.length === crowd.length);
    for (const begin of held) begin();
    for (const socket of crowd) socket.write('GET /held HTTP/1.1\r\nhost: x\r\n\r\n');
    await until('the ninth, whose wait ends when another one has waited for long', async () => answers.length === 9);
    assert.ok(queues.includes('source'), queues.join());
    for (const answer of answers) answer.end();
  });

  test('reach a port with several sockets, all of which are closed with it', {
    skip: process.platform !== 'linux' && 'only Linux spreads connections over the sockets of a port',
  }, async () => {
    await until('every socket', async () => listeningSockets(port) === socketsOfPort);
    for (const socket of sockets) socket.destroy();
    await front.close(0);
    assert.equal(listeningSockets(port), 0);
  });
});

/** Sockets of 127.0.0.1 that listen on a port (proc(5), /proc/net/tcp). */
const listeningSockets = (port: number): number =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => line.includes(` 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A `))
    .length;
