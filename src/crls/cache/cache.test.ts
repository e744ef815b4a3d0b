import assert from 'node:assert/strict';
import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { CrlFetched, CrlRequest } from '#core/crl/answer.ts';
import type { StoredCrl, StoredCrlFacts, StoredCrlHead } from '#model/crl.ts';
import type { Authority } from '#pki/build/authority.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { manyEntries } from '#pki/build/crl-builder.ts';
import type { CrlBytes } from '#ports/revocation.ts';
import { TestServer } from '#test/crls/test-server.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { until } from '#test/until.ts';
import { type CrlCache, openCrlCache } from './cache.ts';
import type { CrlCacheOptions } from './options.ts';

const monday = new Date('2026-11-23T09:00:00Z');
const tuesday = new Date('2026-11-24T09:00:00Z');
const wednesday = new Date('2026-11-25T09:00:00Z');
const week = { thisUpdate: new Date('2026-11-23T00:00:00Z'), nextUpdate: new Date('2026-11-30T00:00:00Z') };

let server: TestServer;
let ca: Authority;
let now: Date = monday;
const caches: CrlCache[] = [];

before(async () => {
  server = await TestServer.start();
  ca = testCa('Woodgrove Issuing');
});
after(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
  now = monday;
});
afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())));

function open(options: Partial<CrlCacheOptions> = {}): CrlCache {
  const timing = { retry: 0, retryPrefetch: 0, prefetch: 0, ...options.timing };
  const cache = openCrlCache({
    clock: { now: () => now },
    onFault: (fault) => assert.fail(String(fault)),
    ...options,
    timing,
  });
  caches.push(cache);
  return cache;
}

const signerOf = (authority: Authority) => ({
  subject: authority.subject,
  subjectKeyIdentifier: authority.subjectKeyIdentifier,
  subjectPublicKeyInfo: new Uint8Array(createPublicKey(authority.privateKey).export({ format: 'der', type: 'spki' })),
});
function request(path: string, delta?: string, authority = ca): CrlRequest {
  return {
    authorityId: 'a',
    baseUrl: server.url(path),
    deltaUrl: delta === undefined ? undefined : server.url(delta),
    signers: [signerOf(authority)],
  };
}
async function fetchBase(cache: CrlCache, path: string, at = now): Promise<CrlFetched> {
  const [answer] = await cache.fetch([request(path)], at);
  assert.ok(answer);
  return answer.base;
}
function codeOf(crlFetched: CrlFetched): string {
  return crlFetched.kind === 'failed' ? crlFetched.because.code : 'fetched';
}
const numberOf = (crlFetched: CrlFetched): bigint | undefined =>
  crlFetched.kind === 'fetched' ? crlFetched.crl.number : undefined;

test('CRL-5, CRL-6: a CRL is downloaded once and kept until it ends', async () => {
  const cache = open();
  server.serve(ca.crl({ ...week, number: 7n }));
  assert.equal(numberOf(await fetchBase(cache, '/a.crl')), 7n);
  assert.equal(numberOf(await fetchBase(cache, '/a.crl', wednesday)), 7n);
  assert.equal(server.requests.length, 1);
});

test('CRL-8: sign-ins at the same moment share one download', async () => {
  const cache = open();
  server.serve(ca.crl(week));
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetchBase(cache, '/a.crl')));
  assert.deepEqual(new Set(answers.map(codeOf)), new Set(['fetched']));
  assert.equal(server.requests.length, 1);
});

test('CRL-8: told to refuse like Entra, all but the first get 2205013', async () => {
  const cache = open({ timing: { retry: 0, prefetch: 0, concurrent: 'refuse' } });
  server.serve(ca.crl(week));
  const codes = (await Promise.all(Array.from({ length: 3 }, () => fetchBase(cache, '/a.crl')))).map(codeOf);
  assert.deepEqual(codes, ['fetched', 'crlDownloadInProgress', 'crlDownloadInProgress']);
});

test('CRL-7: a CRL past its end is fetched again, and when that fails the answer says why', async () => {
  const cache = open();
  server.serve(ca.crl({ ...week, nextUpdate: tuesday, number: 1n }));
  await fetchBase(cache, '/a.crl');
  server.answer = (_, response) => response.writeHead(503).end();
  const stale = await fetchBase(cache, '/a.crl', wednesday);
  assert.deepEqual(stale.kind === 'fetched' && stale.notRenewed, {
    code: 'crlDownloadFailed',
    evidence: { url: server.url('/a.crl'), status: 503 },
  });
  server.serve(ca.crl({ ...week, number: 2n }));
  assert.equal(numberOf(await fetchBase(cache, '/a.crl', wednesday)), 2n);
});

test('CRL-6: from Next CRL Publish on a newer CRL is fetched in the background, while the old one serves', async () => {
  const cache = open();
  server.serve(ca.crl({ ...week, number: 1n, nextPublish: tuesday }));
  await fetchBase(cache, '/a.crl');
  server.serve(ca.crl({ ...week, number: 2n, nextPublish: wednesday }));
  assert.equal(numberOf(await fetchBase(cache, '/a.crl', tuesday)), 1n);
  await until('the cache', () => cache.state()[0]?.number === '2');
  assert.equal(server.requests.length, 2);
});

