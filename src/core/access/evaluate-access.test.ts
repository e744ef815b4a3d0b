import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Situation } from './conditions/situation.ts';
import type { DeviceFacts } from './device/device-facts.ts';
import { evaluateAccess } from './evaluate-access.ts';
import type { AccessConditions, ConditionalAccessPolicy, GrantControls, SessionControls } from './policy.ts';
import type { AuthenticationMethod, CertificateFacts, Proof } from './proof.ts';
import { type AuthenticationStrength, builtInStrengths, meetsStrength } from './strengths.ts';

const userId = 'ana';
const ski = 'A8A5E425AFAC389822CE523D7E2F29FA40C8FF0A';
const at = new Date('2026-11-21T12:00:00Z');

function proof(
  method: AuthenticationMethod,
  facts: Partial<CertificateFacts> = {},
  when = '2026-11-21T11:59:00.000Z',
): Proof {
  if (!method.startsWith('x509')) return { method, userId, at: when };
  const certificate: CertificateFacts = {
    subject: 'CN=Ana',
    issuer: 'CN=CA',
    serialNumber: '01',
    sha1Thumbprint: '',
    sha256Thumbprint: '',
    issuerSubjectKeyIdentifier: ski,
    policyOids: ['1.2.3.4'],
    notAfter: '2027-01-01T00:00:00.000Z',
    ...facts,
  };
  return { method, userId, at: when, certificate };
}
const [single, multi] = [proof('x509CertificateSingleFactor'), proof('x509CertificateMultiFactor')];
const compliantDevice: DeviceFacts = {
  deviceId: '9d53c6fa-b38e-4509-8fb1-51dedb421aac',
  displayName: 'Notebook',
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.26100.1',
  trustType: 'AzureAd',
  isCompliant: true,
  isManaged: null,
  deviceOwnership: null,
  physicalIds: [],
  systemLabels: [],
  extensionAttributes: {},
};
const [password, fido2] = [proof('password'), proof('fido2')];

interface PolicyFields {
  readonly id?: string;
  readonly state?: ConditionalAccessPolicy['state'];
  readonly users?: AccessConditions['users'];
  readonly applications?: AccessConditions['applications'];
  readonly clientAppTypes?: AccessConditions['clientAppTypes'];
  readonly locations?: NonNullable<AccessConditions['locations']>;
  readonly platforms?: NonNullable<AccessConditions['platforms']>;
  readonly grant?: Partial<GrantControls>;
  readonly session?: SessionControls;
}
function policy(fields: PolicyFields): ConditionalAccessPolicy {
  const {
    users = { includeUsers: ['All'] },
    applications = { includeApplications: ['All'] },
    clientAppTypes = ['all'],
  } = fields;
  const { locations, platforms, grant, session } = fields;
  return {
    id: fields.id ?? 'p1',
    displayName: fields.id ?? 'p1',
    state: fields.state ?? 'enabled',
    conditions: {
      users,
      applications,
      clientAppTypes,
      ...(locations ? { locations } : {}),
      ...(platforms ? { platforms } : {}),
    },
    grantControls: grant ? { operator: 'OR', ...grant } : null,
    ...(session ? { sessionControls: session } : {}),
  };
}
const mfa = { builtInControls: ['mfa'] };
const block = { builtInControls: ['block'] };
const strength = (id: string) => ({ authenticationStrength: { id } });
const [s002, s003, s004] = builtInStrengths.map(({ id }) => strength(id));

function custom(fields: Partial<AuthenticationStrength>): AuthenticationStrength {
  return {
    id: 's',
    displayName: 'Our cards',
    policyType: 'custom',
    allowedCombinations: ['x509CertificateMultiFactor'],
    combinationConfigurations: [],
    ...fields,
  };
}
const constrainedStrength = (allowedValues: {
  readonly allowedIssuerSkis?: readonly string[];
  readonly allowedPolicyOIDs?: readonly string[];
}) =>
  custom({
    combinationConfigurations: [{ id: 'c', appliesToCombinations: ['x509CertificateMultiFactor'], ...allowedValues }],
  });

