import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orThrow, refused } from '../../trace/ruling.ts';
import { certificateWith, mail, nameOf, userCertificate, userPrincipalName } from '../testing/specimens.ts';
import { certificateFieldNames, certificateFields } from './certificate-fields.ts';
import { certificateUserIdFor, certificateUserIdsOf } from './certificate-user-ids.ts';

test('the certificate of Appendix C gives its seven certificateUserIds byte for byte (§5.5)', () => {
  assert.deepEqual(certificateUserIdsOf(userCertificate), [
    'X509:<PN>bob@woodgrove.com',
    'X509:<RFC822>user@woodgrove.com',
    'X509:<I>DC=com,DC=contoso,CN=CONTOSO-DC-CA<S>DC=com,DC=contoso,OU=UserAccounts,CN=mfatest',
    'X509:<S>DC=com,DC=contoso,OU=UserAccounts,CN=mfatest',
    'X509:<SKI>E58EEC7C0E6FE94FB3CA8A51BC9A739FC3538F3E',
    'X509:<SHA1-PUKEY>767C733671D130CC89D62E278D05B8ED39C7243A',
    'X509:<I>DC=com,DC=contoso,CN=CONTOSO-DC-CA<SR>b24134139f069b49997212a86ba0ef48',
  ]);
});

test('there are seven fields, three of them high (§5.1, D-6)', () => {
  const high = certificateFieldNames.filter((name) => certificateFields[name].affinity === 'high');
  assert.equal(certificateFieldNames.length, 7);
  assert.deepEqual(high, ['SubjectKeyIdentifier', 'SHA1PublicKey', 'IssuerAndSerialNumber']);
});

const names = [
  { name: 'a value with a comma is quoted', rdn: ['O', 'Contoso, Ltd'], written: 'O="Contoso, Ltd"' },
  { name: 'an inner quote is doubled', rdn: ['O', 'the "best"'], written: 'O="the ""best"""' },
  { name: 'a blank at the end is quoted', rdn: ['O', 'Contoso '], written: 'O="Contoso "' },
  { name: 'an apostrophe and a backslash are not', rdn: ['O', "O'Neil \\ Sons"], written: "O=O'Neil \\ Sons" },
  { name: 'what looks like a tag is quoted', rdn: ['CN', 'a<S>CN=b'], written: 'CN="a<S>CN=b"' },
  { name: 'an empty value is quoted', rdn: ['CN', ''], written: 'CN=""' },
  { name: 'an unknown type is written as its OID', rdn: ['1.2.3', 'x'], written: 'OID.1.2.3=x' },
  { name: 'an e-mail attribute is E', rdn: ['1.2.840.113549.1.9.1', 'a@b'], written: 'E=a@b' },
] as const;
for (const { name, rdn, written } of names) {
  test(`in a distinguished name ${name} (§5.5)`, () => {
    assert.equal(
      orThrow(certificateUserIdFor('Subject', certificateWith({ subject: nameOf(rdn) }))),
      `X509:<S>${written}`,
    );
  });
}

test('the parts of a multi-valued RDN are joined by a blank (§5.5)', () => {
  const subject = nameOf(
    ['O', 'Contoso'],
    [
      ['CN', 'Ana'],
      ['OU', 'HR'],
    ],
  );
  assert.equal(
    orThrow(certificateUserIdFor('Subject', certificateWith({ subject }))),
    'X509:<S>O=Contoso,CN=Ana OU=HR',
  );
});

test('several SAN values are all read, in their order (UB-30)', () => {
  const certificate = certificateWith({ subjectAltName: [mail('a@x'), userPrincipalName('b@x'), mail('c@x')] });
  assert.deepEqual(certificateFields.RFC822Name.read(certificate), ['a@x', 'c@x']);
  assert.deepEqual(certificateFields.PrincipalName.read(certificate), ['b@x']);
});

test('the octet DER adds for the sign is not part of the serial number', () => {
  const certificate = certificateWith({ serialNumber: Uint8Array.of(0, 0x9a, 0x01) });
  assert.match(orThrow(certificateUserIdFor('IssuerAndSerialNumber', certificate)), /<SR>019a$/);
});

test('−1, 255 and 0x00FF: the octets decide, and a negative serial number has no value (D-9)', () => {
  const valuesOf = (...octets: number[]) =>
    certificateFields.IssuerAndSerialNumber.read(certificateWith({ serialNumber: Uint8Array.from(octets) }));
  assert.deepEqual(valuesOf(0x00, 0xff), ['CN=Contoso CA<SR>ff']);
  assert.deepEqual(valuesOf(0xff), []);
  assert.deepEqual(valuesOf(0x80), []);
  assert.deepEqual(valuesOf(0x00, 0x80), ['CN=Contoso CA<SR>80']);
  assert.deepEqual(valuesOf(0x7f, 0xff), ['CN=Contoso CA<SR>ff7f']);
  assert.deepEqual(valuesOf(0), ['CN=Contoso CA<SR>00']);
});

const unusable = ['a\0b@x', 'a@x.', 'ａ@x', 'a\u200b@x', ' a@x', ''];
for (const text of unusable) {
  test(`a SAN of ${JSON.stringify(text)} is no value at all`, () => {
    const certificate = certificateWith({ subjectAltName: [userPrincipalName(text), mail(text)] });
    assert.deepEqual(certificateFields.PrincipalName.read(certificate), []);
    assert.deepEqual(certificateFields.RFC822Name.read(certificate), []);
  });
}

test('a name with a line feed has no spelling, since the Windows one would read as two parts', () => {
  const certificate = certificateWith({ subject: nameOf(['CN', 'a\nCN=admin']) });
  assert.deepEqual(certificateFields.Subject.read(certificate), []);
});

test('a field the certificate does not have is an error that names it', () => {
  const ruling = certificateUserIdFor('SubjectKeyIdentifier', certificateWith({}));
  assert.deepEqual(
    ruling,
    refused('certificateFieldAbsent', { field: 'SubjectKeyIdentifier', subject: 'CN=Somebody' }),
  );
});