test('CRL-6: when the newer CRL is late, the cache does not ask for it with every sign-in', async () => {
  const cache = open({ timing: { retryPrefetch: 300 } });
  server.serve(ca.crl({ ...week, nextPublish: tuesday }));
  await fetchBase(cache, '/a.crl');
  now = tuesday;
  for (let i = 0; i < 3; i++) {
    await fetchBase(cache, '/a.crl');
    await until('the cache', () => cache.state()[0]?.isDownloading === false);
  }
  assert.equal(server.requests.length, 2);
});

test('CRL-15: an older CRL, and another CRL under the same number, is a replay', async () => {
  const cache = open();
  server.serve(ca.crl({ ...week, number: 5n }));
  await fetchBase(cache, '/a.crl');
  server.serve(ca.crl({ ...week, number: 4n }));
  const evidence = { url: server.url('/a.crl'), issuer: 'CN=Woodgrove Issuing', highestNumber: '5' };
  const [older] = await cache.refresh([request('/a.crl')]);
  assert.deepEqual(older?.base.kind === 'failed' && older.base.because, {
    code: 'crlNumberWentBack',
    evidence: { ...evidence, number: '4' },
  });
  server.serve(ca.crl({ ...week, number: 5n, nextPublish: tuesday }));
  const [second] = await cache.refresh([request('/a.crl')]);
  assert.deepEqual(second?.base.kind === 'failed' && second.base.because, {
    code: 'crlNumberWentBack',
    evidence: { ...evidence, number: '5' },
  });
  assert.equal(cache.state()[0]?.number, '5');
  assert.equal(cache.state()[0]?.lastError?.code, 'crlNumberWentBack');
});

test('a conditional request carries what the server gave, and 304 keeps the CRL', async () => {
  const cache = open();
  server.serve(ca.crl({ ...week, nextUpdate: tuesday }), {
    etag: '"v1"',
    'last-modified': 'Mon, 23 Nov 2026 00:00:00 GMT',
  });
  await fetchBase(cache, '/a.crl');
  server.answer = (_, response) => response.writeHead(304).end();
  now = wednesday;
  const [answer] = await cache.refresh([request('/a.crl')]);
  assert.equal(answer && codeOf(answer.base), 'fetched');
  assert.equal(server.requests[1]?.headers['if-none-match'], '"v1"');
  assert.equal(server.requests[1]?.headers['if-modified-since'], 'Mon, 23 Nov 2026 00:00:00 GMT');
  assert.deepEqual(cache.state()[0]?.fetchedAt, wednesday);
});

test('RFC 5280 §5.2.4: a delta for a newer base fetches that base, although the kept one still holds', async () => {
  const cache = open();
  const crls = new Map([
    ['/a.crl', ca.crl({ ...week, number: 1n })],
    ['/d.crl', ca.deltaCrl({ ...week, nextUpdate: tuesday, number: 2n, baseNumber: 1n })],
  ]);
  server.answer = ({ url = '' }, response) => response.writeHead(200).end(crls.get(url));
  await cache.fetch([request('/a.crl', '/d.crl')], now);
  crls.set('/a.crl', ca.crl({ ...week, number: 5n }));
  crls.set('/d.crl', ca.deltaCrl({ ...week, number: 6n, baseNumber: 5n }));
  const [answer] = await cache.fetch([request('/a.crl', '/d.crl')], wednesday);
  assert.deepEqual([answer && numberOf(answer.base), answer?.delta && numberOf(answer.delta)], [5n, 6n]);
});

test('CRL-9: after a failure the next attempt waits, and the answer stays the same', async () => {
  const cache = open({ timing: { retry: 60, prefetch: 0 } });
  server.answer = (_, response) => response.writeHead(403).end();
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'crlDownloadFailed');
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'crlDownloadFailed');
  assert.equal(server.requests.length, 1);
});

const smallLimits = { interactive: { bytes: 2000, seconds: 60 }, background: { bytes: 1_000_000, seconds: 60 } };

test('CRL-10: a CRL too large for someone waiting is fetched in the background', async () => {
  const cache = open({ policy: smallLimits });
  const big = ca.crl({ ...week, entries: serialsFrom(1, 100) });
  server.serve(big);
  const refusal = await fetchBase(cache, '/a.crl');
  assert.deepEqual(refusal.kind === 'failed' && refusal.because, {
    code: 'crlTooLarge',
    evidence: { url: server.url('/a.crl'), size: big.length, limit: 2000, inBackground: true },
  });
  await until('the cache', () => cache.state()[0]?.entries === 100);
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'fetched');
});

