import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkX509Configuration, warnOfConfiguration } from './check-configuration.ts';
import {
  type AuthenticationRule,
  defaultX509CertificateConfiguration,
  type UserBinding,
  type X509CertificateConfiguration,
} from './policy.ts';
import { authority, configurationWith } from './testing/specimens.ts';

const bound = (x509CertificateField: string, userProperty: string, priority: number, trustAffinityLevel = 'low') =>
  ({ x509CertificateField, userProperty, priority, trustAffinityLevel }) as UserBinding;
const modes = defaultX509CertificateConfiguration.authenticationModeConfiguration;
const ruled = (...rules: readonly object[]): Partial<X509CertificateConfiguration> => ({
  authenticationModeConfiguration: { ...modes, rules: rules as readonly AuthenticationRule[] },
});
const multi = { x509CertificateAuthenticationMode: 'x509CertificateMultiFactor' };
const oid = (identifier: string) => ({ x509CertificateRuleType: 'policyOID', identifier, ...multi });
const issuer = (identifier: string) => ({ x509CertificateRuleType: 'issuerSubject', identifier, ...multi });
const pair = (issuerSubjectIdentifier: string, policyOidIdentifier: string) => ({
  x509CertificateRuleType: 'issuerSubjectAndPolicyOID',
  identifier: 'both',
  issuerSubjectIdentifier,
  policyOidIdentifier,
  ...multi,
});
const group = { targetType: 'group', id: 'g' } as const;
const scope = (subjectKeyIdentifier: string, ...includeTargets: (typeof group)[]) => ({
  subjectKeyIdentifier,
  publicKeyInfrastructureIdentifier: 'p',
  includeTargets,
});

