import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCa } from '#test/pki/test-ca.ts';
import { readCertificate } from '../x509/certificate.ts';
import { acceptUnblocked } from './blocked.ts';
import { hexOf } from './policy.ts';

const ca = testCa('Blocking CA');
const certificateOf = (der: Uint8Array) => {
  const ruling = readCertificate(der);
  assert.equal(ruling.outcome, 'passed', ruling.because.code);
  return ruling.value;
};
const issuer = certificateOf(ca.der);
const withSerial = (...octets: number[]) =>
  certificateOf(ca.issueCard({ upn: 'ana@woodgrove.com', serial: Uint8Array.from(octets) }).der);

/** A serial as an entry has it, the content octets of a certificate's serial, and whether the entry names it. */
const cases = [
  ['FF', [0x00, 0xff], true],
  ['00FF', [0x00, 0xff], true],
  ['0ff', [0x00, 0xff], true],
  ['-FF', [0xff], true],
  ['FF', [0xff], false],
  ['00FF', [0xff], false],
  ['-FF', [0x00, 0xff], false],
  ['2A', [0x2a], true],
  ['00:2a', [0x2a], true],
  ['-2A', [0x2a], false],
  ['0', [0x00], true],
] as const;

describe('a block entry by issuer key and serial number names the number, sign included (RFC 5280 §4.1.2.2)', () => {
  for (const [serialNumber, octets, isBlocked] of cases) {
    test(`the entry ${serialNumber} ${isBlocked ? 'names' : 'does not name'} the serial ${Buffer.from(octets).toString('hex')}`, () => {
      const entry = { issuerSubjectKeyIdentifier: hexOf(issuer.subjectKeyIdentifier), serialNumber };
      const link = { certificate: withSerial(...octets), issuer, isLeaf: true, authority: undefined };
      const ruling = acceptUnblocked(link as never, [entry]);
      assert.equal(ruling.outcome, isBlocked ? 'refused' : 'passed');
    });
  }
});