test('CRL-11: a CRL too slow for someone waiting continues in the background, and sign-ins meanwhile get 2205013', async () => {
  const cache = open({
    policy: { interactive: { bytes: 100_000, seconds: 1 }, background: { bytes: 100_000, seconds: 60 } },
  });
  const crl = ca.crl(week);
  let release = () => {};
  server.answer = (_, response) => {
    response.writeHead(200).write(crl.subarray(0, 10));
    release = () => response.end(crl.subarray(10));
  };
  const slow = await fetchBase(cache, '/a.crl');
  assert.deepEqual(slow.kind === 'failed' && slow.because, {
    code: 'crlDownloadSlow',
    evidence: { url: server.url('/a.crl'), seconds: 1, received: 10 },
  });
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'crlDownloadInProgress');
  await until('the cache', () => server.requests.length === 2);
  release();
  await until('the cache', () => cache.state()[0]?.number === '1');
});

test('500179: the CRLs of one path together have a deadline of their own', async () => {
  const cache = open({ timing: { retry: 0, prefetch: 0, validation: 0.1 } });
  server.answer = () => undefined;
  const [answer] = await cache.fetch([request('/a.crl', '/d.crl')], now);
  assert.deepEqual(answer?.base.kind === 'failed' && answer.base.because, {
    code: 'crlTimedOut',
    evidence: { urls: [server.url('/a.crl'), server.url('/d.crl')], seconds: 0.1 },
  });
});

const refusals: readonly {
  readonly name: string;
  readonly code: string;
  readonly evidence?: Record<string, unknown>;
  readonly answer: (crl: Uint8Array) => {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body: Uint8Array | string;
  };
}[] = [
  {
    name: 'CRL-12: 403 from a firewall',
    code: 'crlDownloadFailed',
    evidence: { status: 403 },
    answer: () => ({ status: 403, body: 'no' }),
  },
  {
    name: 'an answer without content',
    code: 'crlDownloadFailed',
    evidence: { status: 204 },
    answer: () => ({ status: 204, body: '' }),
  },
  {
    name: '304 to a question without conditions',
    code: 'crlDownloadFailed',
    evidence: { status: 304 },
    answer: () => ({ status: 304, body: '' }),
  },
  {
    name: 'a redirect',
    code: 'crlRedirected',
    evidence: { status: 302, location: 'http://other.example/a.crl' },
    answer: () => ({ status: 302, headers: { location: 'http://other.example/a.crl' }, body: '' }),
  },
  {
    name: 'CRL-13: a web page',
    code: 'crlNotACrl',
    evidence: { contentType: 'text/html', looksLike: 'a web page' },
    answer: () => ({
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!DOCTYPE html><h1>Sign in</h1>',
    }),
  },
  {
    name: 'an empty file',
    code: 'crlNotACrl',
    evidence: { contentType: '', looksLike: 'an empty file' },
    answer: () => ({ body: '' }),
  },
  {
    name: 'CRL-13: PEM',
    code: 'crlIsPem',
    evidence: { label: 'X509 CRL' },
    answer: (crl) => ({
      body: `-----BEGIN X509 CRL-----\n${Buffer.from(crl).toString('base64')}\n-----END X509 CRL-----\n`,
    }),
  },
  {
    name: 'a file cut off where it was made',
    code: 'crlTruncated',
    answer: (crl) => ({ body: crl.subarray(0, 100) }),
  },
  {
    name: 'something after the end',
    code: 'crlMalformed',
    answer: (crl) => ({ body: Buffer.concat([crl, Buffer.from([0])]) }),
  },
  { name: 'a certificate', code: 'crlNotACrl', answer: () => ({ body: ca.der }) },
  { name: 'PEM', code: 'crlIsPem', answer: (crl) => ({ body: Buffer.from(pem('X509 CRL', crl)) }) },
  {
    name: 'an encoding that was not requested',
    code: 'crlEncodingRefused',
    evidence: { encoding: 'br', problem: 'this encoding is not accepted' },
    answer: (crl) => ({ headers: { 'content-encoding': 'br' }, body: crl }),
  },
  {
    name: 'malformed gzip',
    code: 'crlEncodingRefused',
    answer: (crl) => ({ headers: { 'content-encoding': 'gzip' }, body: crl }),
  },
  {
    name: 'a gzip bomb',
    code: 'crlTooLarge',
    answer: () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(new Uint8Array(3_000_000)) }),
  },
];
for (const { name, code, evidence, answer } of refusals)
  test(`${name} is ${code}`, async () => {
    const cache = open({
      policy: { interactive: { bytes: 1_000_000, seconds: 60 }, background: { bytes: 1_000_000, seconds: 60 } },
    });
    server.answer = (_, response) => {
      const { status = 200, headers = {}, body } = answer(ca.crl(week));
      response.writeHead(status, headers).end(body);
    };
    const download = await fetchBase(cache, '/a.crl');
    assert.ok(download.kind === 'failed');
    assert.equal(download.because.code, code);
    if (evidence) assert.deepEqual(download.because.evidence, { url: server.url('/a.crl'), ...evidence });
  });

