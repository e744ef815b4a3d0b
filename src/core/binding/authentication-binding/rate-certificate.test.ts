import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AffinityLevel, AuthenticationRule, BeyondEntra } from '../policy.ts';
import {
  answersOf,
  authority,
  certificateWith,
  configurationWith,
  nameOf,
  userCertificate,
  userWith,
} from '../testing/specimens.ts';
import { bindUser, questionsFor } from '../username-binding/bind-user.ts';
import { proofOf, rateCertificate } from './rate-certificate.ts';
import type { Rating } from './rating.ts';

type Mode = 'single' | 'multi';
const modes = { single: 'x509CertificateSingleFactor', multi: 'x509CertificateMultiFactor' } as const;
function rule(
  label: { readonly issuer?: string; readonly oid?: string },
  mode: Mode,
  affinity?: AffinityLevel,
): AuthenticationRule {
  const { issuer, oid } = label;
  const pair = issuer !== undefined && oid !== undefined;
  return {
    x509CertificateRuleType: pair ? 'issuerSubjectAndPolicyOID' : issuer !== undefined ? 'issuerSubject' : 'policyOID',
    identifier: pair ? `${issuer}_${oid}` : (issuer ?? oid ?? ''),
    ...(pair ? { issuerSubjectIdentifier: issuer, policyOidIdentifier: oid } : {}),
    x509CertificateAuthenticationMode: modes[mode],
    ...(affinity ? { x509CertificateRequiredAffinityLevel: affinity } : {}),
  };
}
const contoso = 'CN=CONTOSO-DC-CA,DC=contoso,DC=com';
const encoding = 'DC=com,DC=contoso,CN=CONTOSO-DC-CA';

