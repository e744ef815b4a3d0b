import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { localhostCertificate } from '#test/localhost-certificate.ts';
import { proxyTo, startTinyproxy, type Tinyproxy, withoutTinyproxy } from '#test/net/tinyproxy.ts';
import { AddressRefused, openFetch, openHttpClient, type Resolver, statusText } from '../http-client.ts';
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

describe('requests through a proxy', () => {
  const identity = localhostCertificate(['crl.example.test']);
  const proxyIdentity = localhostCertificate(['localhost', '127.0.0.1']);
  const folder = mkdtempSync(join(tmpdir(), 'cardea-proxy-'));
  const seen: string[] = [];
  const hosts: (string | undefined)[] = [];
  const answerHost = (incoming: IncomingMessage, response: { end(text: string): unknown }) => {
    hosts.push(incoming.headers.host);
    response.end('a list');
  };
  const [http, https] = [createServer(answerHost), createHttpsServer(identity, answerHost)];
  let upstream: ReturnType<typeof proxyTo> | undefined;
  let tinyproxy: Tinyproxy | undefined;
  let upstreamPort = 0;
  // The proxy behind TLS. Its certificate names the proxy alone, and no server behind it.
  const overTls = createTlsServer(proxyIdentity, (socket) => {
    const inner = connect(upstreamPort, '127.0.0.1');
    inner.pipe(socket).pipe(inner);
    for (const end of [socket, inner])
      end.on('error', () => end.destroy()).on('close', () => (end === socket ? inner : socket).destroy());
  });
  before(async () => {
    setDefaultCACertificates([...getCACertificates(), proxyIdentity.ca]);
    await once(overTls.listen(0, '127.0.0.1'), 'listening');
    for (const server of [http, https]) await once(server.listen(0, '127.0.0.1'), 'listening');
    const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
    upstream = proxyTo(portOf(http), portOf(https), seen);
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    upstreamPort = portOf(upstream);
    if (withoutTinyproxy === false)
      tinyproxy = await startTinyproxy(folder, { upstreamPort, credentials: 'user pass7' });
  });
  after(async () => {
    await tinyproxy?.end();
    overTls.close();
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
    ...['localhost', '127.0.0.1'].map((host) => ({
      name: `a proxy that is reached over TLS at ${host}`,
      skip: false,
      address: () => `https://${host}:${(overTls.address() as AddressInfo).port}`,
    })),
    {
      name: 'tinyproxy with a password',
      skip: withoutTinyproxy,
      address: () => `http://user:p%61ss7@127.0.0.1:${tinyproxy?.port}`,
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

  test('a host of the exceptions is reached directly, over http, https and fetch', async () => {
    seen.length = 0;
    hosts.length = 0;
    const proxy = outboundProxy(`http://127.0.0.1:${upstreamPort}`, ['.example.test']);
    const options = { privateAddresses: 'allow', resolver: resolvedTo('127.0.0.1'), proxy, ca: identity.ca } as const;
    const [plain, tls] = [http, https].map((server) => (server.address() as AddressInfo).port);
    const client = openHttpClient(options);
    for (const url of [`http://crl.example.test:${plain}/a`, `https://crl.example.test:${tls}/b`]) {
      const answer = await client.send(new URL(url), { signal: signal() });
      assert.deepEqual([await textOf(answer.body), answer.proxy], ['a list', undefined]);
    }
    assert.equal(await (await openFetch(options)(`https://crl.example.test:${tls}/c`)).text(), 'a list');
    assert.equal(hosts.length, 3);
    assert.deepEqual(seen, []);
  });

  const failures: readonly {
    name: string;
    skip: string | false;
    address: () => string;
    http: RegExp;
    https: RegExp;
  }[] = [
    {
      name: 'a proxy that is not there',
      skip: false,
      address: () => 'http://127.0.0.1:1',
      http: /^the outbound proxy http:\/\/127\.0\.0\.1:1 cannot be reached: ECONNREFUSED$/,
      https: /^the outbound proxy http:\/\/127\.0\.0\.1:1 cannot be reached: ECONNREFUSED$/,
    },
    {
      name: 'tinyproxy without a password',
      skip: withoutTinyproxy,
      address: () => `http://127.0.0.1:${tinyproxy?.port}`,
      http: /^the outbound proxy http:\/\/127\.0\.0\.1:\d+ answered 407: it does not accept the user name and password of outboundProxy$/,
      https:
        /^the outbound proxy http:\/\/127\.0\.0\.1:\d+ answered 407: it does not accept the user name and password of outboundProxy$/,
    },
    {
      name: 'tinyproxy with another password',
      skip: withoutTinyproxy,
      address: () => `http://user:wrong@127.0.0.1:${tinyproxy?.port}`,
      http: /^HTTP status 401, through the outbound proxy http:\/\/127\.0\.0\.1:\d+$/,
      https:
        /^the outbound proxy http:\/\/127\.0\.0\.1:\d+ answered 401: it does not accept the user name and password of outboundProxy$/,
    },
  ];
  for (const { name, skip, address, ...problems } of failures)
    test(`${name} is a failure that names the proxy`, { skip }, async () => {
      const proxy = outboundProxy(address(), []);
      const client = openHttpClient({ privateAddresses: 'allow', resolver: nothing, proxy });
      for (const [scheme, problem] of Object.entries(problems)) {
        const request = client.send(new URL(`${scheme}://crl.example.test/`), { signal: signal() });
        const failure = await request.then(statusText, (thrown: Error) => thrown);
        assert.match(failure instanceof Error ? failure.message : failure, problem);
        assert.ok(typeof failure === 'string' || !('code' in failure), scheme);
      }
    });
});