test('PEM, and DER with a line end, are read from an address where the policy says so', async () => {
  const cache = open({ policy: { forms: 'any' } });
  server.serve(Buffer.from(pem('X509 CRL', ca.crl(week))));
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'fetched');
  server.serve(Buffer.concat([ca.crl(week), Buffer.from('\r\n')]));
  assert.equal(codeOf(await fetchBase(cache, '/b.crl')), 'fetched');
});

test('gzip that holds a CRL is taken, as long as it stays within the limit', async () => {
  const cache = open();
  const packed = gzipSync(ca.crl(week));
  server.serve(packed, { 'content-encoding': 'gzip' });
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'fetched');
});

test('a connection that breaks in the middle is a truncated file', async () => {
  const cache = open();
  const crl = ca.crl(week);
  server.answer = (_, response) => {
    response.writeHead(200, { 'content-length': crl.length });
    response.write(crl.subarray(0, 50), () => response.destroy());
  };
  const download = await fetchBase(cache, '/a.crl');
  assert.deepEqual(download.kind === 'failed' && download.because, {
    code: 'crlTruncated',
    evidence: { url: server.url('/a.crl'), received: 50, expected: crl.length },
  });
});

test('a server that drips is given up at the deadline, not at the last octet', async () => {
  const cache = open({
    policy: { interactive: { bytes: 1_000_000, seconds: 0.2 }, background: { bytes: 1_000_000, seconds: 0.2 } },
  });
  server.answer = (_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('0'), 10);
    response.on('close', () => clearInterval(drip));
  };
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'crlDownloadSlow');
});

test('an address without a server is crlUnreachable', async () => {
  const cache = open();
  const removal = await TestServer.start();
  const url = removal.url('/a.crl');
  await removal.stop();
  const [answer] = await cache.fetch([{ ...request('/a.crl'), baseUrl: url }], now);
  assert.deepEqual(answer?.base.kind === 'failed' && answer.base.because, {
    code: 'crlUnreachable',
    evidence: { url, problem: 'ECONNREFUSED' },
  });
});

const addresses = [
  { url: 'gopher://dc.woodgrove.com/1list', problem: 'it is neither http nor https' },
  { url: 'file:///etc/passwd', problem: 'it is neither http nor https' },
  {
    url: 'http://ana:secret@127.0.0.1/a.crl',
    problem: 'it contains a user name or password',
    label: 'http://127.0.0.1/a.crl',
  },
  { url: 'http://169.254.169.254/latest', problem: '169.254.169.254 is a link-local address' },
  { url: 'http://[::ffff:169.254.169.254]/latest', problem: '::ffff:a9fe:a9fe is a link-local address' },
  { url: 'not a url', problem: 'it is not a URL' },
];
for (const { url, problem, label = url } of addresses)
  test(`${url} is never fetched: ${problem}`, async () => {
    const [answer] = await open().fetch([{ ...request('/'), baseUrl: url }], now);
    assert.deepEqual(answer?.base.kind === 'failed' && answer.base.because, {
      code: 'crlAddressRefused',
      evidence: { url: label, problem },
    });
  });

test('told to refuse private addresses, the cache does, by number and by name', async () => {
  const cache = open({ policy: { privateAddresses: 'refuse' } });
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'crlAddressRefused');
  const byName = { ...request('/a.crl'), baseUrl: server.url('/a.crl').replace('127.0.0.1', 'localhost') };
  const [answer] = await cache.fetch([byName], now);
  assert.equal(answer && codeOf(answer.base), 'crlAddressRefused');
  assert.equal(server.requests.length, 0);
});

test('told to follow redirects on the same host, the cache does, and no further', async () => {
  const cache = open({ policy: { redirects: 'sameHost' } });
  const crl = ca.crl(week);
  server.answer = ({ url }, response) => {
    if (url === '/new.crl') response.writeHead(200).end(crl);
    else
      response
        .writeHead(301, {
          location:
            url === '/away.crl' ? 'http://localhost:1/new.crl' : url === '/round.crl' ? '/round.crl' : '/new.crl',
        })
        .end();
  };
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'fetched');
  assert.equal(codeOf(await fetchBase(cache, '/away.crl')), 'crlRedirected');
  assert.equal(codeOf(await fetchBase(cache, '/round.crl')), 'crlRedirected');
});

test('a policy of content types turns others away', async () => {
  const cache = open({ policy: { contentTypes: ['application/pkix-crl'] } });
  server.serve(ca.crl(week), { 'content-type': 'application/octet-stream' });
  assert.equal(codeOf(await fetchBase(cache, '/a.crl')), 'crlContentTypeRefused');
});

