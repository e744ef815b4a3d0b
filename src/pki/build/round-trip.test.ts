import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificate } from '#core/x509/certificate.ts';
import { makeWoodgrove } from '../demo/woodgrove.ts';
import { authorityNames } from '../demo/woodgrove-crls.ts';

const at = new Date('2026-06-15T12:00:00Z');
const pki = makeWoodgrove({ at, crlBaseUrl: 'http://localhost:8080' });
const certificate = [
  ...authorityNames.map((name) => ({ name, der: pki.authorities[name].der })),
  ...pki.cards.map(({ person, issued: { der } }) => ({ name: `${person.name}'s card`, der })),
];
for (const { name, der } of certificate)
  test(`the strict reader reads ${name} of the demo`, () => {
    const ruling = readCertificate(der);
    assert.equal(ruling.outcome, 'passed', JSON.stringify(ruling.because));
  });

test('what the demo writes on a card is what the reader finds', () => {
  const [ana] = pki.cards;
  const ruling = readCertificate(ana!.issued.der);
  assert.ok(ruling.outcome === 'passed');
  const { subjectAltName, certificatePolicies, authorityKeyIdentifier } = ruling.value;
  assert.deepEqual(
    subjectAltName.map((name) => name.kind === 'otherName' && name.text),
    ['ana@woodgrove.test'],
  );
  assert.deepEqual(
    certificatePolicies.map(({ policyIdentifier }) => policyIdentifier),
    ['1.2.3.4'],
  );
  assert.deepEqual(authorityKeyIdentifier, pki.authorities['issuing-1'].subjectKeyIdentifier);
});
