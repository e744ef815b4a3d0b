import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import { type AuthenticationStrength, builtInStrengths } from '#core/access/strengths.ts';
import type { Code } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { PolicyAdmin } from '#ports/policies.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { changeAccess } from './change-access.ts';

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

/** A store without objects. */
const empty = { find: async () => undefined, list: async () => [] };

/** What the store would keep, and what the change made of it. */
async function next(part: Partial<AccessDocuments>): Promise<AccessDocuments> {
  const accessDocuments: AccessDocuments = { policies: [policy], strengths: [strength], namedLocations: [office] };
  const change: PolicyAdmin['changeAccess'] = async (_, work) => ({ ...accessDocuments, ...work(accessDocuments) });
  const policyAdmin: Partial<PolicyAdmin> = {
    changeAccess: change,
    conditionalAccess: async () => accessDocuments.policies,
    strengths: async () => accessDocuments.strengths,
    namedLocations: async () => accessDocuments.namedLocations,
  };
  const ports = { policy: policyAdmin, users: empty, groups: empty, applications: empty, objects: empty };
  return changeAccess({ actor: 'test', ports: ports as unknown as AdminPorts }, () => part).then(orThrow);
}

test('what is right is kept', async () => {
  const documents = await next({
    policies: [policy, { ...policy, id: 'q' }],
    strengths: [strength, { ...strength, id: 'other' }],
    namedLocations: [office, { ...office, id: 'home' }],
  });
  assert.deepEqual(
    Object.values(documents).map((list) => list.length),
    [2, 2, 2],
  );
});

test('a policy may go together with what it alone names', async () => {
  const documents = await next({ policies: [], strengths: [], namedLocations: [] });
  assert.deepEqual(documents, { policies: [], strengths: [], namedLocations: [] });
});

const naming = (id: string): ConditionalAccessPolicy => ({
  ...policy,
  grantControls: { operator: 'OR', authenticationStrength: { id } },
});
const many = <T extends { id: string }>(item: T, count: number): T[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? item : { ...item, id: `${item.id}${i}` }));
type Row = [string, Partial<AccessDocuments>, Code, RegExp];
const refusals: Row[] = [
  [
    'the id of a built-in strength',
    { strengths: [strength, { ...strength, id: builtInStrengths[0]!.id }] },
    'graphBuiltInFixed',
    /./,
  ],
  ['two strengths of one id', { strengths: [strength, strength] }, 'graphObjectConflict', /own/],
  ['two policies of one id', { policies: [policy, policy] }, 'graphObjectConflict', /"?p"?/],
  ['two locations of one id', { namedLocations: [office, office] }, 'graphObjectConflict', /office/],
  [
    'a policy that names an unknown strength',
    { policies: [naming('gone')] },
    'accessPolicyInvalid',
    /"gone" is not one of/,
  ],
  [
    'CAP-10: to take away the strength a policy names',
    { strengths: [] },
    'graphObjectInUse',
    /Cards of the new CA is in use by Cards at the office/,
  ],
  [
    'to take away the location a policy names',
    { namedLocations: [] },
    'graphObjectInUse',
    /Office is in use by Cards at the office/,
  ],
  [
    'a strength without a combination',
    { strengths: [{ ...strength, allowedCombinations: [] }] },
    'strengthInvalid',
    /name at least one combination/,
  ],
  [
    'a location with a malformed range',
    { namedLocations: [{ ...office, ipRanges: ['here'] }] },
    'accessPolicyInvalid',
    /"here" is not a range/,
  ],
  ...(['includeUsers', 'excludeGroups', 'includeRoles'] as const).map(
    (name): Row => [
      `a policy whose ${name} names what is not there`,
      {
        policies: [
          { ...policy, conditions: { ...policy.conditions, users: { includeUsers: ['All'], [name]: ['x'] } } },
        ],
      },
      'graphPropertyInvalid',
      new RegExp(`conditions/users/${name}.*"x" is not in this tenant`),
    ],
  ),
  ['the 196th policy', { policies: many(policy, 196) }, 'graphLimitReached', /at most 195 policies/],
  ['the 196th location', { namedLocations: many(office, 196) }, 'graphLimitReached', /at most 195 namedLocations/],
];
for (const [name, part, code, problem] of refusals) {
  test(`${name} is refused`, async () => {
    await assert.rejects(next(part), (thrown: { because?: { code: string }; message: string }) => {
      assert.equal(thrown.because?.code, code);
      assert.match(thrown.message, problem);
      return true;
    });
  });
}
