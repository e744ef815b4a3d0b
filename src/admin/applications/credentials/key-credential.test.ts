import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { refusedKeys } from '#test/pki/refused-keys.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { keyCredentialOf } from './key-credential.ts';

const issuer = testCa('CN=Issuer');

test('a certificate is registered as it is, for as long as it is valid itself', () => {
  const certificate = certificateOf(issuer.issueUserCertificate({ subject: 'CN=Service' }));
  const credential = orThrow(keyCredentialOf(certificate, { displayName: 'Service' }));
  assert.deepEqual(Buffer.from(credential.certificate, 'base64'), Buffer.from(certificate.der));
  assert.deepEqual(
    [credential.displayName, credential.startDateTime, credential.endDateTime],
    ['Service', certificate.notBefore.toISOString(), certificate.notAfter.toISOString()],
  );
});

test('a key id is a new one, but for that of the export of another tenant', () => {
  const certificate = certificateOf(issuer.issueUserCertificate({ subject: 'CN=Service' }));
  const [first, second] = [keyCredentialOf(certificate), keyCredentialOf(certificate)].map(
    (ruling) => orThrow(ruling).keyId,
  );
  assert.notEqual(first, second);
  assert.equal(orThrow(keyCredentialOf(certificate, { keyId: 'k' })).keyId, 'k');
});

for (const [name, publicKeyInfo] of [...refusedKeys].slice(0, 3))
  test(`${name} proves no application`, () => {
    const certificate = certificateOf(issuer.issueUserCertificate({ subject: 'CN=Service', publicKeyInfo }));
    assert.equal(outcomeOf(keyCredentialOf(certificate)), 'applicationKeyInvalid');
  });