const cases: readonly {
  readonly name: string;
  readonly configuration: object;
  readonly issues: readonly (readonly [target: string, code: string])[];
}[] = [
  { name: 'the factory settings are in order', configuration: defaultX509CertificateConfiguration, issues: [] },
  {
    name: 'UB-1: priorities are unique',
    configuration: {
      certificateUserBindings: [
        bound('PrincipalName', 'userPrincipalName', 1),
        bound('RFC822Name', 'userPrincipalName', 1),
      ],
    },
    issues: [['/certificateUserBindings/1/priority', 'bindingPriorityRepeated']],
  },
  {
    name: 'UB-1: and not negative',
    configuration: { certificateUserBindings: [bound('PrincipalName', 'userPrincipalName', -1)] },
    issues: [['/certificateUserBindings/0/priority', 'bindingPriorityInvalid']],
  },
  {
    name: 'UB-1: and whole',
    configuration: { certificateUserBindings: [bound('PrincipalName', 'userPrincipalName', 1.5)] },
    issues: [['/certificateUserBindings/0/priority', 'bindingPriorityInvalid']],
  },
  {
    name: 'UB-3: a field may be bound twice',
    configuration: {
      certificateUserBindings: [
        bound('PrincipalName', 'userPrincipalName', 1),
        bound('PrincipalName', 'certificateUserIds', 2),
      ],
    },
    issues: [],
  },
  {
    name: 'UB-3: but not to one property',
    configuration: {
      certificateUserBindings: [
        bound('PrincipalName', 'userPrincipalName', 1),
        bound('PrincipalName', 'userPrincipalName', 2),
      ],
    },
    issues: [['/certificateUserBindings/1', 'bindingRepeated']],
  },
  {
    name: '§5.1: an unknown field',
    configuration: { certificateUserBindings: [bound('toString', 'userPrincipalName', 1)] },
    issues: [['/certificateUserBindings/0/x509CertificateField', 'bindingFieldUnknown']],
  },
  {
    name: '§5.1: a serial number is bound to certificateUserIds only',
    configuration: { certificateUserBindings: [bound('IssuerAndSerialNumber', 'userPrincipalName', 1)] },
    issues: [['/certificateUserBindings/0/userProperty', 'bindingPropertyNotAllowed']],
  },
  {
    name: 'UB-34: a low field cannot be declared high',
    configuration: { certificateUserBindings: [bound('PrincipalName', 'userPrincipalName', 1, 'high')] },
    issues: [['/certificateUserBindings/0/trustAffinityLevel', 'bindingAffinityImpossible']],
  },
  {
    name: 'an unknown affinity',
    configuration: { certificateUserBindings: [bound('SubjectKeyIdentifier', 'certificateUserIds', 1, 'highest')] },
    issues: [['/certificateUserBindings/0/trustAffinityLevel', 'bindingAffinityImpossible']],
  },
  {
    name: 'AB-2: an OID is dotted decimal',
    configuration: ruled(oid('1.2.3.4'), oid('2.5.29.32.0'), oid(' 1.2.3 ')),
    issues: [],
  },
  {
    name: 'AB-2: a display name is not an issuer',
    configuration: ruled(oid('All issuance policies')),
    issues: [['/authenticationModeConfiguration/rules/0/identifier', 'ruleOidMalformed']],
  },
  {
    name: 'AB-2: nor is 3.1',
    configuration: ruled(oid('3.1')),
    issues: [['/authenticationModeConfiguration/rules/0/identifier', 'ruleOidMalformed']],
  },
  {
    name: 'AB-1: an issuer is a distinguished name',
    configuration: ruled(issuer('Woodgrove CA')),
    issues: [['/authenticationModeConfiguration/rules/0/identifier', 'ruleIssuerMalformed']],
  },
  {
    name: 'AB-1: a trailing blank is forgiven',
    configuration: ruled(issuer('CN=ContosoCA,DC=Contoso,DC=org ')),
    issues: [],
  },
  {
    name: 'AB-7: a combined rule needs both parts',
    configuration: ruled(pair('CN=a', ''), pair('', '1.2')),
    issues: [
      ['/authenticationModeConfiguration/rules/0/policyOidIdentifier', 'ruleOidMalformed'],
      ['/authenticationModeConfiguration/rules/1/issuerSubjectIdentifier', 'ruleIssuerMalformed'],
    ],
  },
  {
    name: 'AB-14: an issuer has one rule, however it is written',
    configuration: ruled(issuer('CN=a,DC=b'), issuer('DC=b, cn=A')),
    issues: [['/authenticationModeConfiguration/rules/1', 'ruleRepeated']],
  },
  {
    name: 'AB-14: a pair beside its parts is no repetition',
    configuration: ruled(issuer('CN=a'), oid('1.2'), pair('CN=a', '1.2')),
    issues: [],
  },
  {
    name: 'an unknown rule type',
    configuration: ruled({ ...oid('1.2'), x509CertificateRuleType: 'unknownFutureValue' }),
    issues: [['/authenticationModeConfiguration/rules/0/x509CertificateRuleType', 'ruleTypeUnknown']],
  },
  {
    name: 'an unknown mode',
    configuration: ruled({ ...oid('1.2'), x509CertificateAuthenticationMode: 'x' }),
    issues: [
      ['/authenticationModeConfiguration/rules/0/x509CertificateAuthenticationMode', 'configurationStateUnknown'],
    ],
  },
  { name: 'an unknown state', configuration: { state: 'on' }, issues: [['/state', 'configurationStateUnknown']] },
  {
    name: 'SCOPE-2: a target is a group',
    configuration: { includeTargets: [{ targetType: 'user', id: 'u' }] },
    issues: [['/includeTargets/0', 'methodTargetInvalid']],
  },
  {
    name: 'CAS-1: one group a CA',
    configuration: { certificateAuthorityScopes: [scope('AB', group, group), scope('CD')] },
    issues: [
      ['/certificateAuthorityScopes/0/includeTargets', 'authorityScopeGroups'],
      ['/certificateAuthorityScopes/1/includeTargets', 'authorityScopeGroups'],
    ],
  },
  {
    name: 'CAS-1: a CA once',
    configuration: { certificateAuthorityScopes: [scope('abcd', group), scope('AB:CD', group)] },
    issues: [['/certificateAuthorityScopes/1/subjectKeyIdentifier', 'authorityScopeRepeated']],
  },
  {
    name: 'CAS-1: thirty rules',
    configuration: { certificateAuthorityScopes: Array.from({ length: 31 }, (_, i) => scope(`${10 + i}`, group)) },
    issues: [['/certificateAuthorityScopes', 'authorityScopesTooMany']],
  },
  {
    name: 'CAS-5: an SKI is hex',
    configuration: { certificateAuthorityScopes: [scope('xyz', group)] },
    issues: [['/certificateAuthorityScopes/0/subjectKeyIdentifier', 'subjectKeyIdentifierMalformed']],
  },
  {
    name: 'CRL-25: so is that of an exempted CA',
    configuration: {
      crlValidationConfiguration: {
        state: 'enabled',
        exemptedCertificateAuthoritiesSubjectKeyIdentifiers: ['AB', 'no'],
      },
    },
    issues: [
      [
        '/crlValidationConfiguration/exemptedCertificateAuthoritiesSubjectKeyIdentifiers/1',
        'subjectKeyIdentifierMalformed',
      ],
    ],
  },
];
for (const { name, configuration, issues } of cases) {
  test(name, () => {
    const match = checkX509Configuration(configurationWith(configuration));
    assert.deepEqual(
      match.map(({ target, because }) => [target, because.code]),
      issues,
    );
  });
}

test('a rule for an issuer that is not uploaded is a warning', () => {
  const configuration = configurationWith(
    ruled(issuer('CN=CONTOSO-DC-CA,DC=contoso,DC=com'), issuer('CN=Nobody'), oid('1.2')),
  );
  assert.deepEqual(warnOfConfiguration(configuration, [authority.subject]), [
    {
      target: '/authenticationModeConfiguration/rules/1',
      because: { code: 'ruleIssuerUnknown', evidence: { issuer: 'CN=Nobody' } },
    },
  ]);
});
