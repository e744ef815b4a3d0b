import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textOfFile } from '../../text-of-file.ts';
import { readAdfsExport } from './adfs-export.ts';

const context = 'http://schemas.microsoft.com/2012/12/certificatecontext';
const rule = (...types: readonly string[]) =>
  types.map((type) => `c:[Type == "${type}"]\n => issue(claim = c);`).join('\n');

describe('claim rules of AD FS (docs/admin/migrate-from-ad-fs.md)', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'issuer and serial number',
      rule(`${context}/field/issuer`, 'http://schemas.microsoft.com/ws/2008/06/identity/claims/serialnumber'),
      ['IssuerAndSerialNumber'],
    ],
    ['a serial number without its issuer', rule(`${context}/field/serialnumber`), []],
    ['subject key identifier', rule(`${context}/extension/subjectkeyidentifier`), ['SubjectKeyIdentifier']],
    ['subject', rule(`${context}/field/subject`), ['Subject']],
    ['subject and issuer', rule(`${context}/field/subjectname`, `${context}/field/issuername`), ['IssuerAndSubject']],
    [
      'names, in another order and in capitals',
      rule(`${context}/SAN/Email`, `${context}/SAN/UPN`),
      ['PrincipalName', 'RFC822Name'],
    ],
    [
      'the strongest first',
      rule(`${context}/san/upn`, `${context}/field/thumbprint`),
      ['SHA1PublicKey', 'PrincipalName'],
    ],
    ['claims of other things', rule('http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'), []],
  ];
  for (const [name, text, fields] of cases)
    test(`${name}: ${fields.join(', ') || 'no binding'}`, () => assert.deepEqual(readAdfsExport(text).fields, fields));

  test('what no binding reads is named', () => {
    assert.deepEqual(readAdfsExport(rule(`${context}/extension/eku`)).otherClaims, [`${context}/extension/eku`]);
  });
});

test('thumbprints of certutil and of PowerShell, with spaces and without', () => {
  const text = `================ Certificate 0 ================
Serial Number: 5c1
Cert Hash(sha1): 8f 43 28 8a d2 72 f3 10 3b 6f b1 42 84 85 ea 30 14 c0 bc fe
Thumbprint : 8F43288AD272F3103B6FB1428485EA3014C0BCFE
Cert Hash(sha256): 00
Thumbprint : 12`;
  assert.deepEqual(readAdfsExport(text).thumbprints, ['8F43288AD272F3103B6FB1428485EA3014C0BCFE']);
});

test('certificates in PEM and as lines of base64, each once, in UTF-16 as PowerShell writes it', () => {
  const base64 = `MIID${'A'.repeat(400)}`;
  const text = `one\r\n-----BEGIN CERTIFICATE-----\r\n${base64.replace(/(.{64})/g, '$1\r\n')}\r\n-----END CERTIFICATE-----\r\n${base64}\r\n`;
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  assert.deepEqual(readAdfsExport(textOfFile(bytes)).certificates, [base64]);
  assert.deepEqual(readAdfsExport(textOfFile(Buffer.from(text))).certificates, [base64]);
});