interface Case {
  readonly name: string;
  readonly policies: readonly ConditionalAccessPolicy[];
  readonly situation?: Partial<Situation>;
  readonly proofs?: readonly Proof[];
  readonly code: string;
  /** Evidence that must be there; other evidence may be. */
  readonly evidence?: object;
  readonly ask?: string;
  readonly results?: readonly string[];
}
const nobodyElse = { users: { includeUsers: ['eve'] } };
const home = { id: 'home', displayName: 'Home', isTrusted: true, ipRanges: ['192.0.2.0/24', '2001:db8::/32'] };

const cases: readonly Case[] = [
  {
    name: 'with no policy every user passes',
    policies: [],
    code: 'accessGranted',
    evidence: { multiFactor: false, policies: [] },
    results: [],
  },
  {
    name: 'MFA-1: a multifactor certificate satisfies MFA at once',
    policies: [policy({ grant: mfa })],
    proofs: [multi],
    code: 'accessGranted',
    evidence: { multiFactor: true },
    results: ['success'],
  },
  {
    name: 'MFA-2: a single-factor certificate suffices where nothing is demanded',
    policies: [],
    code: 'accessGranted',
    evidence: { multiFactor: false },
  },
  {
    name: 'MFA-3: single-factor and MFA asks for a second factor that is registered',
    policies: [policy({ grant: mfa })],
    situation: { availableMethods: ['fido2'] },
    code: 'secondFactorNeeded',
    evidence: { missing: ['fido2'], strength: 'Multifactor authentication' },
    ask: 'secondFactor',
    results: ['interrupted'],
  },
  {
    name: 'MFA-3: and passes once it is shown',
    policies: [policy({ grant: mfa })],
    proofs: [single, fido2],
    code: 'accessGranted',
    evidence: { multiFactor: true },
  },
  {
    name: 'MFA-3: phone sign-in counts too',
    policies: [policy({ grant: mfa })],
    proofs: [single, proof('deviceBasedPush')],
    code: 'accessGranted',
  },
  {
    name: 'MFA-4: nothing suitable registered is a refusal, and no registration is offered',
    policies: [policy({ grant: mfa })],
    situation: { availableMethods: ['x509CertificateSingleFactor', 'sms'] },
    code: 'secondFactorUnavailable',
    evidence: { methods: ['x509CertificateSingleFactor'] },
    results: ['failure'],
  },
  {
    name: 'MFA-3, MFA-4: a code is no second factor after a certificate',
    policies: [policy({ grant: mfa })],
    situation: { availableMethods: ['softwareOath'] },
    code: 'secondFactorUnavailable',
  },
  {
    name: 'MFA-5: a password completes a certificate as a certificate completes a password',
    policies: [policy({ grant: mfa })],
    situation: { availableMethods: ['password', 'softwareOath'] },
    code: 'secondFactorNeeded',
    evidence: { missing: ['password'] },
    ask: 'secondFactor',
  },
  {
    name: 'MFA-4: a Temporary Access Pass is a way out',
    policies: [policy({ grant: mfa })],
    situation: { availableMethods: ['password', 'temporaryAccessPassOneTime'] },
    code: 'secondFactorNeeded',
    evidence: { missing: ['temporaryAccessPassOneTime'] },
    ask: 'secondFactor',
  },
  {
    name: 'MFA-5: after a password a certificate may be the second factor',
    policies: [policy({ grant: mfa })],
    proofs: [password],
    situation: { availableMethods: ['x509CertificateSingleFactor'] },
    code: 'secondFactorNeeded',
    evidence: { missing: ['x509CertificateSingleFactor'] },
    ask: 'certificate',
  },
  {
    name: 'MFA-5: password and single-factor certificate satisfy MFA',
    policies: [policy({ grant: mfa })],
    proofs: [password, single],
    code: 'accessGranted',
    evidence: { multiFactor: true },
  },
  {
    name: 'MFA-5: password and multifactor certificate too',
    policies: [policy({ grant: mfa })],
    proofs: [password, multi],
    code: 'accessGranted',
    evidence: { multiFactor: true },
  },
  {
    name: 'MFA-8: a phone approves only after a certificate',
    policies: [policy({ grant: mfa })],
    proofs: [password],
    situation: { availableMethods: ['deviceBasedPush'] },
    code: 'secondFactorUnavailable',
  },
  {
    name: 'MFA-10: a text message adds nothing to a single-factor certificate',
    policies: [policy({ grant: mfa })],
    proofs: [single, proof('sms')],
    situation: { availableMethods: [] },
    code: 'secondFactorUnavailable',
  },
  {
    name: 'MFA-10: it does to a password',
    policies: [policy({ grant: mfa })],
    proofs: [password, proof('sms')],
    code: 'accessGranted',
    evidence: { multiFactor: true },
  },
  {
    name: 'a Temporary Access Pass is multifactor alone',
    policies: [policy({ grant: mfa })],
    proofs: [proof('temporaryAccessPassOneTime')],
    code: 'accessGranted',
  },
  {
    name: 'another user’s proofs count for nothing',
    policies: [policy({ grant: mfa })],
    proofs: [{ ...multi, userId: 'eve' }],
    situation: { availableMethods: [] },
    code: 'secondFactorUnavailable',
    evidence: { methods: [] },
  },

  {
    name: 'CAP-1: a policy that blocks refuses with 53003',
    policies: [policy({ grant: block })],
    proofs: [multi],
    code: 'accessBlocked',
    evidence: { policy: 'p1' },
    results: ['failure'],
  },
  {
    name: 'CAP-1: a block outranks every other control',
    policies: [policy({ grant: mfa }), policy({ id: 'p2', grant: block })],
    code: 'accessBlocked',
    results: ['interrupted', 'failure'],
  },
  {
    name: 'CAP-2: strength 002 is what MFA means',
    policies: [policy({ grant: s002! })],
    proofs: [multi],
    code: 'accessGranted',
    results: ['success'],
  },
  {
    name: 'CAP-3: passwordless does not know password and certificate',
    policies: [policy({ grant: s003! })],
    proofs: [password, single],
    situation: { availableMethods: [] },
    code: 'certificateStrengthUnmet',
  },
  {
    name: 'CAP-4: several strengths must all be satisfied',
    policies: [policy({ grant: s004! }), policy({ id: 'p2', grant: strength('s') })],
    proofs: [multi],
    situation: { strengths: [custom({ allowedCombinations: ['fido2'] })], availableMethods: ['fido2'] },
    code: 'secondFactorNeeded',
    evidence: { policy: 'p2', missing: ['fido2'] },
    results: ['success', 'interrupted'],
  },
  {
    name: 'CAP-4: possibly by several methods',
    policies: [policy({ grant: s004! }), policy({ id: 'p2', grant: strength('s') })],
    proofs: [multi, fido2],
    situation: { strengths: [custom({ allowedCombinations: ['fido2'] })] },
    code: 'accessGranted',
    results: ['success', 'success'],
  },
  {
    name: 'CAP-5: methods used in the session count',
    policies: [policy({ grant: s004! })],
    proofs: [password, multi],
    code: 'accessGranted',
  },
  {
    name: 'CAP-6: strength and frequency may be met at different times',
    policies: [policy({ grant: mfa, session: { signInFrequency: { value: 1, type: 'hours', isEnabled: true } } })],
    proofs: [proof('x509CertificateMultiFactor', {}, '2026-11-20T00:00:00.000Z'), password],
    situation: { at },
    code: 'accessGranted',
    results: ['success'],
  },
  {
    name: 'CAP-6: a sign-in older than the frequency starts again',
    policies: [policy({ session: { signInFrequency: { value: 1, type: 'hours', isEnabled: true } } })],
    proofs: [proof('x509CertificateMultiFactor', {}, '2026-11-21T10:59:59.000Z')],
    situation: { at },
    code: 'signInTooOld',
    evidence: { policy: 'p1', provenAt: '2026-11-21T10:59:59.000Z', seconds: 3600 },
    ask: 'certificate',
    results: ['interrupted'],
  },
  {
    name: 'CAP-6: every time means within five minutes',
    policies: [policy({ session: { signInFrequency: { frequencyInterval: 'everyTime', isEnabled: true } } })],
    proofs: [proof('x509CertificateMultiFactor', {}, '2026-11-21T11:54:59.000Z')],
    situation: { at },
    code: 'signInTooOld',
    evidence: { seconds: 300 },
  },
  {
    name: 'without a clock no sign-in is recent',
    policies: [policy({ session: { signInFrequency: { value: 1, type: 'days', isEnabled: true } } })],
    proofs: [multi],
    code: 'signInTooOld',
  },
  {
    name: 'CAP-7: a federated factor needs its second',
    policies: [policy({ grant: mfa })],
    proofs: [proof('federatedSingleFactor')],
    situation: { availableMethods: [] },
    code: 'secondFactorUnavailable',
  },
  {
    name: 'CAP-7: federated multifactor satisfies MFA',
    policies: [policy({ grant: mfa })],
    proofs: [proof('federatedMultiFactor')],
    code: 'accessGranted',
  },
  {
    name: 'CAP-9: single-factor alone may be a custom strength',
    policies: [policy({ grant: strength('s') })],
    situation: { strengths: [custom({ allowedCombinations: ['x509CertificateSingleFactor'] })] },
    code: 'accessGranted',
    evidence: { multiFactor: false },
  },
  {
    name: 'CAP-11: the issuer and the OID of the strength are satisfied',
    policies: [policy({ grant: strength('s') })],
    proofs: [multi],
    situation: {
      strengths: [
        constrainedStrength({ allowedIssuerSkis: ['00', ski.toLowerCase()], allowedPolicyOIDs: ['1.2.3.4'] }),
      ],
    },
    code: 'accessGranted',
    results: ['success'],
  },
  ...[':', '-', ' '].map((separator) => ({
    name: `CAP-11: an issuer that is listed with ${JSON.stringify(separator)} between its octets is satisfied`,
    policies: [policy({ grant: strength('s') })],
    proofs: [multi],
    situation: {
      strengths: [constrainedStrength({ allowedIssuerSkis: [ski.replace(/..(?=.)/g, `$&${separator}`)] })],
    },
    code: 'accessGranted' as const,
  })),
  {
    name: 'CAP-11: the issuer alone is not enough when both are listed',
    policies: [policy({ grant: strength('s') })],
    proofs: [multi],
    situation: { strengths: [constrainedStrength({ allowedIssuerSkis: [ski], allowedPolicyOIDs: ['9.9'] })] },
    code: 'certificateStrengthUnmet',
    evidence: {
      strength: 'Our cards',
      issuer: ski,
      policyOids: ['1.2.3.4'],
      method: 'x509CertificateMultiFactor',
      policy: 'p1',
    },
    results: ['failure'],
  },
  {
    name: 'CAP-11: nor the OID alone',
    policies: [policy({ grant: strength('s') })],
    proofs: [multi],
    situation: { strengths: [constrainedStrength({ allowedIssuerSkis: ['00'], allowedPolicyOIDs: ['1.2.3.4'] })] },
    code: 'certificateStrengthUnmet',
  },
  {
    name: 'CAP-11: one list asks only for itself',
    policies: [policy({ grant: strength('s') })],
    proofs: [multi],
    situation: { strengths: [constrainedStrength({ allowedPolicyOIDs: ['9.9', '1.2.3.4'] })] },
    code: 'accessGranted',
  },
  {
    name: 'CAP-12: an issuer that is not uploaded may be listed by its SKI',
    policies: [policy({ grant: strength('s') })],
    proofs: [proof('x509CertificateMultiFactor', { issuerSubjectKeyIdentifier: 'BEEF' })],
    situation: { strengths: [constrainedStrength({ allowedIssuerSkis: ['BE:EF'] })] },
    code: 'accessGranted',
  },
  {
    name: 'CAP-13: a leaf without AKI may sign in',
    policies: [],
    proofs: [proof('x509CertificateMultiFactor', { issuerSubjectKeyIdentifier: undefined })],
    code: 'accessGranted',
  },
  {
    name: 'CAP-13: and satisfies no issuer',
    policies: [policy({ grant: strength('s') })],
    proofs: [proof('x509CertificateMultiFactor', { issuerSubjectKeyIdentifier: undefined })],
    situation: { strengths: [constrainedStrength({ allowedIssuerSkis: [ski] })] },
    code: 'certificateStrengthUnmet',
    evidence: { issuer: '' },
  },
  {
    name: 'CAP-14: of more than five OIDs those that match are considered',
    policies: [policy({ grant: strength('s') })],
    proofs: [proof('x509CertificateMultiFactor', { policyOids: ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7'] })],
    situation: { strengths: [constrainedStrength({ allowedPolicyOIDs: ['1.7'] })] },
    code: 'accessGranted',
  },
  {
    name: 'CAP-15: a certificate too weak for the strength is 500187',
    policies: [policy({ grant: s004! })],
    proofs: [single],
    situation: { availableMethods: [] },
    code: 'certificateStrengthUnmet',
    evidence: { strength: 'Phishing-resistant MFA', method: 'x509CertificateSingleFactor' },
  },
  {
    name: 'CAP-15: no second certificate is asked for in the session',
    policies: [policy({ grant: s004! })],
    proofs: [single],
    situation: { availableMethods: ['x509CertificateMultiFactor'] },
    code: 'certificateStrengthUnmet',
  },
  {
    name: 'a strength that is gone is satisfied by nothing',
    policies: [policy({ grant: strength('gone') })],
    proofs: [multi],
    code: 'accessControlUnknown',
    evidence: { control: 'authenticationStrength gone' },
  },

  {
    name: 'a policy for other users does not apply',
    policies: [policy({ ...nobodyElse, grant: block })],
    code: 'accessGranted',
    results: ['notApplied'],
  },
  {
    name: 'a policy for a group applies to its members',
    policies: [policy({ users: { includeGroups: ['STAFF'] }, grant: block })],
    code: 'accessBlocked',
  },
  {
    name: 'a policy for a role applies to its holders',
    policies: [policy({ users: { includeRoles: ['admin'] }, grant: block })],
    situation: { roleTemplateIds: ['admin'] },
    code: 'accessBlocked',
  },
  {
    name: 'an excluded group outranks all users',
    policies: [policy({ users: { includeUsers: ['All'], excludeGroups: ['staff'] }, grant: block })],
    code: 'accessGranted',
    results: ['notApplied'],
  },
  {
    name: 'an excluded user beats an included group',
    policies: [policy({ users: { includeGroups: ['staff'], excludeUsers: ['ANA'] }, grant: block })],
    code: 'accessGranted',
  },
  {
    name: 'a policy without users applies to no user',
    policies: [policy({ users: { includeUsers: ['None'] }, grant: block })],
    code: 'accessGranted',
  },
  {
    name: 'a policy for another application does not apply',
    policies: [policy({ applications: { includeApplications: ['payroll'] }, grant: block })],
    code: 'accessGranted',
  },
  {
    name: 'a policy for the resource applies to every client',
    policies: [policy({ applications: { includeApplications: ['payroll'] }, grant: block })],
    situation: { resourceId: 'payroll' },
    code: 'accessBlocked',
  },
  {
    name: 'an excluded client does not exempt the resource it asks for',
    policies: [
      policy({ applications: { includeApplications: ['All'], excludeApplications: ['portal'] }, grant: block }),
    ],
    situation: { resourceId: 'payroll' },
    code: 'accessBlocked',
  },
  {
    name: 'an excluded application is exempt',
    policies: [
      policy({ applications: { includeApplications: ['All'], excludeApplications: ['portal'] }, grant: block }),
    ],
    code: 'accessGranted',
  },
  {
    name: 'a policy for other clients does not apply to browsers',
    policies: [policy({ clientAppTypes: ['exchangeActiveSync', 'other'], grant: block })],
    code: 'accessGranted',
  },
  {
    name: 'a trusted place is exempt (IPv4)',
    policies: [policy({ locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }, grant: block })],
    situation: { namedLocations: [home] },
    code: 'accessGranted',
  },
  {
    name: 'a trusted place is exempt (IPv6)',
    policies: [policy({ locations: { includeLocations: ['All'], excludeLocations: ['home'] }, grant: block })],
    situation: { namedLocations: [home], ipAddress: '2001:db8::7' },
    code: 'accessGranted',
  },
  {
    name: 'another place is not',
    policies: [policy({ locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }, grant: block })],
    situation: { namedLocations: [home], ipAddress: '198.51.100.1' },
    code: 'accessBlocked',
  },
  {
    name: 'a text that is not an address is in no trusted location',
    policies: [policy({ locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }, grant: block })],
    situation: { namedLocations: [home], ipAddress: 'unknown' },
    code: 'accessBlocked',
  },
  {
    name: 'the policy applies at a place that is not known',
    policies: [policy({ locations: { includeLocations: ['gone'] }, grant: block })],
    code: 'accessBlocked',
  },
  {
    name: 'and exempts no user',
    policies: [policy({ locations: { includeLocations: ['All'], excludeLocations: ['gone'] }, grant: block })],
    code: 'accessBlocked',
  },
  {
    name: 'the policy applies on an unknown platform',
    policies: [policy({ platforms: { includePlatforms: ['iOS'] }, grant: block })],
    code: 'accessBlocked',
  },
  {
    name: 'another platform does not',
    policies: [policy({ platforms: { includePlatforms: ['iOS'] }, grant: block })],
    situation: { platform: 'windows' },
    code: 'accessGranted',
  },

  {
    name: 'a compliant device satisfies',
    policies: [policy({ grant: { builtInControls: ['compliantDevice'] } })],
    situation: { device: compliantDevice },
    code: 'accessGranted',
  },
  {
    name: 'an unknown device is refused',
    policies: [policy({ grant: { builtInControls: ['compliantDevice'] } })],
    code: 'deviceNotCompliant',
    evidence: { device: 'unknown' },
    results: ['failure'],
  },
  {
    name: 'OR: where the device is unknown, the second factor is asked for',
    policies: [policy({ grant: { operator: 'OR', builtInControls: ['compliantDevice', 'mfa'] } })],
    situation: { availableMethods: ['fido2'] },
    code: 'secondFactorNeeded',
    ask: 'secondFactor',
  },
  {
    name: 'a device that is not joined is refused',
    policies: [policy({ grant: { builtInControls: ['domainJoinedDevice'] } })],
    situation: { device: compliantDevice },
    code: 'deviceNotJoined',
    evidence: { device: 'not' },
  },
  {
    name: 'OR: one satisfied control is enough',
    policies: [policy({ grant: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] } })],
    proofs: [multi],
    code: 'accessGranted',
  },
  {
    name: 'AND: all are needed',
    policies: [policy({ grant: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] } })],
    proofs: [multi],
    code: 'deviceNotCompliant',
    results: ['failure'],
  },
  {
    name: 'OR: what a person can still do is asked for, not what cannot be had',
    policies: [policy({ grant: { operator: 'OR', builtInControls: ['approvedApplication', 'mfa'] } })],
    situation: { availableMethods: ['fido2'] },
    code: 'secondFactorNeeded',
  },
  {
    name: 'an unknown control is not satisfied',
    policies: [policy({ grant: { builtInControls: ['passwordChange'] } })],
    proofs: [multi],
    code: 'accessControlUnknown',
    evidence: { control: 'passwordChange' },
  },
  {
    name: 'terms of use are put before the person',
    policies: [policy({ grant: { termsOfUse: ['tou'] } })],
    code: 'termsNotAccepted',
    evidence: { terms: ['tou'] },
    ask: 'termsOfUse',
  },

  {
    name: 'report-only decides nothing and is reported',
    policies: [policy({ state: 'enabledForReportingButNotEnforced', grant: block })],
    code: 'accessGranted',
    results: ['reportOnlyFailure'],
  },
  {
    name: 'report-only: satisfied',
    policies: [policy({ state: 'enabledForReportingButNotEnforced', grant: mfa })],
    proofs: [multi],
    code: 'accessGranted',
    results: ['reportOnlySuccess'],
  },
  {
    name: 'report-only: would interrupt',
    policies: [policy({ state: 'enabledForReportingButNotEnforced', grant: mfa })],
    code: 'accessGranted',
    results: ['reportOnlyInterrupted'],
  },
  {
    name: 'report-only: does not apply',
    policies: [policy({ ...nobodyElse, state: 'enabledForReportingButNotEnforced', grant: block })],
    code: 'accessGranted',
    results: ['reportOnlyNotApplied'],
  },
  {
    name: 'a disabled policy is reported as not enabled',
    policies: [policy({ state: 'disabled', grant: block })],
    code: 'accessGranted',
    results: ['notEnabled'],
  },
  {
    name: 'the policy of an authentication context applies',
    policies: [policy({ applications: { includeAuthenticationContextClassReferences: ['c1'] }, grant: s004! })],
    situation: { authenticationContexts: ['c1'], availableMethods: [] },
    code: 'certificateStrengthUnmet',
  },
  {
    name: 'without the context that policy does not apply',
    policies: [policy({ applications: { includeAuthenticationContextClassReferences: ['c1'] }, grant: s004! })],
    code: 'accessGranted',
    results: ['notApplied'],
  },
];
for (const { name, policies, situation, proofs = [single], code, evidence = {}, ask, results } of cases) {
  test(name, () => {
    const where: Situation = {
      user: { id: userId, groupIds: ['staff'] },
      applicationId: 'portal',
      ipAddress: '192.0.2.7',
      ...situation,
    };
    const { ruling, reported } = evaluateAccess(policies, where, proofs);
    assert.equal(ruling.because.code, code);
    assert.partialDeepStrictEqual(ruling.because.evidence, evidence);
    if (ask) assert.equal(ruling.outcome === 'interrupted' && ruling.ask.kind, ask);
    if (results)
      assert.deepEqual(
        reported.map((item) => item.code === 'accessPolicyEvaluated' && item.evidence.result),
        results,
      );
    assert.equal(reported.length, policies.length);
  });
}

