import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '#test/free-port.ts';
import { localhostCertificate } from '#test/localhost-certificate.ts';
import { AddressRefused, openFetch, openHttpClient, type Resolver } from '../http-client.ts';
import { outboundProxy } from './proxy.ts';

describe('exceptions of the outbound proxy', () => {
  const { isExcepted } = outboundProxy('http://proxy.test:3128', [
    'crl.corp.test',
    '.intra.test',
    '*.lab.test',
    '10.0.0.0/8',
    '2001:db8::/32',
  ]);
  const rows: readonly (readonly [string, boolean])[] = [
    ['crl.corp.test', true],
    ['CRL.corp.test.', true],
    ['a.crl.corp.test', false],
    ['intra.test', true],
    ['a.b.intra.test', true],
    ['notintra.test', false],
    ['a.lab.test', true],
    ['10.1.2.3', true],
    ['11.1.2.3', false],
    ['[2001:db8::1]', true],
    ['[2001:db9::1]', false],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['localhost', true],
    ['certauth.localhost', true],
    ['example.org', false],
  ];
  for (const [host, isDirect] of rows)
    test(`${host} ${isDirect ? 'is reached directly' : 'goes through the proxy'}`, () =>
      assert.equal(isExcepted(host), isDirect));
});

/** No name is known here, as on a network whose way out is the proxy. */
const nothing: Resolver = (_, __, callback) =>
  callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
const resolvedTo =
  (address: string): Resolver =>
  (_, __, callback) =>
    callback(null, [{ address, family: 4 }]);

/** A proxy that takes every name for a server of the test. */
function proxyTo(http: number, https: number, seen: string[]) {
  const server = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const { pathname } = new URL(incoming.url!);
    incoming.pipe(
      request(
        { port: http, host: '127.0.0.1', path: pathname, method: incoming.method!, headers: incoming.headers },
        (answer) => {
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
        },
      ),
    );
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    const target = connect(https, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => end.destroy());
  });
  return server;
}

describe('requests through a proxy', () => {
  const identity = localhostCertificate(['crl.example.test']);
  const folder = mkdtempSync(join(tmpdir(), 'cardea-proxy-'));
  const seen: string[] = [];
  const hosts: (string | undefined)[] = [];
  const answerHost = (incoming: IncomingMessage, response: { end(text: string): unknown }) => {
    hosts.push(incoming.headers.host);
    response.end('a list');
  };
  const [http, https] = [createServer(answerHost), createHttpsServer(identity, answerHost)];
  let [upstream, tinyproxy]: [ReturnType<typeof proxyTo> | undefined, ChildProcess | undefined] = [
    undefined,
    undefined,
  ];
  let [upstreamPort, tinyproxyPort] = [0, 0];
  const hasTinyproxy = existsSync('/usr/bin/tinyproxy');
  before(async () => {
    for (const server of [http, https]) await once(server.listen(0, '127.0.0.1'), 'listening');
    const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
    upstream = proxyTo(portOf(http), portOf(https), seen);
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    upstreamPort = portOf(upstream);
    if (!hasTinyproxy) return;
    tinyproxyPort = await freePort();
    const log = join(folder, 'log');
    writeFileSync(
      join(folder, 'conf'),
      `Port ${tinyproxyPort}\nListen 127.0.0.1\nTimeout 60\nLogFile "${log}"\nLogLevel Info\nMaxClients 20\nBasicAuth user pass7\nUpstream http 127.0.0.1:${upstreamPort}\n`,
    );
    tinyproxy = spawn('tinyproxy', ['-d', '-c', join(folder, 'conf')], { stdio: 'ignore' });
    const isReady = () => existsSync(log) && /Accepting connections/i.test(readFileSync(log, 'utf8'));
    while (!isReady() && tinyproxy.exitCode === null) await new Promise((next) => setTimeout(next, 50));
    assert.equal(tinyproxy.exitCode, null, 'tinyproxy ended');
  });
  after(() => {
    tinyproxy?.kill('SIGKILL');
    for (const server of [http, https, upstream]) {
      server?.closeAllConnections();
      server?.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const signal = () => AbortSignal.timeout(60_000);
  const textOf = async (body: AsyncIterable<unknown>) => {
    let text = '';
    for await (const part of body) text += part;
    return text;
  };
  const proxies = [
    { name: 'a proxy', skip: false, address: () => `http://127.0.0.1:${upstreamPort}` },
    {
      name: 'tinyproxy with a password',
      skip: hasTinyproxy ? false : 'tinyproxy is missing: apt-get install tinyproxy-bin',
      address: () => `http://user:p%61ss7@127.0.0.1:${tinyproxyPort}`,
    },
  ] as const;
  for (const { name, skip, address } of proxies)
    test(`${name} is asked for the whole URL of http, and for a tunnel for https`, { skip }, async () => {
      seen.length = 0;
      hosts.length = 0;
      const proxy = outboundProxy(address(), []);
      const client = openHttpClient({ privateAddresses: 'refuse', resolver: nothing, proxy, ca: identity.ca });
      for (const url of ['http://crl.example.test/a.crl', 'https://crl.example.test/b'])
        assert.equal(await textOf((await client.send(new URL(url), { signal: signal() })).body), 'a list');
      const fetched = await openFetch({ privateAddresses: 'refuse', resolver: nothing, proxy, ca: identity.ca })(
        'https://crl.example.test/c',
      );
      assert.equal(await fetched.text(), 'a list');
      const lines = seen.map((line) => line.replace('.test:80/', '.test/'));
      const tunnel = 'CONNECT crl.example.test:443';
      assert.deepEqual(lines, ['GET http://crl.example.test/a.crl', tunnel, tunnel]);
      assert.deepEqual([...new Set(hosts)], ['crl.example.test']);
    });

  test('an address that the policy refuses is refused before the proxy is asked', async () => {
    seen.length = 0;
    const proxy = outboundProxy(`http://127.0.0.1:${upstreamPort}`, []);
    const refused: readonly (readonly [string, Resolver, 'allow' | 'refuse'])[] = [
      ['http://169.254.169.254/latest', nothing, 'allow'],
      ['http://metadata.example.test/', resolvedTo('169.254.169.254'), 'allow'],
      ['https://metadata.example.test/', resolvedTo('169.254.169.254'), 'allow'],
      ['http://inside.example.test/', resolvedTo('10.0.0.1'), 'refuse'],
      ['https://inside.example.test/', resolvedTo('10.0.0.1'), 'refuse'],
    ];
    for (const [url, resolver, privateAddresses] of refused) {
      const client = openHttpClient({ privateAddresses, resolver, proxy });
      const problem = await client.send(new URL(url), { signal: signal() }).catch((thrown: unknown) => thrown);
      assert.ok(client.refusalOf(new URL(url)) !== undefined || problem instanceof AddressRefused, url);
    }
    assert.deepEqual(seen, []);
  });

  test('a proxy that refuses, or is not there, is a failure', async () => {
    const wrong = outboundProxy(`http://user:wrong@127.0.0.1:${tinyproxyPort || 1}`, []);
    const client = openHttpClient({ privateAddresses: 'allow', resolver: nothing, proxy: wrong });
    await assert.rejects(client.send(new URL('https://crl.example.test/'), { signal: signal() }));
  });
});
