import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userCertificate } from '../testing/specimens.ts';
import { certificateUserIdKey, certificateUserIdsOf, checkCertificateUserIds } from './certificate-user-ids.ts';

test('every value a certificate gives is read back as its own field', () => {
  const fields = certificateUserIdsOf(userCertificate).map((value) => certificateUserIdKey(value).split(' ')[0]);
  assert.deepEqual(fields, [
    'PrincipalName',
    'RFC822Name',
    'IssuerAndSubject',
    'Subject',
    'SubjectKeyIdentifier',
    'SHA1PublicKey',
    'IssuerAndSerialNumber',
  ]);
});

const twin = [
  {
    name: 'names of people compare without case (UB-29)',
    a: 'X509:<PN>Bob@Woodgrove',
    b: 'X509:<PN>bob@woodgrove',
    equal: true,
  },
  { name: 'hex compares without case (UB-29)', a: 'X509:<SKI>AB01', b: 'X509:<SKI>ab01', equal: true },
  {
    name: 'serial numbers compare without case (UB-29)',
    a: 'X509:<I>CN=a<SR>0AFF',
    b: 'X509:<I>CN=a<SR>0aff',
    equal: true,
  },
  {
    name: 'a zero octet more is another text, since in plain order it is another number',
    a: 'X509:<I>CN=a<SR>4800',
    b: 'X509:<I>CN=a<SR>48',
    equal: false,
  },
  { name: 'distinguished names compare exactly (UB-29)', a: 'X509:<S>CN=Ana', b: 'X509:<S>CN=ana', equal: false },
  { name: 'the tag is case-sensitive (UB-18)', a: 'X509:<PN>a@b', b: 'x509:<PN>a@b', equal: false },
  { name: 'an e-mail is not a principal name', a: 'X509:<PN>a@b', b: 'X509:<RFC822>a@b', equal: false },
  { name: 'an SKI is not a thumbprint', a: 'X509:<SKI>AB', b: 'X509:<SHA1-PUKEY>AB', equal: false },
  {
    name: 'a quoted tag in an issuer separates nothing',
    a: 'X509:<I>CN="a<S>CN=b"<S>CN=c',
    b: 'X509:<I>CN=a<S>CN=b',
    equal: false,
  },
] as const;
for (const { name, a, b, equal } of twin) {
  test(name, () => assert.equal(certificateUserIdKey(a) === certificateUserIdKey(b), equal));
}

const lists = [
  {
    name: 'UB-13, UB-14: ten good values are accepted',
    values: Array.from({ length: 10 }, (_, i) => `X509:<PN>a${i}@b`),
    codes: [],
  },
  {
    name: 'UB-14: eleven are too many',
    values: Array.from({ length: 11 }, (_, i) => `X509:<PN>a${i}@b`),
    codes: ['certificateUserIdsTooMany'],
  },
  {
    name: 'UB-14: of a list without end only the first ten are read',
    values: Array.from({ length: 2000 }, (_, i) => (i < 10 ? `X509:<PN>a${i}@b` : 'wrong')),
    codes: ['certificateUserIdsTooMany'],
  },
  { name: 'UB-15: 1024 characters are accepted', values: [`X509:<PN>${'a'.repeat(1015)}`], codes: [] },
  { name: 'UB-15: 1025 are too long', values: [`X509:<PN>${'a'.repeat(1016)}`], codes: ['certificateUserIdTooLong'] },
  {
    name: 'UB-16: a value may not be listed twice, whatever its case',
    values: ['X509:<PN>a@b', 'X509:<PN>A@b'],
    codes: ['certificateUserIdRepeated'],
  },
  {
    name: 'UB-17: no e-mail shape is needed',
    values: ['X509:<PN>123456789098765@mil', 'X509:<PN>bob@woodgrove', 'X509:<PN>bob'],
    codes: [],
  },
  { name: 'UB-18: a lower-case prefix is refused', values: ['x509:<PN>a@b'], codes: ['certificateUserIdMalformed'] },
  { name: 'UB-18: a lower-case tag is refused', values: ['X509:<pn>a@b'], codes: ['certificateUserIdMalformed'] },
  {
    name: '§5.5: a blank after a tag is refused',
    values: ['X509:<I>CN=a<SR> b241'],
    codes: ['certificateUserIdMalformed'],
  },
  {
    name: '§5.5: what is promised to be hex must be hex',
    values: ['X509:<SKI>xyz'],
    codes: ['certificateUserIdMalformed'],
  },
  {
    name: '§5.5: an odd number of hex digits is no bytes',
    values: ['X509:<SKI>ABC'],
    codes: ['certificateUserIdMalformed'],
  },
  {
    name: 'a name with a NUL can never match and is refused',
    values: ['X509:<PN>a\0@b'],
    codes: ['certificateUserIdMalformed'],
  },
] as const;
for (const { name, values, codes } of lists) {
  test(name, () =>
    assert.deepEqual(
      checkCertificateUserIds(values).map((issue) => issue.code),
      codes,
    ),
  );
}

test('a hostile value of many quotes is answered at once', () => {
  assert.ok(certificateUserIdKey(`X509:<S>${'"'.repeat(100_001)}`).startsWith('? '));
});
