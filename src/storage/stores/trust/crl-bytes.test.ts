import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { describeOnEachDatabase } from '#test/contract/each-database.ts';
import type { Storage } from '../../storage.ts';

const minute = 60_000;

describeOnEachDatabase('stored CRLs', ({ clock, storage: currentStorage }) => {
  let storage: Storage;
  beforeEach(async () => {
    storage = currentStorage();
  });

  test('a CRL of several chunks comes back byte for byte, and a newer one replaces it whole', async () => {
    const url = `http://crl.test/${crypto.randomUUID()}`;
    const der = new Uint8Array(2_500_000).map((_, index) => index * 31);
    const row = { url, der, fetchedAt: clock.at, etag: '"1"', lastModified: undefined, highestNumber: '7' };
    await storage.crlBytes.write(row);
    assert.deepEqual(await storage.crlBytes.read(url), row);
    await storage.crlBytes.write({ ...row, der: der.subarray(0, 10), highestNumber: '8' });
    assert.deepEqual(await storage.crlBytes.read(url), { ...row, der: der.slice(0, 10), highestNumber: '8' });
    assert.equal(await storage.crlBytes.read('http://nowhere.test'), undefined);
  });

  test('a CRL that is still the current one is confirmed without its octets; another number is not confirmed', async () => {
    const url = `http://crl.test/${crypto.randomUUID()}`;
    const facts = { url, fetchedAt: clock.at, etag: '"1"', lastModified: 'then', highestNumber: '7' };
    assert.equal(await storage.crlBytes.confirm(facts), false, 'there is none yet');
    assert.equal(await storage.crlBytes.head(url), undefined);
    await storage.crlBytes.write({ ...facts, der: new Uint8Array(1_000_000).fill(7) });
    const later = { ...facts, fetchedAt: new Date(clock.at.getTime() + minute), etag: undefined };
    assert.equal(await storage.crlBytes.confirm(later), true);
    assert.deepEqual(await storage.crlBytes.head(url), { ...later, size: 1_000_000 });
    assert.equal((await storage.crlBytes.read(url))?.der[999_999], 7);
    assert.equal(await storage.crlBytes.confirm({ ...facts, highestNumber: '8' }), false);
    assert.deepEqual(await storage.crlBytes.head(url), { ...later, size: 1_000_000 });
  });

  test('a CRL that is forgotten is gone with its number, and a lower one may follow', async () => {
    const url = `http://crl.test/${crypto.randomUUID()}`;
    const facts = { url, fetchedAt: clock.at, etag: undefined, lastModified: undefined, highestNumber: '99' };
    await storage.crlBytes.forget(url);
    await storage.crlBytes.write({ ...facts, der: new Uint8Array(1_000_000).fill(1) });
    await storage.crlBytes.forget(url);
    assert.equal(await storage.crlBytes.head(url), undefined);
    const lower = { ...facts, highestNumber: '3', der: new Uint8Array(10).fill(2) };
    await storage.crlBytes.write(lower);
    assert.deepEqual(await storage.crlBytes.read(url), lower);
  });

  test('a CRL gives way to one of the same or a higher number and to no other (CRL-15)', async () => {
    const url = `http://crl.test/${crypto.randomUUID()}`;
    const crl = (highestNumber: string | undefined, byte: number) => ({
      url,
      der: new Uint8Array(2_000_000).fill(byte),
      fetchedAt: clock.at,
      etag: undefined,
      lastModified: undefined,
      highestNumber,
    });
    const steps: [string | undefined, string | undefined][] = [
      [undefined, undefined],
      ['9', '9'],
      ['10', '10'],
      ['9', '10'],
      [undefined, '10'],
      ['10', '10'],
      ['18446744073709551616', '18446744073709551616'],
      ['18446744073709551615', '18446744073709551616'],
    ];
    for (const [index, [crlNumber, highestNumber]] of steps.entries()) {
      await storage.crlBytes.write(crl(crlNumber, index));
      const read = await storage.crlBytes.read(url);
      assert.equal(read?.highestNumber, highestNumber, `after ${crlNumber}`);
      assert.equal(read?.der[0] === index, crlNumber === highestNumber, `after ${crlNumber}`);
    }
  });

  test('of CRLs written together the highest stays, whole; no reader gets half of one', async () => {
    const url = `http://crl.test/${crypto.randomUUID()}`;
    const crl = (number: number) => ({
      url,
      der: new Uint8Array(1_700_000).fill(number),
      fetchedAt: clock.at,
      etag: undefined,
      lastModified: undefined,
      highestNumber: String(number),
    });
    await storage.crlBytes.write(crl(1));
    const reading = async () => {
      for (let n = 0; n < 10; n++) {
        const read = await storage.crlBytes.read(url);
        assert.ok(read, 'there always is one');
        assert.ok(read.der.every((byte) => byte === Number(read.highestNumber)));
      }
    };
    await Promise.all([reading(), ...[7, 3, 9, 2, 8].map((number) => storage.crlBytes.write(crl(number)))]);
    const { der, ...facts } = (await storage.crlBytes.read(url))!;
    const { der: expect, ...expectedFacts } = crl(9);
    assert.deepEqual(facts, expectedFacts);
    assert.ok(Buffer.from(der).equals(expect));
  });
});
