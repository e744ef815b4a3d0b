import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { at, certificateOf, storeOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import type { Name } from '../name.ts';
import { validatePath } from '../path.ts';

/** A certificate of a known CA costs one signature check and little beside it. What costs is counted, because times vary. */
const root = testCa('Warm Root');
const issuing = root.issueCa('Warm Issuing');
const store = storeOf([root], [issuing]);
const nextCertificate = () =>
  certificateOf(issuing.issueUserCertificate({ upn: 'ana@warm.test', policies: ['1.2.3.4'] }));
const mustPass = (userCertificate: ReturnType<typeof nextCertificate>) =>
  assert.equal(validatePath(userCertificate, store, at).outcome, 'passed', 'the certificate is valid');

/** How often the attributes of these names are read while `run` runs. */
function readsOf(names: readonly Name[], run: () => void): number {
  const readers = names.map((name) => {
    const { rdns } = name;
    const read = mock.fn(() => rdns);
    Object.defineProperty(name, 'rdns', { get: read, configurable: true });
    return read;
  });
  run();
  return readers.reduce((sum, { mock }) => sum + mock.callCount(), 0);
}

describe('the second certificate of a CA', () => {
  mustPass(nextCertificate());

  test('no name is taken apart: octets find the issuer, and the names of CAs are remembered', () => {
    const userCertificate = nextCertificate();
    const authorities = store.authorities.map(({ certificate }) => certificate);
    const names = [userCertificate, ...authorities].flatMap(({ issuer, subject }) => [issuer, subject]);
    assert.equal(
      readsOf(names, () => mustPass(userCertificate)),
      0,
    );
  });

  test('its own key is looked at, the keys of its CAs are not looked at again', () => {
    const userCertificate = nextCertificate();
    const numbers = mock.method(globalThis, 'BigInt');
    mustPass(userCertificate);
    numbers.mock.restore();
    assert.equal(numbers.mock.callCount(), 2, 'the two coordinates of a P-256 key');
  });
});
