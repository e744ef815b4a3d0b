import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { createFront, type Front } from '#http/front/front.ts';
import { refusalsPerTenSeconds } from '#net/limits/penalties.ts';
import { SourceLimiter, usualLimits } from '#net/limits/source-limiter.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { RunningServer } from '../server.ts';

/** What a flood costs, counted where the work begins: the handshakes, the requests that reach a page, the lines of the log. */
describe('a flood from one address at the front', () => {
  const allowed = 20;
  const counts = { requests: 0, handshakes: 0, problems: 0, reports: 0 };
  let front: Front;
  let port: number;
  before(async () => {
    const { server } = makeTlsCertificate({ hosts: ['login.test', 'certauth.login.test'], at: new Date() });
    const limits = { ...usualLimits, handshakesPerTenSeconds: allowed, requestsPerTenSeconds: allowed };
    const limiter = new SourceLimiter(limits);
    limiter.listen({ onReport: () => counts.reports++ });
    front = createFront({
      listen: '127.0.0.1',
      port: 0,
      certauthPort: 0,
      loginHost: 'login.test',
      certauthHost: 'certauth.login.test',
      registrationHost: 'enterpriseregistration.login.test',
      certificate: { cert: server.pem, key: server.privateKeyPem },
      limiter,
      // The names of the CAs are looked up as a handshake with the certauth host begins.
      hintsFor: async () => void counts.handshakes++,
      onLogin: (_, res) => {
        counts.requests++;
        res.end();
      },
      onCertauth: (_, res) => void res.end(),
      onRegistration: (_, res) => void res.end(),
      onTlsError: () => counts.problems++,
    });
    ({ port } = await front.listen());
  });
  after(() => front.close());
  const place = (localAddress: string, servername = 'login.test') =>
    ({ host: '127.0.0.1', port, localAddress, servername, rejectUnauthorized: false }) as const;
  const handshake = (localAddress: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(place(localAddress, 'certauth.login.test'), () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => undefined).on('close', () => resolve(false));
    });
  const get = (localAddress: string, agent: Agent | false) =>
    new Promise<number | undefined>((resolve) => {
      const headers = { host: 'login.test' };
      const message = request({ ...place(localAddress), headers, agent }, (answer) => {
        answer.resume().on('close', () => resolve(answer.statusCode));
      });
      message.on('error', () => resolve(undefined)).end();
    });

  test('1,000 connections begin as many handshakes as the limit has, one report and a bounded number of lines', async () => {
    const standing = connect(place('127.0.0.2'));
    standing.on('error', () => undefined);
    await once(standing, 'secureConnect');
    const standingEnd = once(standing, 'close');
    let successes = 0;
    for (let i = 0; i < 100; i++)
      for (const isDone of await Promise.all(Array.from({ length: 10 }, () => handshake('127.0.0.2'))))
        if (isDone) successes++;
    assert.ok(successes > 0);
    // The bucket is refilled by two a second while the test runs.
    assert.ok(counts.handshakes <= 2 * allowed, `${counts.handshakes} handshakes were begun`);
    assert.ok(counts.problems <= 2 * refusalsPerTenSeconds + allowed, `${counts.problems} lines`);
    assert.equal(counts.reports, 1);
    await standingEnd; // an open connection of the source is closed as well
    assert.ok(await handshake('127.0.0.3'), 'another source is served');
  });

  test('1,000 requests reach a page as often as the limit allows, and the connection of a refused one is closed', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers: (number | undefined)[] = [];
    for (let i = 0; i < 1000; i++) answers.push(await get('127.0.0.4', agent));
    agent.destroy();
    const served = answers.filter((status) => status === 200).length;
    assert.ok(served >= allowed && served <= 2 * allowed, `${served}`);
    assert.equal(counts.requests, served);
    assert.equal(answers[allowed], 429);
    assert.equal(answers.at(-1), undefined, 'the source is no longer answered');
    assert.equal(await get('127.0.0.5', false), 200);
  });
});

describe('a flood through a trusted proxy', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start({
      CARDEA_TRUSTED_PROXIES: '127.0.0.1',
      CARDEA_SOURCE_REQUESTS_PER_TEN_SECONDS: '50',
      CARDEA_LOG_LEVEL: 'debug',
    });
  });
  after(() => server.remove());

  test('1,000 requests of one client are refused on the proxy’s connection, which stays and serves another client', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    const post = (client: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const message = request(
          `${server.origin}/woodgrove.test/oauth2/v2.0/token`,
          {
            agent,
            method: 'POST',
            rejectUnauthorized: false,
            headers: { 'x-forwarded-for': client, 'content-type': 'application/x-www-form-urlencoded' },
          },
          (answer) => {
            ports.add(answer.socket.localPort);
            answer.resume().on('close', () => resolve(answer.statusCode));
          },
        );
        message.on('error', reject).end('grant_type=authorization_code&code=x');
      });
    const answers: (number | undefined)[] = [];
    for (let i = 0; i < 1000; i++) answers.push(await post('203.0.113.9'));
    assert.ok(answers.filter((status) => status !== 429).length <= 100);
    assert.notEqual(await post('203.0.113.10'), 429);
    agent.destroy();
    assert.equal(ports.size, 1);
    const lines = server.output.split('\n').filter((line) => line.includes('far above its limits'));
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /"source":"203\.0\.113\.9"/);
    assert.ok(server.output.split('\n').length < 250, 'refused requests leave no lines of their own');
  });

  test('300 connections that are refused leave one line, with the further ones as a count', async () => {
    const garbage = () =>
      new Promise<void>((resolve) => {
        const socket = connectTcp({ host: '127.0.0.1', port: server.port, localAddress: '127.0.0.9' }, () =>
          socket.write('GET / HTTP/1.1\r\n\r\n'),
        );
        socket.on('error', () => undefined).on('close', () => resolve());
      });
    for (let i = 0; i < 30; i++) await Promise.all(Array.from({ length: 10 }, garbage));
    const lines = server.output.split('\n').filter((line) => line.includes('127.0.0.9'));
    const refusals = lines.filter((line) => line.includes('connection refused'));
    assert.ok(refusals.length >= 1 && refusals.length <= 4, lines.join('\n')); // two a minute, also on a slow machine
    assert.ok(lines.length <= refusals.length + 2, lines.join('\n'));
  });
});
