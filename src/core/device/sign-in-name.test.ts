import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificateWith, mail, nameOf, userPrincipalName } from '../binding/testing/specimens.ts';
import { chooseSignInName, type NameCircumstances } from './sign-in-name.ts';

const subject = nameOf(['CN', 'Ana Ruiz'], ['1.2.840.113549.1.9.1', 'ana@woodgrove.example']);
const certificates = {
  routable: certificateWith({
    subject,
    subjectAltName: [userPrincipalName('ana@woodgrove.example'), mail('ana.mail@woodgrove.example')],
  }),
  nonRoutable: certificateWith({ subject, subjectAltName: [userPrincipalName('ana@woodgrove.local')] }),
  mailOnly: certificateWith({ subject, subjectAltName: [mail('ana.mail@woodgrove.example')] }),
  subjectOnly: certificateWith({ subject, subjectAltName: [] }),
};

const hint = 'hint@woodgrove.example';
const malformed = 'WOODGROVE\\ana';
const cached = 'ana.entra@woodgrove.example';
const active = 'ana@woodgrove.local';

/** The name on the wire, or the code: no hint first, no hint later, a hint, a hint that is not a user principal name. */
const matrix: readonly (readonly [NameCircumstances['join'], keyof typeof certificates, string, string])[] = [
  ['entra', 'routable', 'ana@woodgrove.example', 'ana@woodgrove.example'],
  ['entra', 'nonRoutable', 'ana@woodgrove.local', 'ana@woodgrove.local'],
  ['entra', 'mailOnly', 'ana.mail@woodgrove.example', 'ana.mail@woodgrove.example'],
  ['entra', 'subjectOnly', 'hintNeeded', 'hintNeeded'],
  ['hybrid', 'routable', active, cached],
  ['hybrid', 'nonRoutable', active, cached],
  ['hybrid', 'mailOnly', active, cached],
  ['hybrid', 'subjectOnly', active, cached],
];

const nameOrCode = (circumstances: NameCircumstances): string => {
  const ruling = chooseSignInName(circumstances);
  return ruling.outcome === 'passed' ? ruling.value.name : ruling.because.code;
};

for (const [join, certificate, first, later] of matrix) {
  describe(`a ${join}-joined device with a certificate that is ${certificate} (entra-cba §9.2)`, () => {
    for (const [time, expectedValue] of [
      ['first', first],
      ['later', later],
    ] as const) {
      const circumstances = {
        join,
        certificate: certificates[certificate],
        cachedUserPrincipalName: time === 'later' ? cached : undefined,
        activeDirectoryName: join === 'hybrid' ? active : undefined,
      };
      test(`${time} sign-in without a hint: ${expectedValue}`, () => {
        assert.equal(nameOrCode({ ...circumstances, hint: undefined }), expectedValue);
        assert.equal(nameOrCode({ ...circumstances, hint: '' }), expectedValue);
      });
      test(`${time} sign-in with a hint sends the hint (WIN-10)`, () => {
        assert.equal(nameOrCode({ ...circumstances, hint }), hint);
      });
      test(`${time} sign-in with a hint that is not a user principal name is refused on the device (WIN-11)`, () => {
        assert.equal(nameOrCode({ ...circumstances, hint: malformed }), 'hintMalformed');
      });
    }
  });
}

test('a hybrid-joined device that Active Directory has not signed in yet sends nothing (WIN-7)', () => {
  const circumstances = { join: 'hybrid', certificate: certificates.routable, hint: undefined } as const;
  assert.equal(
    nameOrCode({ ...circumstances, cachedUserPrincipalName: undefined, activeDirectoryName: undefined }),
    'activeDirectoryNameMissing',
  );
});

for (const text of [
  'ana',
  '@woodgrove.example',
  'ana@',
  'ana@@woodgrove.example',
  'a na@woodgrove.example',
  'ana@.example',
  'ana@woodgrove..example',
  'W\\ana@x',
]) {
  test(`the hint "${text}" does not have the form of a user principal name (WIN-11)`, () => {
    assert.equal(
      nameOrCode({
        join: 'entra',
        certificate: certificates.routable,
        hint: text,
        cachedUserPrincipalName: undefined,
        activeDirectoryName: undefined,
      }),
      'hintMalformed',
    );
  });
}
