import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { authorityDer, leafDer } from './testing/appendix-c.ts';
import { authority, userCertificate } from './testing/specimens.ts';

const [leaf, root] = [new X509Certificate(leafDer), new X509Certificate(authorityDer)];
const hex = (bytes: Uint8Array | undefined) =>
  Buffer.from(bytes ?? [])
    .toString('hex')
    .toUpperCase();

test('the specimen is the real certificate of Appendix C, as OpenSSL reads it', () => {
  assert.equal(leaf.fingerprint.replaceAll(':', ''), userCertificate.sha1Thumbprint);
  assert.equal(leaf.serialNumber, hex(userCertificate.serialNumber));
  assert.equal(leaf.issuer, 'DC=com\nDC=contoso\nCN=CONTOSO-DC-CA');
  assert.equal(leaf.subject, 'DC=com\nDC=contoso\nOU=UserAccounts\nCN=mfatest');
  assert.match(leaf.subjectAltName ?? '', /bob@woodgrove\.com.*email:user@woodgrove\.com/);
  assert.ok(hex(leafDer).includes(`0414${hex(userCertificate.subjectKeyIdentifier)}`));
  assert.ok(hex(authorityDer).includes(`0414${hex(authority.subjectKeyIdentifier)}`));
  assert.ok(leaf.verify(root.publicKey));
});
