import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCa } from '#test/pki/test-ca.ts';
import { hexOf } from '../hex.ts';
import { readCertificate } from '../x509/certificate.ts';
import { acceptUnblocked, isOnBlockList } from './blocked.ts';

const ca = testCa('Blocking CA');
const certificateOf = (der: Uint8Array) => {
  const ruling = readCertificate(der);
  assert.equal(ruling.outcome, 'passed', ruling.because.code);
  return ruling.value;
};
const issuer = certificateOf(ca.der);
const withSerial = (...octets: number[]) =>
  certificateOf(ca.issueUserCertificate({ upn: 'ana@woodgrove.com', serial: Uint8Array.from(octets) }).der);

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

describe('a block entry names the key of the issuer, by whichever of its names', () => {
  const serial = Uint8Array.of(0x2a);
  const key = ca.privateKey;
  /** The same CA key in a second certificate, which names it otherwise. */
  const renewedCa = testCa('Blocking CA', { key, subjectKeyIdentifier: Uint8Array.of(1, 2, 3) });
  const hash = hexOf(issuer.subjectKeyIdentifier);
  const outcomeOf = (
    issuerSubjectKeyIdentifier: string | undefined,
    userCertificate: Uint8Array,
    issuedBy: Uint8Array,
  ) => {
    const link = { certificate: certificateOf(userCertificate), issuer: certificateOf(issuedBy), isLeaf: true };
    const entry = { issuerSubjectKeyIdentifier: issuerSubjectKeyIdentifier ?? '', serialNumber: '2A' };
    return acceptUnblocked(link as never, [entry]).outcome;
  };
  const renewedCertificate = renewedCa.issueUserCertificate({ upn: 'ana@woodgrove.com', serial }).der;

  test('the name that the certificate has, where the path leads over another certificate of the key', () =>
    assert.equal(outcomeOf('010203', renewedCertificate, ca.der), 'refused'));
  test('the name that the CA has, where the certificate has none', () => {
    const nameless = renewedCa.issueUserCertificate({
      upn: 'ana@woodgrove.com',
      serial,
      authorityKeyIdentifier: null,
    }).der;
    assert.equal(outcomeOf('010203', nameless, renewedCa.der), 'refused');
  });
  test('the hash of the key, where the CA has another name for it', () =>
    assert.equal(outcomeOf(hash, renewedCertificate, renewedCa.der), 'refused'));
  test('another key is not named, and an empty name names none', () => {
    const stranger = testCa('Blocking CA');
    const other = stranger.issueUserCertificate({ upn: 'ana@woodgrove.com', serial }).der;
    assert.equal(outcomeOf(hash, other, stranger.der), 'passed');
    assert.equal(outcomeOf('', other, stranger.der), 'passed');
  });
});

describe('a certificate alone is on the list by its hashes, or by the key that it names and its serial number', () => {
  const serial = Uint8Array.of(0x2a);
  const certificate = certificateOf(ca.issueUserCertificate({ upn: 'ana@woodgrove.com', serial }).der);
  const withoutKey = certificateOf(
    ca.issueUserCertificate({ upn: 'ana@woodgrove.com', serial, authorityKeyIdentifier: null }).der,
  );
  const { sha256Thumbprint, tbsSha256 } = certificate;
  const issuerSubjectKeyIdentifier = hexOf(issuer.subjectKeyIdentifier);
  const none = '0'.repeat(64);
  for (const [name, entry, isOn, isOnWithoutKey] of [
    ['both hashes', { tbsSha256, sha256Thumbprint }, true, false],
    ['the hash of its contents, with another thumbprint', { tbsSha256, sha256Thumbprint: none }, true, false],
    ['another hash of its contents, with its thumbprint', { tbsSha256: none, sha256Thumbprint }, false, false],
    ['its thumbprint alone', { sha256Thumbprint }, true, false],
    ['another thumbprint', { sha256Thumbprint: none }, false, false],
    ['its key and serial number', { issuerSubjectKeyIdentifier, serialNumber: '2A' }, true, false],
    ['its key and another serial number', { issuerSubjectKeyIdentifier, serialNumber: '2B' }, false, false],
    ['no key and its serial number', { issuerSubjectKeyIdentifier: '', serialNumber: '2A' }, false, false],
  ] as const)
    test(`an entry with ${name}: ${isOn}`, () =>
      assert.deepEqual(
        [isOnBlockList(certificate, [entry]), isOnBlockList(withoutKey, [entry])],
        [isOn, isOnWithoutKey],
      ));
});