interface Case {
  readonly name: string;
  readonly rules: readonly AuthenticationRule[];
  readonly defaults?: readonly [Mode, AffinityLevel];
  readonly certificate?: typeof userCertificate;
  readonly options?: BeyondEntra;
  readonly validPolicies?: readonly string[];
  readonly expect: readonly [Mode, AffinityLevel, Rating['decidedBy'], ...string[]];
}
const cases: readonly Case[] = [
  {
    name: 'the seed example: issuer means single, 1.2.3.4 means multi, a certificate with both is multi',
    rules: [rule({ issuer: contoso }, 'single'), rule({ oid: '1.2.3.4' }, 'multi')],
    expect: ['multi', 'low', 'policyOID', '1.2.3.4'],
  },
  {
    name: 'AB-1, D-16: the issuer may be written CN first',
    rules: [rule({ issuer: contoso }, 'multi')],
    expect: ['multi', 'low', 'issuerSubject', contoso],
  },
  {
    name: 'AB-1, D-16: or in encoding order',
    rules: [rule({ issuer: encoding }, 'multi')],
    expect: ['multi', 'low', 'issuerSubject', encoding],
  },
  {
    name: 'AB-1: blanks around it are trimmed',
    rules: [rule({ issuer: `${contoso} ` }, 'multi')],
    expect: ['multi', 'low', 'issuerSubject', contoso],
  },
  {
    name: 'AB-1: blanks after commas do not matter',
    rules: [rule({ issuer: 'CN=CONTOSO-DC-CA, DC=contoso, DC=com' }, 'multi')],
    expect: ['multi', 'low', 'issuerSubject', 'CN=CONTOSO-DC-CA, DC=contoso, DC=com'],
  },
  {
    name: 'AB-1: nor does case (RFC 5280 §7.1)',
    rules: [rule({ issuer: 'cn=contoso-dc-ca,dc=CONTOSO,dc=com' }, 'multi')],
    expect: ['multi', 'low', 'issuerSubject', 'cn=contoso-dc-ca,dc=CONTOSO,dc=com'],
  },
  {
    name: 'AB-1: parts in any other order are another name',
    rules: [rule({ issuer: 'DC=contoso,CN=CONTOSO-DC-CA,DC=com' }, 'multi')],
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'AB-1: part of a name is another name',
    rules: [rule({ issuer: 'CN=CONTOSO-DC-CA' }, 'multi')],
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'AB-2: a display name never matches',
    rules: [rule({ oid: 'High assurance' }, 'multi')],
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'AB-2: 2.5.29.32.0 matches a certificate that carries it',
    rules: [rule({ oid: '2.5.29.32.0' }, 'multi')],
    certificate: certificateWith({ certificatePolicies: [{ policyIdentifier: '2.5.29.32.0' }] }),
    expect: ['multi', 'low', 'policyOID', '2.5.29.32.0'],
  },
  { name: 'AB-2: and no other', rules: [rule({ oid: '2.5.29.32.0' }, 'multi')], expect: ['single', 'low', 'default'] },
  {
    name: 'AB-3: a rule for an arc does not cover what is below',
    rules: [rule({ oid: '1.2.3' }, 'multi')],
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'AB-3: nor one below what is above',
    rules: [rule({ oid: '1.2.3.4.6.1' }, 'multi')],
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'AB-4: only the CA that issued the certificate counts, not one above',
    rules: [rule({ issuer: 'CN=Root' }, 'multi')],
    certificate: certificateWith({ issuer: nameOf(['CN', 'Issuing']) }),
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'AB-7, AB-11: issuer and OID together beat either',
    rules: [
      rule({ oid: '1.2.3.4' }, 'multi'),
      rule({ issuer: contoso }, 'multi'),
      rule({ issuer: contoso, oid: '1.2.3.4' }, 'single'),
    ],
    expect: ['single', 'low', 'issuerSubjectAndPolicyOID', `${contoso} and 1.2.3.4`],
  },
  {
    name: 'AB-7: both parts must hold',
    rules: [rule({ issuer: contoso, oid: '9.9' }, 'multi'), rule({ issuer: 'CN=Other', oid: '1.2.3.4' }, 'multi')],
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'AB-8: an OID rule beats an issuer rule',
    rules: [rule({ issuer: contoso }, 'multi'), rule({ oid: '1.2.3.4' }, 'single')],
    expect: ['single', 'low', 'policyOID', '1.2.3.4'],
  },
  {
    name: 'AB-9: an issuer rule holds when no OID rule matches',
    rules: [rule({ issuer: contoso }, 'multi'), rule({ oid: '9.9' }, 'single')],
    expect: ['multi', 'low', 'issuerSubject', contoso],
  },
  {
    name: 'AB-10: with no rule the default holds',
    rules: [],
    defaults: ['multi', 'high'],
    expect: ['multi', 'high', 'default'],
  },
  {
    name: 'AB-12: of several matching OIDs the weaker mode wins',
    rules: [rule({ oid: '1.2.3.4' }, 'multi'), rule({ oid: '1.2.3.4.6' }, 'single')],
    expect: ['single', 'low', 'policyOID', '1.2.3.4', '1.2.3.4.6'],
  },
  {
    name: 'AB-13: one matching OID of many suffices',
    rules: [rule({ oid: '1.2.3.4.6' }, 'multi')],
    expect: ['multi', 'low', 'policyOID', '1.2.3.4.6'],
  },
  {
    name: 'AB-14: duplicate issuer rules that slipped in mean the weaker',
    rules: [rule({ issuer: contoso }, 'multi'), rule({ issuer: encoding }, 'single')],
    expect: ['single', 'low', 'issuerSubject', contoso, encoding],
  },
  {
    name: 'AB-15: a conflict inside the first tier means single',
    rules: [rule({ issuer: contoso, oid: '1.2.3.4' }, 'multi'), rule({ issuer: contoso, oid: '1.2.3.4.6' }, 'single')],
    expect: ['single', 'low', 'issuerSubjectAndPolicyOID', `${contoso} and 1.2.3.4`, `${contoso} and 1.2.3.4.6`],
  },
  {
    name: 'AB-16, D-10: rules that do not match leave the default',
    rules: [rule({ oid: '9.9' }, 'multi')],
    defaults: ['single', 'high'],
    expect: ['single', 'high', 'default'],
  },
  {
    name: 'AB-19: the rule that decides strength decides affinity',
    rules: [rule({ issuer: contoso }, 'multi', 'high'), rule({ oid: '1.2.3.4' }, 'multi', 'low')],
    defaults: ['single', 'high'],
    expect: ['multi', 'low', 'policyOID', '1.2.3.4'],
  },
  {
    name: 'AB-19: a rule that is silent means the tenant default',
    rules: [rule({ oid: '1.2.3.4' }, 'multi')],
    defaults: ['single', 'high'],
    expect: ['multi', 'high', 'policyOID', '1.2.3.4'],
  },
  {
    name: 'AB-20: tied rules of different affinity mean high',
    rules: [rule({ oid: '1.2.3.4' }, 'multi', 'low'), rule({ oid: '1.2.3.4.6' }, 'multi', 'high')],
    expect: ['multi', 'high', 'policyOID', '1.2.3.4', '1.2.3.4.6'],
  },
  {
    name: 'AB-21: an OID and an issuer, with high affinity',
    rules: [rule({ issuer: contoso, oid: '1.2.3.4.6' }, 'multi', 'high')],
    expect: ['multi', 'high', 'issuerSubjectAndPolicyOID', `${contoso} and 1.2.3.4.6`],
  },
  {
    name: 'beyond Entra: an OID the path does not sustain does not count where validated policies are asked for',
    rules: [rule({ oid: '1.2.3.4' }, 'multi')],
    options: { policyOids: 'validated' },
    validPolicies: ['1.2.3.4.6'],
    expect: ['single', 'low', 'default'],
  },
  {
    name: 'beyond Entra: one it sustains does',
    rules: [rule({ oid: '1.2.3.4.6' }, 'multi')],
    options: { policyOids: 'validated' },
    validPolicies: ['1.2.3.4.6'],
    expect: ['multi', 'low', 'policyOID', '1.2.3.4.6'],
  },
];
const factory: readonly [Mode, AffinityLevel] = ['single', 'low'];
for (const {
  name,
  rules,
  defaults = factory,
  certificate = userCertificate,
  options,
  validPolicies,
  expect,
} of cases) {
  test(name, () => {
    const configuration = configurationWith({
      authenticationModeConfiguration: {
        x509CertificateAuthenticationDefaultMode: modes[defaults[0]],
        x509CertificateDefaultRequiredAffinityLevel: defaults[1],
        rules,
      },
      ...(options ? { beyondEntra: options } : {}),
    });
    const path = { certificates: [certificate, authority], ...(validPolicies ? { validPolicies } : {}) };
    const [mode, requiredAffinity, decidedBy, ...identifiers] = expect;
    assert.deepEqual(rateCertificate(path, configuration).because, {
      code: 'certificateRated',
      evidence: { mode: modes[mode], requiredAffinity, decidedBy, identifiers },
    });
  });
}

