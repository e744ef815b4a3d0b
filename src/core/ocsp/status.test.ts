import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ocspResponse, type Statement } from '#test/pki/ocsp-response.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { readCertificate } from '../x509/certificate.ts';
import { readOcspResponse } from './response.ts';
import { checkOcsp } from './status.ts';

const ca = testCa('OCSP CA', { key: 'P-256' });
const userCertificate = ca.issueUserCertificate({ upn: 'ana@woodgrove.com' });
const at = new Date('2026-11-21T12:00:00Z');
const minutes = (count: number) => new Date(at.getTime() + count * 60_000);
const certificateOf = (der: Uint8Array) => {
  const ruling = readCertificate(der);
  assert.ok(ruling.outcome === 'passed');
  return ruling.value;
};
const [issuer, certificate] = [certificateOf(ca.der), certificateOf(userCertificate.der)];

function codeOf(statements: readonly Statement[], producedAt = minutes(-1), moment = at): string {
  const read = readOcspResponse(ocspResponse(ca, userCertificate, producedAt, statements), 'http://ocsp.test');
  assert.ok(read.outcome === 'passed', JSON.stringify(read.because));
  const store = { authorities: [] };
  return checkOcsp(read.value, { certificate, issuer, isLeaf: true, store, at: moment }).because.code;
}

const day = { thisUpdate: minutes(-60), nextUpdate: minutes(1440) };
const good: Statement = { status: 'good', ...day };
const revocation: Statement = { status: 'revoked', ...day };
const unknown: Statement = { status: 'unknown', ...day };
const end = { thisUpdate: minutes(-120), nextUpdate: minutes(-60) };

describe('several answers about one certificate', () => {
  const rows: readonly [string, readonly Statement[], string][] = [
    ['good alone', [good], 'ocspGood'],
    ['good, then revoked', [good, revocation], 'certificateRevoked'],
    ['revoked, then good', [revocation, good], 'certificateRevoked'],
    ['revoked among many', [good, good, unknown, revocation, good], 'certificateRevoked'],
    ['revoked under another hash of the issuer', [good, { ...revocation, hash: 'sha256' }], 'certificateRevoked'],
    ['revoked, past its end, beside a current good', [good, { ...revocation, ...end }], 'certificateRevoked'],
    ['good, then unknown', [good, unknown], 'ocspStatusUnknown'],
    ['good, past its end, then good', [{ ...good, ...end }, good], 'ocspGood'],
    ['good under SHA-512', [{ ...good, hash: 'sha512' }], 'ocspGood'],
    ['revoked alone, past its end', [{ ...revocation, ...end }], 'ocspResponseStale'],
    ['none', [], 'ocspResponseForeign'],
  ];
  for (const [name, statements, code] of rows) test(`${name}: ${code}`, () => assert.equal(codeOf(statements), code));
});

test('an answer about 255 says nothing of −1, whose octet is the same (RFC 5280 §4.1.2.2)', () => {
  const negative = ca.issueUserCertificate({ upn: 'ana@woodgrove.com', serial: Uint8Array.of(0xff) });
  const about255 = readOcspResponse(ocspResponse(ca, negative, minutes(-1), [good]), 'http://ocsp.test');
  assert.ok(about255.outcome === 'passed' && negative.serial === 255n);
  const codeFor = (der: Uint8Array) =>
    checkOcsp(about255.value, {
      certificate: certificateOf(der),
      issuer,
      isLeaf: true,
      store: { authorities: [] },
      at,
    }).because.code;
  assert.equal(codeFor(negative.der), 'ocspResponseForeign');
  assert.equal(codeFor(ca.issueUserCertificate({ upn: 'ana@woodgrove.com', serial: 255n }).der), 'ocspGood');
});

describe('when an answer is fresh', () => {
  const open = (age: number): Statement => ({ status: 'good', thisUpdate: minutes(-age) });
  const rows: readonly [string, Statement, Date, string][] = [
    ['made four minutes ahead, as clocks run', good, minutes(4), 'ocspGood'],
    ['made in the future', good, minutes(6), 'ocspResponseStale'],
    ['made in the far future', good, new Date('2049-01-01T00:00:00Z'), 'ocspResponseStale'],
    ['begins in the future', { ...good, thisUpdate: minutes(6) }, minutes(-1), 'ocspResponseStale'],
    ['ends now', { ...good, nextUpdate: at }, minutes(-1), 'ocspResponseStale'],
    ['ends before it begins', { ...good, nextUpdate: minutes(-61) }, minutes(-1), 'ocspResponseStale'],
    ['without an end, nine minutes old', open(9), minutes(-9), 'ocspGood'],
    ['without an end, ten minutes old', open(10), minutes(-1), 'ocspResponseStale'],
    ['without an end, made ten minutes ago', open(1), minutes(-10), 'ocspResponseStale'],
    ['without an end, made in the future', open(60), minutes(60), 'ocspResponseStale'],
    ['without an end, from the future', open(-60), minutes(-1), 'ocspResponseStale'],
  ];
  for (const [name, statement, producedAt, code] of rows)
    test(`${name}: ${code}`, () => assert.equal(codeOf([statement], producedAt), code));
  test('a clock that is not a number trusts none', () =>
    assert.equal(codeOf([good], minutes(-1), new Date(Number.NaN)), 'ocspResponseStale'));
});