test('the grant carries contexts, the shortest frequency, and never a lasting browser session that one policy forbids', () => {
  const { ruling } = evaluateAccess(
    [
      policy({
        session: {
          signInFrequency: { value: 2, type: 'days', isEnabled: true },
          persistentBrowser: { mode: 'always', isEnabled: true },
        },
      }),
      policy({
        session: {
          signInFrequency: { value: 3, type: 'hours', isEnabled: true },
          persistentBrowser: { mode: 'never', isEnabled: true },
        },
      }),
    ],
    {
      user: { id: userId, groupIds: [] },
      applicationId: 'portal',
      ipAddress: '192.0.2.7',
      at,
      authenticationContexts: ['c1'],
    },
    [multi],
  );
  assert.deepEqual(ruling.outcome === 'passed' && ruling.value, {
    multiFactor: true,
    authenticationContexts: ['c1'],
    signInFrequency: 10_800,
    persistentBrowser: 'never',
  });
});

test('§8.2: the built-in strengths list 19, 4 and 3 combinations, and none a lone single-factor certificate (CAP-9)', () => {
  assert.deepEqual(
    builtInStrengths.map((builtInStrength) => builtInStrength.allowedCombinations.length),
    [19, 4, 3],
  );
  for (const builtInStrength of builtInStrengths) assert.equal(meetsStrength(builtInStrength, [single]), false);
});