test('the proof says what was shown, when, by whom and with which certificate', () => {
  const configuration = configurationWith();
  const bindings = configuration.certificateUserBindings;
  const rated = rateCertificate({ certificates: [userCertificate, authority] }, configuration);
  assert.equal(rated.outcome, 'passed');
  const answers = answersOf(questionsFor(userCertificate, bindings, 'bob@woodgrove.com'), userWith());
  const bound = bindUser(userCertificate, { bindings, answers }, { user: userWith(), rating: rated.value });
  assert.equal(bound.outcome, 'passed');
  const proof = proofOf(
    { certificates: [userCertificate, authority] },
    bound.value,
    rated.value,
    new Date('2026-11-21T04:00:00Z'),
  );
  assert.deepEqual(proof, {
    method: 'x509CertificateSingleFactor',
    userId: '11111111-1111-1111-1111-111111111111',
    at: '2026-11-21T04:00:00.000Z',
    certificate: {
      subject: 'DC=com,DC=contoso,OU=UserAccounts,CN=mfatest',
      issuer: 'DC=com,DC=contoso,CN=CONTOSO-DC-CA',
      serialNumber: '48EFA06BA8127299499B069F133441B2',
      sha1Thumbprint: '767C733671D130CC89D62E278D05B8ED39C7243A',
      sha256Thumbprint: '00'.repeat(32),
      tbsSha256: '11'.repeat(32),
      issuerSubjectKeyIdentifier: 'A8A5E425AFAC389822CE523D7E2F29FA40C8FF0A',
      policyOids: ['1.2.3.4', '1.2.3.4.6'],
      notAfter: '2027-01-01T00:00:00.000Z',
    },
  });
});
