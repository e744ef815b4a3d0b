import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateAuthorityScope, X509CertificateConfiguration } from '../policy.ts';
import {
  answersOf,
  authority,
  certificateWith,
  configurationWith,
  mail,
  nameOf,
  userCertificate,
  userPrincipalName,
  userWith,
} from '../testing/specimens.ts';
import type { User } from '../user.ts';
import { questionsFor } from './bind-user.ts';
import { findAccount, isInCertificateScope } from './find-account.ts';

const upn = 'bob@woodgrove.com';
const rootSki = 'A8A5E425AFAC389822CE523D7E2F29FA40C8FF0A';
const issuing = certificateWith({
  subject: nameOf(['CN', 'Issuing']),
  subjectKeyIdentifier: Uint8Array.of(0xab, 0x01),
});
const policyCa = certificateWith({
  subject: nameOf(['CN', 'Policy']),
  subjectKeyIdentifier: Uint8Array.of(0xab, 0x02),
});
const long = [userCertificate, issuing, policyCa, authority];

const group = (id: string) => ({ targetType: 'group', id }) as const;
const scope = (subjectKeyIdentifier: string, id: string): CertificateAuthorityScope => ({
  subjectKeyIdentifier,
  publicKeyInfrastructureIdentifier: 'pki',
  includeTargets: [group(id)],
});
const acceptance = (
  scopedAuthorities: readonly string[] = [],
  foundBy = 'userPrincipalName',
  userPrincipalName = upn,
) => ({
  userPrincipalName,
  foundBy,
  scopedAuthorities,
});

