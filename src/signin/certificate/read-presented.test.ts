import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCa } from '#test/pki/test-ca.ts';
import { readPresented } from './read-presented.ts';

describe('a certificate that was presented', () => {
  const root = testCa('Woodgrove Root');
  const { der } = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });

  test('is read once for the decision and the entry', () => {
    const ruling = readPresented(der);
    assert.equal(ruling.outcome, 'passed');
    assert.equal(readPresented(der), ruling);
  });
  test('is read again where it comes again', () =>
    assert.notEqual(readPresented(Uint8Array.from(der)), readPresented(der)));
});
