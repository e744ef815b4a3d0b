import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateWith } from '../../binding/testing/specimens.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { KeyUsage } from '../../x509/extensions/extensions.ts';
import { evaluateSignInCertificate } from './sign-in-certificate.ts';

const [clientAuth, smartCardLogon, serverAuth, anyPurpose] = [
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.4.1.311.20.2.2',
  '1.3.6.1.5.5.7.3.1',
  '2.5.29.37.0',
];
const usage = (...names: KeyUsage[]): ReadonlySet<KeyUsage> => new Set(names);
const at = (text: string) => new Date(text);

const suitable = { extendedKeyUsage: [clientAuth], keyUsage: usage('digitalSignature') };
const cases: readonly (readonly [string, Partial<Certificate>, string])[] = [
  ['for client authentication', suitable, 'signInCertificateSuitable'],
  ['for smart card logon', { ...suitable, extendedKeyUsage: [smartCardLogon] }, 'signInCertificateSuitable'],
  ['for servers and clients', { ...suitable, extendedKeyUsage: [serverAuth, clientAuth] }, 'signInCertificateSuitable'],
  ['without a key usage', { ...suitable, keyUsage: undefined }, 'signInCertificateSuitable'],
  ['for key encipherment alone', { ...suitable, keyUsage: usage('keyEncipherment') }, 'keyUsageForbids'],
  ['for non-repudiation alone', { ...suitable, keyUsage: usage('nonRepudiation') }, 'keyUsageForbids'],
  ['for servers alone', { ...suitable, extendedKeyUsage: [serverAuth] }, 'signInPurposeMissing'],
  ['for any purpose, but none by name', { ...suitable, extendedKeyUsage: [anyPurpose] }, 'signInPurposeMissing'],
  ['without a purpose', { ...suitable, extendedKeyUsage: undefined }, 'signInPurposeMissing'],
  ['that has ended', { ...suitable, notAfter: at('2026-05-31T23:59:59Z') }, 'certificateNotCurrent'],
  ['that has not begun', { ...suitable, notBefore: at('2026-06-02T00:00:00Z') }, 'certificateNotCurrent'],
];
for (const [name, fields, code] of cases) {
  test(`a certificate ${name}: ${code} (windows-sign-in §4.1)`, () => {
    assert.equal(evaluateSignInCertificate(certificateWith(fields), at('2026-06-01T12:00:00Z')).because.code, code);
  });
}