interface Case {
  readonly name: string;
  readonly configuration?: Partial<X509CertificateConfiguration>;
  readonly hint?: string;
  readonly path?: readonly (typeof userCertificate)[];
  readonly users?: readonly User[];
  readonly code: string;
  readonly evidence: object;
}
const cases: readonly Case[] = [
  {
    name: 'UB-4: the typed name finds the user, whatever its case',
    hint: 'BOB@Woodgrove.COM',
    code: 'accountAccepted',
    evidence: acceptance(),
  },
  {
    name: 'a name of no user is 50034',
    hint: 'eve@woodgrove.com',
    code: 'accountUnknown',
    evidence: { username: 'eve@woodgrove.com' },
  },
  { name: 'an empty name names no user', hint: '', code: 'accountUnknown', evidence: { username: '' } },
  {
    name: 'a name in full-width letters names no user',
    hint: 'ｂob@woodgrove.com',
    code: 'accountUnknown',
    evidence: { username: 'ｂob@woodgrove.com' },
  },
  {
    name: 'a name with a trailing dot names no user',
    hint: `${upn}.`,
    code: 'accountUnknown',
    evidence: { username: `${upn}.` },
  },
  {
    name: 'UB-16: a name of two users names no user',
    users: [userWith(), userWith({ id: '2' })],
    code: 'accountAmbiguous',
    evidence: { username: upn, found: 2 },
  },
  {
    name: 'UB-33: an on-premises name is not a sign-in name by itself',
    users: [userWith({ userPrincipalName: 'b@cloud', onPremisesUserPrincipalName: upn })],
    code: 'accountUnknown',
    evidence: { username: upn },
  },
  {
    name: 'UB-33: it is the second key where the tenant says so',
    configuration: { beyondEntra: { onPremisesNameSignsIn: true } },
    users: [userWith({ userPrincipalName: 'b@cloud', onPremisesUserPrincipalName: upn })],
    code: 'accountAccepted',
    evidence: acceptance([], 'onPremisesUserPrincipalName', 'b@cloud'),
  },
  {
    name: 'a disabled account is 50057',
    users: [userWith({ accountEnabled: false })],
    code: 'accountDisabled',
    evidence: { userPrincipalName: upn },
  },
  {
    name: 'SCOPE-1: the method is off by factory',
    configuration: { state: 'disabled' },
    code: 'certificateMethodDisabled',
    evidence: { state: 'disabled' },
  },
  {
    name: 'SCOPE-2: a member of an included group is in',
    configuration: { includeTargets: [group('CARD-HOLDERS')] },
    code: 'accountAccepted',
    evidence: acceptance(),
  },
  {
    name: 'SCOPE-7: a member of none is 130501',
    configuration: { includeTargets: [group('g')] },
    code: 'accountNotInScope',
    evidence: { userPrincipalName: upn, excludedBy: [] },
  },
  {
    name: 'SCOPE-3: exclusion beats inclusion',
    configuration: { excludeTargets: [group('card-holders')] },
    code: 'accountNotInScope',
    evidence: { userPrincipalName: upn, excludedBy: ['card-holders'] },
  },
  { name: 'SCOPE-4: all users may be included', code: 'accountAccepted', evidence: acceptance() },
  {
    name: 'SCOPE-4: with no user included no user is in scope',
    configuration: { includeTargets: [] },
    code: 'accountNotInScope',
    evidence: { userPrincipalName: upn, excludedBy: [] },
  },
  {
    name: 'CAS-1, CAS-2: a member of the CA’s group is in, and the CA is named (LOG-7)',
    configuration: { certificateAuthorityScopes: [scope('ab:01', 'card-holders')] },
    path: long,
    code: 'accountAccepted',
    evidence: acceptance(['AB01']),
  },
  {
    name: 'CAS-2: who is not in the group is refused with 500189',
    configuration: { certificateAuthorityScopes: [scope('AB01', 'doctors')] },
    path: long,
    code: 'authorityNotForUser',
    evidence: { userPrincipalName: upn, authorities: ['AB01'], groups: ['doctors'] },
  },
  {
    name: 'CAS-2: a rule of a CA further up holds as well',
    configuration: { certificateAuthorityScopes: [scope('ab02', 'doctors')] },
    path: long,
    code: 'authorityNotForUser',
    evidence: { userPrincipalName: upn, authorities: ['AB02'], groups: ['doctors'] },
  },
  {
    name: 'D-11: of several rules on the chain every one must allow the user',
    configuration: { certificateAuthorityScopes: [scope('AB01', 'card-holders'), scope('AB02', 'doctors')] },
    path: long,
    code: 'authorityNotForUser',
    evidence: { userPrincipalName: upn, authorities: ['AB02'], groups: ['doctors'] },
  },
  {
    name: 'D-11: or any, where the tenant relaxes it',
    configuration: {
      certificateAuthorityScopes: [scope('AB01', 'card-holders'), scope('AB02', 'doctors')],
      beyondEntra: { certificateAuthorityScoping: 'any' },
    },
    path: long,
    code: 'accountAccepted',
    evidence: acceptance(['AB01', 'AB02']),
  },
  {
    name: 'CAS-3: a rule of the root above has no effect alone',
    configuration: { certificateAuthorityScopes: [scope(rootSki, 'doctors')] },
    path: long,
    code: 'accountAccepted',
    evidence: acceptance(),
  },
  {
    name: 'CAS-3: a root that issues certificates for users itself is the issuing CA',
    configuration: { certificateAuthorityScopes: [scope(rootSki, 'doctors')] },
    code: 'authorityNotForUser',
    evidence: { userPrincipalName: upn, authorities: [rootSki], groups: ['doctors'] },
  },
  {
    name: 'CAS-4: a CA without a rule is unrestricted',
    configuration: { certificateAuthorityScopes: [scope('FF', 'doctors')] },
    path: long,
    code: 'accountAccepted',
    evidence: acceptance(),
  },
  {
    name: 'without a typed name the certificate names the user only where the tenant says so',
    hint: '',
    configuration: { beyondEntra: { certificateMayNameUser: true } },
    code: 'accountAccepted',
    evidence: acceptance([], 'certificate'),
  },
  {
    name: 'a certificate whose SANs are of two users names no user',
    hint: '',
    configuration: { beyondEntra: { certificateMayNameUser: true } },
    path: [
      certificateWith({ subjectAltName: [userPrincipalName(upn), userPrincipalName('eve@x'), mail('no@x')] }),
      authority,
    ],
    users: [userWith(), userWith({ id: '2', userPrincipalName: 'eve@x' })],
    code: 'bindingAmbiguous',
    evidence: { field: 'PrincipalName', property: 'userPrincipalName', value: `${upn}, eve@x`, found: 2 },
  },
  {
    name: 'a certificate names no user by a binding that is too weak',
    hint: '',
    configuration: {
      beyondEntra: { certificateMayNameUser: true },
      authenticationModeConfiguration: {
        x509CertificateAuthenticationDefaultMode: 'x509CertificateMultiFactor',
        x509CertificateDefaultRequiredAffinityLevel: 'high',
        rules: [],
      },
    },
    code: 'accountUnknown',
    evidence: { username: '' },
  },
];
for (const {
  name,
  configuration: fields,
  hint = upn,
  path = [userCertificate, authority],
  users = [userWith()],
  code,
  evidence,
} of cases) {
  test(name, () => {
    const configuration = configurationWith(fields);
    const questions = questionsFor(path[0]!, configuration.certificateUserBindings, hint, configuration.beyondEntra);
    const ruling = findAccount(answersOf(questions, ...users), hint, { certificates: path }, configuration);
    assert.deepEqual(ruling.because, { code, evidence });
  });
}

test('SCOPE-6: who is in scope counts as capable of MFA, with or without a certificate', () => {
  assert.equal(isInCertificateScope(userWith(), configurationWith()), true);
  assert.equal(isInCertificateScope(userWith(), configurationWith({ state: 'disabled' })), false);
  assert.equal(isInCertificateScope(userWith(), configurationWith({ excludeTargets: [group('card-holders')] })), false);
});

test('a directory that answers with another user is not believed', () => {
  const answers = [
    {
      question: { property: 'userPrincipalName', value: upn } as const,
      users: [userWith({ userPrincipalName: 'eve@x' })],
    },
  ];
  const ruling = findAccount(answers, upn, { certificates: [userCertificate, authority] }, configurationWith());
  assert.equal(ruling.because.code, 'accountUnknown');
});
