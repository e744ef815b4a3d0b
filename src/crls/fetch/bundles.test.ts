import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Code } from '#core/trace/reasons.ts';
import type { Resolver } from '#net/http-client.ts';
import { type BundlePolicy, openBundles } from './bundles.ts';

const file = Uint8Array.of(0x30, 0x03, 1, 2, 3);
const answers: Readonly<Record<string, RequestListener>> = {
  '/cas.p7b': (_, response) => response.end(file),
  '/moved': (_, response) => response.writeHead(302, { location: '/cas.p7b' }).end(),
  '/missing': (_, response) => response.writeHead(404).end('no'),
  '/short': (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('x');
    setImmediate(() => response.destroy());
  },
  '/large': (_, response) => response.end(new Uint8Array(2000)),
  '/silent': () => undefined,
};

const metadata: Resolver = (_, __, callback) => callback(null, [{ address: '169.254.169.254', family: 4 }]);

describe('files of CAs by URL (UP-1)', () => {
  let server: Server;
  let origin: string;
  before(async () => {
    server = createServer((request, response) => answers[request.url ?? '']?.(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const inside: Partial<BundlePolicy> = { hosts: ['localhost'], privateAddresses: 'allow', bytes: 1000, seconds: 1 };

  test('come from a host that the operator named', async () =>
    assert.deepEqual(await openBundles(inside).fetch(`${origin}/cas.p7b`), file));

  const cases: readonly { name: string; path: string; policy?: Partial<BundlePolicy>; code: Code; problem?: RegExp }[] =
    [
      {
        name: 'no host is named',
        path: '/cas.p7b',
        policy: { hosts: [] },
        code: 'uploadUrlRefused',
        problem: /uploadHosts/,
      },
      {
        name: 'the host is private, and private addresses were not allowed',
        path: '/cas.p7b',
        policy: { privateAddresses: 'refuse' },
        code: 'uploadUrlRefused',
        problem: /"(127\.0\.0\.1|::1) is not a public address, and the setting uploadPrivateAddresses refuses it"/,
      },
      { name: 'the server sends elsewhere', path: '/moved', code: 'uploadFailed', problem: /HTTP status 302/ },
      { name: 'there is nothing', path: '/missing', code: 'uploadFailed', problem: /HTTP status 404/ },
      { name: 'the connection ends early', path: '/short', code: 'uploadFailed' },
      { name: 'the file is too large', path: '/large', code: 'bundleTooLarge' },
      { name: 'the server does not answer', path: '/silent', code: 'uploadFailed' },
    ];
  for (const { name, path, policy, code, problem = /./ } of cases) {
    test(`are refused when ${name}`, async () => {
      const fetching = openBundles({ ...inside, ...policy }).fetch(`${origin}${path}`);
      await assert.rejects(fetching, (thrown: { because?: { code: string; evidence: object } }) => {
        assert.equal(thrown.because?.code, code, String(thrown));
        assert.match(JSON.stringify(thrown.because?.evidence), problem);
        return true;
      });
    });
  }

  const refusedAtOnce: readonly (readonly [string, string, Partial<BundlePolicy>])[] = [
    ['a host that is not named', 'http://elsewhere.test/x', {}],
    ['a name that resolves to a private address', 'http://localhost/x', { privateAddresses: 'refuse' }],
    ['a name that resolves to a metadata service', 'http://cas.test/x', { hosts: ['cas.test'], resolver: metadata }],
    ['an address in decimal', 'http://2130706433/x', { hosts: ['127.0.0.1'], privateAddresses: 'refuse' }],
  ];
  for (const [name, url, policy] of refusedAtOnce)
    test(`are refused before the upload begins: ${name}`, async () => {
      await assert.rejects(
        openBundles({ ...inside, ...policy }).check(url),
        (thrown: { because?: { code: string } }) => {
          assert.equal(thrown.because?.code, 'uploadUrlRefused');
          return true;
        },
      );
    });
  test('are not refused before the upload begins when the name cannot be resolved', () =>
    openBundles({ ...inside, hosts: ['cas.invalid'] }).check('http://cas.invalid/x'));

  const addresses = ['file:///etc/passwd', 'ftp://localhost/x', 'not a URL', 'http://user:secret@localhost/x'];
  for (const url of [...addresses, 'http://169.254.169.254/x']) {
    test(`are never fetched from ${url}`, async () => {
      const bundles = openBundles({ ...inside, hosts: ['localhost', '169.254.169.254'] });
      await assert.rejects(bundles.fetch(url), (thrown: { because?: { code: string } }) => {
        assert.equal(thrown.because?.code, 'uploadUrlRefused');
        assert.doesNotMatch(JSON.stringify(thrown.because), /secret/);
        return true;
      });
    });
  }
});