test('CRL-14: a CRL of another CA is not kept, and does not push out a good one', async () => {
  const cache = open();
  server.serve(ca.crl({ ...week, number: 3n }));
  await fetchBase(cache, '/a.crl');
  const second = testCa('Woodgrove Issuing');
  server.serve(second.crl({ ...week, number: 99n }));
  const [answer] = await cache.refresh([request('/a.crl')]);
  assert.deepEqual(answer?.base.kind === 'failed' && answer.base.because, {
    code: 'crlSignerMismatch',
    evidence: {
      url: server.url('/a.crl'),
      issuer: 'CN=Woodgrove Issuing',
      authority: 'CN=Woodgrove Issuing',
      authorityKeyIdentifier: Buffer.from(second.subjectKeyIdentifier).toString('hex').toUpperCase(),
      subjectKeyIdentifier: Buffer.from(ca.subjectKeyIdentifier).toString('hex').toUpperCase(),
    },
  });
  server.serve(ca.crl({ ...week, number: 100n, brokenSignature: true }));
  const [broken] = await cache.refresh([request('/a.crl')]);
  assert.equal(broken && codeOf(broken.base), 'crlSignatureWrong');
  assert.equal(cache.state()[0]?.number, '3');
});

test('two authorities with one address do not disturb each other', async () => {
  const cache = open();
  const second = testCa('Fabrikam');
  server.serve(ca.crl(week));
  const [mine, theirs] = await cache.fetch([request('/a.crl'), request('/a.crl', undefined, second)], now);
  assert.deepEqual([mine && codeOf(mine.base), theirs && codeOf(theirs.base)], ['fetched', 'crlSignerMismatch']);
});

test('an imported CRL serves like a downloaded one', async () => {
  const cache = open();
  server.answer = (_, response) => response.writeHead(404).end();
  const imports = await importCrl(cache, request('/a.crl', '/d.crl'), ca.crl(week));
  assert.equal(imports.outcome, 'passed');
  await importCrl(cache, request('/a.crl', '/d.crl'), ca.deltaCrl(week));
  const [answer] = await cache.fetch([request('/a.crl', '/d.crl')], now);
  assert.deepEqual([answer && numberOf(answer.base), answer?.delta && numberOf(answer.delta)], [1n, 2n]);
  assert.deepEqual(
    cache.state().map(({ source, entries }) => ({ source, entries })),
    [
      { source: 'import', entries: 0 },
      { source: 'import', entries: 0 },
    ],
  );
  assert.equal((await cache.prepareImport(request('/a.crl'), ca.crl({ ...week, number: 7n }))).outcome, 'passed');
  const [unchanged] = await cache.fetch([request('/a.crl')], now);
  assert.equal(unchanged && numberOf(unchanged.base), 1n, 'one that is only prepared is not in use');
  const foreign = await importCrl(cache, request('/a.crl'), testCa('Fabrikam').crl(week));
  assert.equal(foreign.because.code, 'crlSignerMismatch');
});

test('an import that is given back leaves what was there, its number too', async () => {
  const cache = open();
  await importCrl(cache, request('/a.crl'), ca.crl({ ...week, number: 1n }));
  const [first, second] = [9n, 5n].map((number) => cache.prepareImport(request('/a.crl'), ca.crl({ ...week, number })));
  const [nine, five] = [await first!, await second!];
  assert.ok(nine.outcome === 'passed' && five.outcome === 'passed');
  const giveBack = nine.value.take();
  assert.throws(() => five.value.take(), /CRL 9 was seen before/);
  giveBack();
  five.value.take();
  const [answer] = await cache.fetch([request('/a.crl')], now);
  assert.equal(answer && numberOf(answer.base), 5n);
});