test('CAP-16: the log names a strength by its name, and what of it is unmet', () => {
  const { reported } = evaluateAccess(
    [policy({ grant: { operator: 'AND', builtInControls: ['compliantDevice'], ...s004! } })],
    { user: { id: userId, groupIds: [] }, applicationId: 'portal', ipAddress: '192.0.2.7' },
    [multi],
  );
  assert.deepEqual(reported, [
    {
      code: 'accessPolicyEvaluated',
      evidence: {
        id: 'p1',
        displayName: 'p1',
        result: 'failure',
        grantControls: ['compliantDevice', 'authenticationStrength Phishing-resistant MFA'],
        sessionControls: [],
        unmet: ['compliantDevice'],
      },
    },
  ]);
});

test('CAP-5: the challenge names every method that leads on, and none beside a shorter way', () => {
  const situation = {
    user: { id: userId, groupIds: [] },
    applicationId: 'portal',
    ipAddress: '192.0.2.7',
    availableMethods: ['softwareOath', 'fido2', 'password', 'temporaryAccessPassOneTime'],
  } as const;
  const { ruling } = evaluateAccess([policy({ grant: mfa })], situation, [single]);
  assert.deepEqual(ruling.outcome === 'interrupted' && ruling.ask, {
    kind: 'secondFactor',
    methods: ['fido2', 'temporaryAccessPassOneTime', 'password'],
  });
});
