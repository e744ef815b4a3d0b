import assert from 'node:assert/strict';
import { createPublicKey, randomBytes } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { CrlFetched, CrlRequest } from '#core/crl/answer.ts';
import { type CrlCache, openCrlCache } from '#crls/cache/cache.ts';
import { keyOf } from '#crls/cache/cached.ts';
import type { CrlCacheOptions } from '#crls/cache/options.ts';
import { manyEntries } from '#pki/build/crl-builder.ts';
import type { CrlLeases } from '#ports/revocation.ts';
import type { Place } from '#storage/database/open.ts';
import type { Storage } from '#storage/storage.ts';
import { TestServer } from '../../crls/test-server.ts';
import { testCa } from '../../pki/test-ca.ts';
import { until } from '../../until.ts';
import { databasesUnderTest, emptyFolder, openAt, TestClock } from '../databases.ts';

const [sqlite, postgres] = databasesUnderTest();
const day = 24 * 3600_000;

describe('servers that share a PostgreSQL database', { skip: postgres!.missing ?? false }, () => {
  const clock = new TestClock();
  const ca = testCa('Woodgrove Issuing');
  const caches: CrlCache[] = [];
  const storages: Storage[] = [];
  let place: Place;
  let crlServer: TestServer;
  let address = 0;

  before(async () => {
    place = await postgres!.place();
    crlServer = await TestServer.start();
    for (let n = 0; n < 2; n++) storages.push(await openAt(place, clock));
  });
  beforeEach(() => {
    address++;
    crlServer.requests.length = 0;
  });
  afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())));
  after(async () => {
    await crlServer.stop();
    for (const storage of storages) await storage.close();
    postgres!.end();
    sqlite!.end();
  });

  const limits = { bytes: 20_000_000, seconds: 60 };
  const patient = { interactive: limits, background: limits };
  /** A server of its own: its connections, its memory, its folder. */
  function open(n: number, options: Partial<CrlCacheOptions> = {}): CrlCache {
    const cache = openCrlCache({
      clock,
      bytes: storages[n % storages.length]!.crlBytes,
      images: { folder: emptyFolder() },
      onFault: (fault) => assert.fail(String(fault)),
      policy: patient,
      ...options,
      timing: { retry: 0, retryPrefetch: 0, prefetch: 0, validation: 60, ...options.timing },
    });
    caches.push(cache);
    return cache;
  }
  const leases = (): CrlLeases => storages[0]!.crlBytes.leases!;
  const request = (): CrlRequest => ({
    authorityId: 'a',
    baseUrl: crlServer.url(`/${address}.crl`),
    deltaUrl: undefined,
    signers: [
      {
        subject: ca.subject,
        subjectKeyIdentifier: ca.subjectKeyIdentifier,
        subjectPublicKeyInfo: new Uint8Array(createPublicKey(ca.privateKey).export({ format: 'der', type: 'spki' })),
      },
    ],
  });
  const list = (number: bigint, more: Partial<Parameters<typeof ca.crl>[0]> = {}) =>
    ca.crl({ number, thisUpdate: clock.at, nextUpdate: new Date(clock.at.getTime() + 7 * day), ...more });
  const large = (number: bigint) =>
    list(number, {
      entries: manyEntries({
        count: 40_000,
        revocationDate: clock.at,
        serials: randomBytes(16 * 40_000).map((octet, i) => (i % 16 === 0 ? (octet & 0x3f) | 0x40 : octet)),
      }),
    });
  const ask = async (cache: CrlCache): Promise<string> => body((await cache.fetch([request()], clock.at))[0]!.base);
  const body = (crlFetched: CrlFetched): string =>
    crlFetched.kind === 'failed'
      ? crlFetched.because.code
      : `${crlFetched.crl.number}${crlFetched.notRenewed ? ` ${crlFetched.notRenewed.code}` : ''}`;
  /** Answers after a moment, so that all requests have arrived by then. */
  const slowly = (bytes: Uint8Array) => {
    crlServer.answer = (_, response) => void pause(300).then(() => response.end(bytes));
  };
  /** The name under which the one CRL of a cache is kept. */
  const key = (): string => keyOf(request().baseUrl, request().signers);

  for (const { name, bytes } of [
    { name: 'a small list', bytes: list(3n) },
    { name: 'a large CRL', bytes: large(3n) },
  ])
    test(`download ${name} once when all are asked at the same moment, and all have it (CRL-8)`, async () => {
      slowly(bytes);
      const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => ask(open(n))));
      assert.deepEqual(answers, Array(6).fill('3'));
      assert.equal(crlServer.requests.length, 1);
    });

  test('a server that comes later finds a large CRL in the database, and after its restart in its folder', async () => {
    const bytes = large(4n);
    crlServer.serve(bytes);
    await ask(open(0));
    const folder = emptyFolder();
    const later = open(1, { images: { folder } });
    assert.equal(await ask(later), '4');
    await later.close();
    const [answer] = await open(1, { images: { folder } }).fetch([request()], clock.at);
    assert.ok(answer?.base.kind === 'fetched');
    assert.equal(Buffer.compare(answer.base.crl.entries.bytes(0, answer.base.crl.size), bytes), 0);
    assert.equal(crlServer.requests.length, 1);
  });

  test('a folder that was left behind does not bring an old CRL back (CRL-15)', async () => {
    const folder = emptyFolder();
    crlServer.serve(large(5n));
    const old = open(0, { images: { folder } });
    await ask(old);
    await old.close();
    crlServer.serve(large(6n));
    clock.pass(1000);
    await open(1).refresh([request()]);
    assert.equal(await ask(open(0, { images: { folder } })), '6');
    assert.equal(crlServer.requests.length, 2);
  });

  test('one that holds a CRL past its end takes the new one that another has downloaded since', async () => {
    crlServer.serve(list(1n));
    const [item, otherNode] = [open(0), open(1)];
    assert.deepEqual([await ask(item), await ask(otherNode)], ['1', '1']);
    clock.pass(8 * day);
    crlServer.serve(list(2n));
    assert.deepEqual([await ask(item), await ask(otherNode)], ['2', '2']);
    assert.equal(crlServer.requests.length, 2);
  });

  test('that a CRL is still the current one (304) is found out once, and its octets are not written again', async () => {
    crlServer.serve(list(7n, { nextPublish: new Date(clock.at.getTime() + day) }), { etag: '"7"' });
    const [item, otherNode] = [open(0), open(1)];
    await Promise.all([ask(item), ask(otherNode)]);
    clock.pass(2 * day);
    crlServer.answer = (_, response) => void pause(300).then(() => response.writeHead(304).end());
    await Promise.all([ask(item), ask(otherNode)]);
    await until('both to have the CRL', () =>
      [item, otherNode].every((cache) => cache.state()[0]?.fetchedAt?.getTime() === clock.at.getTime()),
    );
    assert.equal(crlServer.requests.length, 2);
    assert.equal((await storages[0]!.crlBytes.head(key()))?.fetchedAt.getTime(), clock.at.getTime());
  });

  test('that there is no next CRL yet is found out once for all of them in five minutes, where none waits for it (CRL-6)', async () => {
    crlServer.serve(list(8n), { etag: '"8"' });
    const [item, otherNode, third] = [0, 1, 2].map((n) => open(n, { timing: { retryPrefetch: 300 } }));
    await Promise.all([ask(item!), ask(otherNode!), ask(third!)]);
    clock.pass(7 * day - 3600_000);
    crlServer.answer = (_, response) => void response.writeHead(304).end();
    const looked = async (cache: CrlCache) => {
      assert.equal(await ask(cache), '8');
      await until('the look to end', () => cache.state()[0]?.isDownloading === false);
      return crlServer.requests.length;
    };
    assert.equal(await looked(item!), 2);
    clock.pass(299_000);
    assert.equal(await looked(otherNode!), 2);
    clock.pass(1000);
    assert.equal(await looked(third!), 3);
  });

  test('a look that another one has made delays the next look by the rest of the five minutes alone (CRL-6)', async () => {
    crlServer.serve(list(8n), { etag: '"8"' });
    const [item, otherNode] = [0, 1].map((n) => open(n, { timing: { retryPrefetch: 300 } }));
    await Promise.all([ask(item!), ask(otherNode!)]);
    clock.pass(7 * day - 3600_000);
    crlServer.answer = (_, response) => void response.writeHead(304).end();
    await ask(item!);
    await until('the look', () => crlServer.requests.length === 2 && item!.state()[0]?.isDownloading === false);
    clock.pass(299_900);
    await ask(otherNode!);
    await until('the end of the attempt', () => otherNode!.state()[0]?.isDownloading === false);
    assert.equal(crlServer.requests.length, 2);
    clock.pass(1000);
    await until('the next look', async () => {
      await ask(otherNode!);
      return crlServer.requests.length === 3;
    });
  });

  test('what one cannot download the other tries itself: it may have another way', async () => {
    crlServer.answer = (_, response) => void pause(100).then(() => response.writeHead(503).end());
    const answers = await Promise.all([ask(open(0)), ask(open(1))]);
    assert.deepEqual(answers, ['crlDownloadFailed', 'crlDownloadFailed']);
    assert.equal(crlServer.requests.length, 2);
  });

  test('“fetch now” on one of them holds on the other with its next look', async () => {
    crlServer.serve(list(1n));
    const [item, otherNode] = [open(0), open(1, { timing: { prefetch: 0.05 } })];
    await Promise.all([ask(item), ask(otherNode)]);
    crlServer.serve(list(2n));
    clock.pass(1000);
    await item.refresh([request()]);
    await until('the other to have the new CRL', () => otherNode.state()[0]?.number === '2');
    assert.equal(crlServer.requests.length, 2);
  });

  for (const [name, difference] of [
    ['clocks agree', 1000],
    ['the clock of the first is late', -60_000],
  ] as const)
    test(`a CRL imported on one of them is used by the next request of the other where ${name}`, async () => {
      crlServer.serve(list(1n));
      const [item, otherNode] = [open(0), open(1)];
      await Promise.all([ask(item), ask(otherNode)]);
      clock.pass(difference);
      const ruling = await item.prepareImport(request(), list(2n, { thisUpdate: new Date(clock.at.getTime() - day) }));
      assert.ok(ruling.outcome === 'passed');
      ruling.value.take();
      await ruling.value.save();
      clock.pass(-difference);
      const [answer] = await otherNode.cached([request()], clock.at);
      assert.equal(body(answer!.base), '2');
      assert.equal(await ask(otherNode), '2');
      assert.equal(crlServer.requests.length, 1);
    });

  test('while another downloads, a server that cannot wait longer answers 2205013, and gets the CRL later', async () => {
    await leases().take(key(), 'somebody', clock.at, new Date(clock.at.getTime() + 60_000));
    const cache = open(0, { policy: { ...patient, interactive: { ...limits, seconds: 0.3 } } });
    crlServer.serve(list(1n));
    assert.equal(await ask(cache), 'crlDownloadInProgress');
    assert.equal(crlServer.requests.length, 0);
    await leases().release(key(), 'somebody');
    await until('the CRL', () => cache.state()[0]?.number === '1');
  });

  test('the claim of a server that died ends by itself', async () => {
    await leases().take(key(), 'the late one', clock.at, new Date(clock.at.getTime() + 20_000));
    crlServer.serve(list(1n));
    const waiting = ask(open(0));
    await pause(300);
    assert.equal(crlServer.requests.length, 0);
    clock.pass(20_000);
    assert.equal(await waiting, '1');
  });
});