describe('CRL-14: a CRL belongs to a key, not to a name', () => {
  const oldKey = testCa('Woodgrove Issuing');
  const requestOf = (authority: Authority, path: string, ...further: string[]): CrlRequest => ({
    ...request(path, undefined, authority),
    furtherUrls: further.map((item) => server.url(item)),
  });
  const baseOf = async (cache: CrlCache, crlRequest: CrlRequest, at = now) =>
    (await cache.fetch([crlRequest], at))[0]!.base;

  test('an import is refused for the CA of the same name with another key', async () => {
    const cache = open();
    const imports = await importCrl(cache, request('/a.crl'), oldKey.crl(week));
    assert.equal(imports.because.code, 'crlSignerMismatch');
    assert.equal(cache.state()[0]?.number, undefined);
  });

  test('a delta is not filed at the base address of a CA without a delta address', async () => {
    const imports = await importCrl(open(), request('/a.crl'), ca.deltaCrl(week));
    assert.equal(imports.because.code, 'crlIncomplete');
  });

  test('the CRL of another key, stored by an earlier version, is forgotten together with its number', async () => {
    const bytes = new Rows();
    server.serve(ca.crl({ ...week, number: 3n }));
    await fetchBase(open({ bytes }), '/a.crl');
    for (const [key, row] of bytes.rows)
      bytes.rows.set(key, { ...row, der: oldKey.crl({ ...week, number: 99n }), highestNumber: '99' });
    assert.equal(numberOf(await fetchBase(open({ bytes }), '/a.crl')), 3n);
    assert.deepEqual(
      [...bytes.rows.values()].map(({ highestNumber }) => highestNumber),
      ['3'],
    );
  });

  test('two certificates of one key that name it differently are both its signers', async () => {
    const cache = open();
    server.serve(ca.crl(week));
    const again = { ...signerOf(ca), subjectKeyIdentifier: new Uint8Array(20).fill(7) };
    for (const signers of [
      [again, signerOf(ca)],
      [signerOf(ca), again],
    ]) {
      const [answer] = await cache.fetch([{ ...request(`/${signers.indexOf(again)}.crl`), signers }], now);
      assert.equal(answer && codeOf(answer.base), 'fetched');
    }
  });

  test('CRL-15: a further address that lags behind does not bring back what the first one revoked, also after a restart', async () => {
    const bytes = new Rows();
    const crls = new Map([
      ['/a.crl', ca.crl({ ...week, nextUpdate: tuesday, number: 5n })],
      ['/b.crl', ca.crl({ ...week, number: 4n })],
    ]);
    let isDown = false;
    server.answer = ({ url = '' }, response) =>
      isDown && url === '/a.crl' ? response.writeHead(503).end() : response.writeHead(200).end(crls.get(url));
    const request = requestOf(ca, '/a.crl', '/b.crl');
    const cache = open({ bytes });
    assert.equal(numberOf(await baseOf(cache, request)), 5n);
    isDown = true;
    assert.equal(numberOf(await baseOf(cache, request, wednesday)), 5n, 'CRL 5 is past its end, and CRL 4 is older');
    assert.equal(numberOf(await baseOf(open({ bytes }), request, wednesday)), 5n);
  });

  test('CRL-15: the first address, back with an older CRL, does not hide what a further one brought', async () => {
    const bytes = new Rows();
    const crls = new Map([['/b.crl', ca.crl({ ...week, number: 9n })]]);
    server.answer = ({ url = '' }, response) => {
      const crl = crls.get(url);
      response.writeHead(crl ? 200 : 503).end(crl);
    };
    const request = requestOf(ca, '/a.crl', '/b.crl');
    const cache = open({ bytes });
    assert.equal(numberOf(await baseOf(cache, request)), 9n);
    crls.set('/a.crl', ca.crl({ ...week, number: 8n }));
    assert.equal(numberOf(await baseOf(cache, request)), 9n);
    assert.equal(numberOf(await baseOf(open({ bytes }), request)), 9n);
  });

  test('the numbers of another key, and of another scope, are other numbers', async () => {
    const cache = open();
    const scope = { onlyContainsUserCerts: true };
    const crls = new Map([
      ['/a.crl', ca.crl({ ...week, number: 9n })],
      ['/b.crl', oldKey.crl({ ...week, number: 2n })],
      ['/c.crl', ca.crl({ ...week, number: 3n, issuingDistributionPoint: scope })],
    ]);
    server.answer = ({ url = '' }, response) => response.writeHead(200).end(crls.get(url));
    assert.equal(numberOf(await baseOf(cache, requestOf(ca, '/a.crl'))), 9n);
    assert.equal(numberOf(await baseOf(cache, requestOf(oldKey, '/b.crl'))), 2n);
    assert.equal(numberOf(await baseOf(cache, requestOf(ca, '/c.crl'))), 3n);
  });

  test('an import that is older than the CRL another address of the key brought says so', async () => {
    const cache = open();
    server.serve(ca.crl({ ...week, number: 9n }));
    await fetchBase(cache, '/a.crl');
    const imports = await importCrl(cache, request('/b.crl'), ca.crl({ ...week, number: 8n }));
    assert.equal(imports.because.code, 'crlNumberWentBack');
  });
});

/** Imports a CRL. */
async function importCrl(cache: CrlCache, request: CrlRequest, bytes: Uint8Array) {
  const ruling = await cache.prepareImport(request, bytes);
  if (ruling.outcome === 'passed') {
    ruling.value.take();
    await ruling.value.save();
  }
  return ruling;
}

/** The port as a table of rows would keep it. */
class Rows implements CrlBytes {
  readonly rows = new Map<string, StoredCrl>();
  readonly leases = undefined;
  readonly mark = undefined;
  async head(url: string): Promise<StoredCrlHead | undefined> {
    const { der, ...facts } = this.rows.get(url) ?? {};
    return der && ({ ...facts, size: der.length } as StoredCrlHead);
  }
  async confirm(facts: StoredCrlFacts): Promise<boolean> {
    const row = this.rows.get(facts.url);
    if (row?.highestNumber === facts.highestNumber) this.rows.set(facts.url, { ...row!, ...facts });
    return row?.highestNumber === facts.highestNumber;
  }
  async keys(): Promise<readonly string[]> {
    return [...this.rows.keys()];
  }
  async forget(url: string): Promise<void> {
    this.rows.delete(url);
  }
  async read(url: string): Promise<StoredCrl | undefined> {
    return this.rows.get(url);
  }
  async write(crl: StoredCrl): Promise<void> {
    this.rows.set(crl.url, structuredClone(crl));
  }
}

