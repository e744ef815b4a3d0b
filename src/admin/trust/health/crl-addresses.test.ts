import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crlAddressWarnings } from './crl-addresses.ts';

const [usual, unusual] = ['http://crl.woodgrove.test/root.crl', 'http://crl/root'];

test('each address of an unusual form has a warning with its property (TS-9)', () => {
  const targets = (certificateRevocationListUrl?: string, deltaCertificateRevocationListUrl?: string) =>
    crlAddressWarnings({ certificateRevocationListUrl, deltaCertificateRevocationListUrl }).map(({ code, target }) => [
      code,
      target,
    ]);
  assert.deepEqual([targets(), targets(usual, usual)], [[], []]);
  assert.deepEqual(targets(unusual, usual), [['crlAddressUnusual', 'certificateRevocationListUrl']]);
  assert.deepEqual(targets(usual, unusual), [['crlAddressUnusual', 'deltaCertificateRevocationListUrl']]);
  assert.equal(targets(unusual, unusual).length, 2);
});
