import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConditionalAccessPolicy, NamedLocation } from '../core/access/policy.ts';
import type { AuthenticationStrength } from '../core/access/strengths.ts';
import type { PolicyAdmin } from '../ports.ts';
import { setConditionalAccess, setNamedLocations, setStrengths } from './conditional-access.ts';

const strength: AuthenticationStrength = {
  id: 'own',
  displayName: 'Cards of the new CA',
  policyType: 'custom',
  allowedCombinations: ['x509CertificateMultiFactor'],
  combinationConfigurations: [],
};
const office: NamedLocation = { id: 'office', displayName: 'Office', isTrusted: true, ipRanges: ['192.0.2.0/24'] };
const policy: ConditionalAccessPolicy = {
  id: 'p',
  displayName: 'Cards at the office',
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
    locations: { includeLocations: ['office'] },
  },
  grantControls: { operator: 'OR', authenticationStrength: { id: 'own' } },
};

/** What the store would keep; only the six of Conditional Access. */
function kept() {
  const documents: Record<string, readonly unknown[]> = { access: [policy], strengths: [strength], places: [office] };
  const keep = (kind: string, wanted: readonly unknown[]) => {
    documents[kind] = wanted;
  };
  const policyPort = {
    conditionalAccess: async () => documents.access,
    strengths: async () => documents.strengths,
    namedLocations: async () => documents.places,
    setConditionalAccess: async (wanted: readonly unknown[]) => keep('access', wanted),
    setStrengths: async (wanted: readonly unknown[]) => keep('strengths', wanted),
    setNamedLocations: async (wanted: readonly unknown[]) => keep('places', wanted),
  } as unknown as PolicyAdmin;
  return { documents, ports: { policy: policyPort } };
}

test('what is right is kept', async () => {
  const { documents, ports } = kept();
  await setConditionalAccess([policy, { ...policy, id: 'q' }], 'test', ports);
  await setStrengths([strength, { ...strength, id: 'other' }], 'test', ports);
  await setNamedLocations([office, { ...office, id: 'home' }], 'test', ports);
  assert.deepEqual(
    Object.values(documents).map((list) => list.length),
    [2, 2, 2],
  );
});

const refusals: [string, (ports: ReturnType<typeof kept>['ports']) => Promise<void>, string, string][] = [
  [
    'a policy that names an unknown strength',
    (ports) =>
      setConditionalAccess(
        [{ ...policy, grantControls: { operator: 'OR', authenticationStrength: { id: 'gone' } } }],
        'test',
        ports,
      ),
    'accessPolicyInvalid',
    '"gone" is not one of',
  ],
  [
    'CAP-10: to take away the strength a policy names',
    (ports) => setStrengths([], 'test', ports),
    'accessPolicyInvalid',
    '"own" is not one of',
  ],
  [
    'a strength without a combination',
    (ports) => setStrengths([{ ...strength, allowedCombinations: [] }], 'test', ports),
    'strengthInvalid',
    'name at least one combination',
  ],
  [
    'to take away the location a policy names',
    (ports) => setNamedLocations([], 'test', ports),
    'accessPolicyInvalid',
    'there is no named location office',
  ],
  [
    'a location that is no range',
    (ports) => setNamedLocations([{ ...office, ipRanges: ['here'] }], 'test', ports),
    'accessPolicyInvalid',
    '"here" is no range',
  ],
];
for (const [name, change, code, problem] of refusals) {
  test(`${name} is refused, and nothing is kept`, async () => {
    const { documents, ports } = kept();
    await assert.rejects(change(ports), (thrown: { because?: { code: string; evidence: { problem: string } } }) => {
      assert.equal(thrown.because?.code, code);
      assert.ok(thrown.because.evidence.problem.includes(problem), thrown.because.evidence.problem);
      return true;
    });
    assert.deepEqual(documents, kept().documents);
  });
}