test('a restart neither downloads a small CRL again nor forgets its number', async () => {
  const bytes = new Rows();
  server.serve(ca.crl({ ...week, number: 9n }), { etag: '"nine"' });
  await fetchBase(open({ bytes }), '/a.crl');
  const again = open({ bytes });
  assert.equal(numberOf(await fetchBase(again, '/a.crl')), 9n);
  assert.equal(server.requests.length, 1);
  server.serve(ca.crl({ ...week, number: 8n }));
  const [answer] = await again.refresh([request('/a.crl')]);
  assert.equal(answer && codeOf(answer.base), 'crlNumberWentBack');
  assert.equal(server.requests[1]?.headers['if-none-match'], '"nine"');
});

/** Serves a CRL of 20,000 entries, number 9. @returns their serial numbers, of sixteen octets each */
function serveLargeCrl(): Uint8Array {
  const serials = randomBytes(16 * 20_000).map((octet, i) => (i % 16 === 0 ? (octet & 0x3f) | 1 : octet));
  const entries = manyEntries({ count: 20_000, revocationDate: monday, reason: 'keyCompromise', serials });
  server.serve(ca.crl({ ...week, number: 9n, entries }));
  return serials;
}

test('a restart takes a large CRL with its index from a file, and a damaged file counts as none', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cardea-crls-'));
  t.after(() => rm(folder, { recursive: true }));
  const bytes = new Rows();
  const serials = serveLargeCrl();
  await fetchBase(open({ bytes, images: { folder } }), '/a.crl');
  const [file = ''] = await readdir(folder);
  assert.equal([...bytes.rows.values()][0]?.der.length, 0);

  const again = open({ bytes, images: { folder } });
  const back = await fetchBase(again, '/a.crl');
  assert.ok(back.kind === 'fetched');
  assert.equal(back.crl.entryCount, 20_000);
  assert.equal(back.crl.entries.entriesWith(serials.subarray(16 * 777, 16 * 778)).length, 1);
  assert.equal(server.requests.length, 1);
  assert.equal(again.state()[0]?.source, 'restart');

  await writeFile(join(folder, file), Buffer.from('damaged'));
  assert.equal(numberOf(await fetchBase(open({ bytes, images: { folder } }), '/a.crl')), 9n);
  assert.equal(server.requests.length, 2);
});

test('the file of a CRL that is no longer kept is removed, and who has it open reads on', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cardea-crls-'));
  t.after(() => rm(folder, { recursive: true }));
  const bytes = new Rows();
  const serials = serveLargeCrl();
  const cache = open({ bytes, images: { folder } });
  const { crl } = (await fetchBase(cache, '/a.crl')) as Extract<CrlFetched, { kind: 'fetched' }>;
  const [image = ''] = await readdir(folder);
  const another = 'f'.repeat(64);
  const files = {
    [image]: undefined,
    [`${another}.crl`]: 'CARDEA-CRL-2\n',
    [`${'e'.repeat(64)}.crl.${crypto.randomUUID()}`]: '', // a draft has no head yet
    [`${'d'.repeat(64)}.crl`]: 'CARDEA-CRL-99\n of a later version',
    'notes.txt': 'of another program',
  };
  const age = (name: string, at: Date) => utimes(join(folder, name), at, at);
  for (const [name, text] of Object.entries(files)) {
    if (text !== undefined) await writeFile(join(folder, name), text);
    await age(name, new Date(now.getTime() - 2 * 3_600_000));
  }
  await writeFile(join(folder, `${'c'.repeat(64)}.crl`), ''); // is being written
  await age(`${'c'.repeat(64)}.crl`, now);
  const stay = [`${'c'.repeat(64)}.crl`, `${'d'.repeat(64)}.crl`, 'notes.txt'];

  await cache.removeUnusedFiles();
  assert.deepEqual((await readdir(folder)).sort(), [...stay, image].sort());
  bytes.rows.clear();
  await cache.removeUnusedFiles();
  assert.deepEqual((await readdir(folder)).sort(), stay.sort());
  assert.equal(crl.entries.entriesWith(serials.subarray(16 * 777, 16 * 778)).length, 1);
});

test('CRL-15: a kept CRL that is behind the number once seen is not used', async () => {
  const bytes = new Rows();
  server.serve(ca.crl({ ...week, number: 9n }));
  await fetchBase(open({ bytes }), '/a.crl');
  for (const [key, row] of bytes.rows) bytes.rows.set(key, { ...row, highestNumber: '10' });
  server.serve(ca.crl({ ...week, number: 10n }));
  assert.equal(numberOf(await fetchBase(open({ bytes }), '/a.crl')), 10n);
  assert.equal(server.requests.length, 2);
});

test('what is kept can be looked at without downloading anything', async () => {
  const bytes = new Rows();
  server.serve(ca.crl({ ...week, number: 9n }));
  await fetchBase(open({ bytes }), '/a.crl');
  const [base, delta] = await open({ bytes }).stateOf([request('/a.crl', '/d.crl')]);
  assert.deepEqual(
    [base?.number, base?.source, base?.nextUpdate, delta?.source],
    ['9', 'restart', week.nextUpdate, 'none'],
  );
  assert.equal(server.requests.length, 1);
});

