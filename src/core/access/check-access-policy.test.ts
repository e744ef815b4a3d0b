import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessPolicy, checkNamedLocation, checkStrength, policiesUsing } from './check-access-policy.ts';
import type { ConditionalAccessPolicy } from './policy.ts';
import type { AuthenticationStrength } from './strengths.ts';

const phishingResistant = '00000000-0000-0000-0000-000000000004';
const good: ConditionalAccessPolicy = {
  id: 'p',
  displayName: 'Payroll needs certificate',
  state: 'enabled',
  conditions: {
    clientAppTypes: ['all'],
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['payroll'] },
  },
  grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: phishingResistant } },
};
const knownObjects = { strengths: [{ id: 'custom' }], namedLocations: [{ id: 'home' }] };
const conditions = (fields: object) => ({ conditions: { ...good.conditions, ...fields } });
const grant = (fields: object) => ({ grantControls: { operator: 'OR', ...fields } });

const policies: readonly (readonly [name: string, fields: object, targets: readonly string[]])[] = [
  ['the policy of the Graph example is in order', {}, []],
  ['a policy has a name', { displayName: ' ' }, ['/displayName']],
  ['a policy has one of three states', { state: 'on' }, ['/state']],
  ['client app types are required', conditions({ clientAppTypes: [] }), ['/conditions/clientAppTypes']],
  ['and known', conditions({ clientAppTypes: ['browser', 'fax'] }), ['/conditions/clientAppTypes/1']],
  ['the policy must include users', conditions({ users: {} }), ['/conditions/users']],
  ['something must be meant', conditions({ applications: {} }), ['/conditions/applications']],
  [
    'authentication contexts are c1 to c99',
    conditions({ applications: { includeAuthenticationContextClassReferences: ['c0', 'c1'] } }),
    ['/conditions/applications/includeAuthenticationContextClassReferences/0'],
  ],
  [
    'a user action is registration of security information, which is all that is evaluated',
    conditions({ applications: { includeUserActions: ['urn:user:registerSecurityInfo', 'urn:user:registerdevice'] } }),
    ['/conditions/applications/includeUserActions/1'],
  ],
  [
    'platforms are known, in any case',
    conditions({ platforms: { includePlatforms: ['all', 'ios', 'windos'], excludePlatforms: ['', 'LINUX'] } }),
    ['/conditions/platforms/includePlatforms/2', '/conditions/platforms/excludePlatforms/0'],
  ],
  [
    'places must exist',
    conditions({ locations: { includeLocations: ['All'], excludeLocations: ['home', 'gone'] } }),
    ['/conditions/locations/excludeLocations/1'],
  ],
  ['risk cannot be evaluated', conditions({ signInRiskLevels: ['high'] }), ['/conditions/signInRiskLevels']],
  ['an empty list of risks asks for nothing', conditions({ signInRiskLevels: [], devices: null }), []],
  [
    'CAP-2: MFA and a strength exclude each other',
    grant({ builtInControls: ['mfa'], authenticationStrength: { id: 'custom' } }),
    ['/grantControls/authenticationStrength'],
  ],
  ['a block stands alone', grant({ builtInControls: ['block', 'mfa'] }), ['/grantControls/builtInControls']],
  [
    'a control that cannot be evaluated is not stored',
    grant({ builtInControls: ['passwordChange'] }),
    ['/grantControls/builtInControls/0'],
  ],
  ['the operator is AND or OR', grant({ operator: 'XOR', builtInControls: ['mfa'] }), ['/grantControls/operator']],
  [
    'a strength must exist',
    grant({ authenticationStrength: { id: 'gone' } }),
    ['/grantControls/authenticationStrength/id'],
  ],
  ['a policy controls something', { grantControls: null }, ['/grantControls']],
  [
    'a frequency is a number of hours or days',
    { sessionControls: { signInFrequency: { isEnabled: true, value: 24, type: 'hours' } } },
    ['/sessionControls/signInFrequency/value'],
  ],
  [
    'every time needs no number',
    { sessionControls: { signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime' } } },
    [],
  ],
  [
    'a browser session is always or never persistent',
    { sessionControls: { persistentBrowser: { isEnabled: true } } },
    ['/sessionControls/persistentBrowser/mode'],
  ],
];
for (const [name, fields, targets] of policies) {
  test(name, () => {
    const issues = checkAccessPolicy({ ...good, ...fields } as ConditionalAccessPolicy, knownObjects);
    assert.deepEqual(
      issues.map(({ target }) => target),
      targets,
    );
    for (const { because } of issues) assert.equal(because.code, 'accessPolicyInvalid');
  });
}

const cards: AuthenticationStrength = {
  id: 's',
  displayName: 'Our cards',
  policyType: 'custom',
  allowedCombinations: ['x509CertificateMultiFactor', 'password,x509CertificateSingleFactor'],
  combinationConfigurations: [
    {
      id: 'c',
      appliesToCombinations: ['x509CertificateMultiFactor'],
      allowedIssuerSkis: ['AB01'],
      allowedPolicyOIDs: ['1.2.3'],
    },
  ],
};
const constrainedStrength = (fields: object) => ({
  combinationConfigurations: [{ ...cards.combinationConfigurations[0], ...fields }],
});
const strengths: readonly (readonly [name: string, fields: object, targets: readonly string[]])[] = [
  ['a strength with issuers and OIDs is in order', {}, []],
  [
    'CAP-10: five issuers',
    constrainedStrength({ allowedIssuerSkis: ['01', '02', '03', '04', '05', '06'] }),
    ['/combinationConfigurations/0/allowedIssuerSkis'],
  ],
  [
    'CAP-10: five OIDs',
    constrainedStrength({ allowedPolicyOIDs: ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6'] }),
    ['/combinationConfigurations/0/allowedPolicyOIDs'],
  ],
  [
    'an SKI can have a separator between its octets',
    constrainedStrength({ allowedIssuerSkis: ['ab:01', 'ab-01', 'ab 01'] }),
    [],
  ],
  [
    'an SKI is hex',
    constrainedStrength({ allowedIssuerSkis: ['no'] }),
    ['/combinationConfigurations/0/allowedIssuerSkis'],
  ],
  [
    'an OID is dotted decimal',
    constrainedStrength({ allowedPolicyOIDs: ['gold'] }),
    ['/combinationConfigurations/0/allowedPolicyOIDs'],
  ],
  [
    'only certificates and passkeys take constraints',
    constrainedStrength({ appliesToCombinations: ['password'] }),
    ['/combinationConfigurations/0/appliesToCombinations'],
  ],
  ['a method must be known', { allowedCombinations: ['password,smoke'] }, ['/allowedCombinations/0']],
  ['a strength allows something', { allowedCombinations: [] }, ['/allowedCombinations']],
];
for (const [name, fields, targets] of strengths) {
  test(name, () => {
    const issues = checkStrength({ ...cards, ...fields }, []);
    assert.deepEqual(
      issues.map(({ target }) => target),
      targets,
    );
    for (const { because } of issues) assert.equal(because.code, 'strengthInvalid');
  });
}

test('CAP-10: a tenant has fifteen custom strengths, and its own place when one is changed', () => {
  const rest = Array.from({ length: 15 }, (_, i) => ({ ...cards, id: `${i}` }));
  assert.equal(checkStrength(cards, rest).length, 1);
  assert.equal(checkStrength({ ...cards, id: '3' }, rest).length, 0);
});

test('CAP-10: the policies that use a strength are named', () => {
  assert.deepEqual(policiesUsing(phishingResistant, [good]), ['Payroll needs certificate']);
  assert.deepEqual(policiesUsing('custom', [good]), []);
});

test('a named location is made of ranges', () => {
  const home = { id: 'h', displayName: 'Home', isTrusted: true, ipRanges: ['192.0.2.0/24', '2001:db8::/32'] };
  assert.deepEqual(checkNamedLocation(home), []);
  assert.deepEqual(
    checkNamedLocation({ ...home, ipRanges: ['192.0.2.0/24', '192.0.2.1', '1.2.3.4/33'] }).map(({ target }) => target),
    ['/ipRanges/1', '/ipRanges/2'],
  );
});