test('CRL-6: the cache checks by itself whether a CRL is due, and drops a CRL that is no longer used', async () => {
  const cache = open({ timing: { retry: 0, prefetch: 0.02 } });
  server.serve(ca.crl({ ...week, number: 1n, nextPublish: tuesday }));
  await fetchBase(cache, '/a.crl');
  server.serve(ca.crl({ ...week, number: 2n }));
  now = tuesday;
  await until('the cache', () => cache.state()[0]?.number === '2');
  now = new Date('2026-12-24T09:00:00Z');
  await until('the cache', () => cache.state().length === 0);
});

test('CRL-7: the cache renews an expired CRL by itself, and knows why it cannot', async () => {
  const cache = open({ timing: { retry: 0, prefetch: 0.02 } });
  server.serve(ca.crl({ ...week, nextUpdate: tuesday, number: 1n }));
  await fetchBase(cache, '/a.crl');
  server.answer = (_, response) => response.writeHead(503).end();
  now = tuesday;
  await until('a download that fails', () => cache.state()[0]?.lastError !== undefined);
  server.serve(ca.crl({ ...week, number: 2n }));
  await until('the next CRL', () => cache.state()[0]?.number === '2');
  assert.equal(cache.state()[0]?.lastError, undefined);
});

test('a store that fails is a fault of ours, not of the CRL', async () => {
  const faults: unknown[] = [];
  const fails = () => Promise.reject(new Error('no disk'));
  const bytes = {
    keys: fails,
    head: fails,
    read: fails,
    write: fails,
    confirm: fails,
    forget: fails,
    leases: undefined,
    mark: undefined,
  };
  server.serve(ca.crl(week));
  assert.equal(codeOf(await fetchBase(open({ bytes, onFault: (fault) => faults.push(fault) }), '/a.crl')), 'fetched');
  assert.equal(faults.length, 2);
});

/** Large enough for a thread. */
const many = (count = 20_000, reason: 'keyCompromise' | undefined = 'keyCompromise') =>
  manyEntries({
    count,
    revocationDate: monday,
    serials: randomBytes(16 * count).map((octet, i) => (i % 16 === 0 ? (octet & 0x3f) | 1 : octet)),
    ...(reason ? { reason } : {}),
  });
const broken = many();
broken[broken.length - 2] = 0xff; // the length inside the last reason
const large = [
  { name: 'is read on a thread', crl: () => ca.crl({ ...week, entries: many() }), code: 'fetched' },
  { name: 'with a damaged entry is malformed', crl: () => ca.crl({ ...week, entries: broken }), code: 'crlMalformed' },
  {
    name: 'with a broken signature is not filed',
    crl: () => ca.crl({ ...week, entries: many(), brokenSignature: true }),
    code: 'crlSignatureWrong',
  },
  {
    name: 'that is a web page is a web page',
    crl: () => Buffer.from(`<html>${'x'.repeat(600_000)}`),
    code: 'crlNotACrl',
  },
];
for (const { name, crl, code } of large)
  test(`a large CRL ${name}`, async () => {
    const cache = open();
    server.serve(crl());
    assert.equal(codeOf(await fetchBase(cache, '/a.crl')), code);
  });

test('a large CRL without its length announced arrives whole', async () => {
  const cache = open();
  const crl = ca.crl({ ...week, entries: many(60_000) });
  server.answer = (_, response) => {
    response.writeHead(200);
    for (let at = 0; at < crl.length; at += 100_000) response.write(crl.subarray(at, at + 100_000));
    response.end();
  };
  const download = await fetchBase(cache, '/a.crl');
  assert.ok(download.kind === 'fetched');
  assert.deepEqual(Buffer.compare(download.crl.entries.bytes(0, crl.length + 1), crl), 0);
});

test('closing ends a download under way', async () => {
  const cache = open();
  server.answer = () => undefined;
  const waiting = fetchBase(cache, '/a.crl');
  await until('the cache', () => server.requests.length === 1);
  await cache.close();
  assert.equal(codeOf(await waiting), 'crlUnreachable');
});

const serialsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ serial: BigInt(first + i), revocationDate: monday }));

test('a cached CRL can be had without a request, and a missing or expired one says so', async () => {
  const cache = open();
  const existing = async (at = now, signers = [ca]) =>
    (await cache.cached([{ ...request('/a.crl'), signers: signers.map(signerOf) }], at))[0]!.base;
  assert.deepEqual(await existing(), {
    kind: 'failed',
    url: server.url('/a.crl'),
    because: { code: 'crlNotKept', evidence: { url: server.url('/a.crl') } },
  });
  assert.deepEqual(cache.state(), [], 'a question leaves no address behind');
  server.serve(ca.crl({ ...week, nextUpdate: tuesday, number: 7n }));
  await fetchBase(cache, '/a.crl');
  assert.equal(numberOf(await existing()), 7n);
  const stale = await existing(wednesday);
  assert.equal(stale.kind === 'fetched' && stale.notRenewed?.code, 'crlNotKept');
  assert.equal(codeOf(await existing(now, [testCa('Woodgrove Issuing')])), 'crlNotKept', 'another authority’s CRL');
  assert.equal(server.requests.length, 1);
});
