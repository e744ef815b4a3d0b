import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { addGroup } from '#admin/directory/groups.ts';
import { applyDocument } from '#admin/policies/policies.ts';
import { askForDomain, type DomainNamePorts } from '#admin/tenant/domain-names.ts';
import { federateDomain, manageDomain } from '#admin/tenant/domains.ts';
import { type CardeaError, messageOf } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../contract/databases.ts';
import { type GraphNode, serveGraph } from '../contract/graph-node.ts';

const tenantId = crypto.randomUUID();
const group = '11111111-2222-4333-8444-555555555555';
const gone = '99999999-2222-4333-8444-555555555555';
const conditions = {
  users: { includeUsers: ['All'] },
  applications: { includeApplications: ['All'] },
  clientAppTypes: ['all'],
};
const policy = (change: object = {}) => ({
  displayName: 'Require MFA',
  state: 'enabled',
  conditions,
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  ...change,
});
const policyFor = (condition: object) => policy({ conditions: { ...conditions, ...condition } });

/** The same wish as a part of a tenant file and as a request to Graph. */
interface Wish {
  readonly name: string;
  readonly document: object;
  readonly request: readonly [method: string, path: string, body: object];
}
const ofPolicy = (name: string, value: object): Wish => ({
  name,
  document: { conditionalAccessPolicies: [{ id: 'new', ...value }] },
  request: ['POST', '/identity/conditionalAccess/policies', value],
});
const ofMethod = (name: string, value: object): Wish => ({
  name,
  document: { x509Certificate: value },
  request: ['PATCH', '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/X509Certificate', value],
});
const ofRollout = (name: string, groups: readonly string[]): Wish => {
  const rollout = { displayName: 'Pilot', feature: 'certificateBasedAuthentication', isEnabled: true };
  return {
    name,
    document: { featureRolloutPolicies: [{ ...rollout, isAppliedToOrganization: false, appliesTo: groups }] },
    request: ['POST', '/policies/featureRolloutPolicies', { ...rollout, appliesTo: groups.map((id) => ({ id })) }],
  };
};
const rule = { x509CertificateRuleType: 'policyOID', x509CertificateAuthenticationMode: 'x509CertificateMultiFactor' };
const binding = { userProperty: 'userPrincipalName', priority: 1 };

const wishes: readonly Wish[] = [
  ...['includeUsers', 'excludeUsers', 'includeGroups', 'includeRoles'].map((list) =>
    ofPolicy(
      `a policy whose ${list} are not in the tenant`,
      policyFor({ users: { ...conditions.users, [list]: [gone] } }),
    ),
  ),
  ofPolicy('a policy for an unknown application', policyFor({ applications: { includeApplications: [gone] } })),
  ofPolicy('a policy with an unknown location', policyFor({ locations: { includeLocations: [gone] } })),
  ofPolicy(
    'a policy with an unknown strength',
    policy({ grantControls: { operator: 'OR', authenticationStrength: { id: gone } } }),
  ),
  ofPolicy('a policy without controls', policy({ grantControls: null })),
  ofMethod('a method for an unknown group', { includeTargets: [{ targetType: 'group', id: gone }] }),
  ofMethod('a rule with a malformed policy OID', {
    authenticationModeConfiguration: { rules: [{ ...rule, identifier: '1.x' }] },
  }),
  ofMethod('two bindings of one priority', {
    certificateUserBindings: [
      { ...binding, x509CertificateField: 'PrincipalName' },
      { ...binding, x509CertificateField: 'RFC822Name' },
    ],
  }),
  ofRollout('a rollout to an unknown group', [gone]),
  ofRollout(
    'a rollout to eleven groups',
    Array.from({ length: 11 }, () => group),
  ),
];

describe('a tenant file, and a domain by command line, are refused exactly as Graph refuses them', () => {
  const clock = new TestClock();
  const database = databasesUnderTest()[0]!;
  let storage: Storage;
  let graph: GraphNode;
  const ports = () => storage.forTenant(tenantId);
  before(async () => {
    storage = await openAt(await database.place(), clock);
    const domain = { id: 'alike.test', authenticationType: 'Managed', isVerified: true } as const;
    await storage.tenants.add({ id: tenantId, displayName: 'Alike', domains: [domain] });
    orThrow(await addGroup({ id: group, displayName: 'Pilot' }, [], { actor: 'test', ports: ports() }));
    const permissions = [
      'Policy.ReadWrite.ConditionalAccess',
      'Policy.ReadWrite.AuthenticationMethod',
      'Policy.ReadWrite.HybridAuthentication',
      'Domain.ReadWrite.All',
    ];
    const application = { displayName: 'App', redirectUris: [], isPublicClient: false, roles: permissions };
    const { appId } = orThrow(await addApplication(application, { actor: 'test', ports: ports() })).application;
    graph = await serveGraph(
      clock,
      () => ({ tenantId, kind: 'application', id: appId, appId, permissions, issuedAt: clock.at }),
      async () => {
        const tenant = (await storage.tenants.find(tenantId))!;
        return { ...ports(), tenant, clock, passwords: openPasswords() } as unknown as GraphPorts;
      },
    );
  });
  after(async () => {
    graph?.close();
    await storage?.close();
    database.end();
  });

  const apply = (document: object) =>
    applyDocument(document, { actor: 'test', at: clock.at, ports: ports() }, { dryRun: false }).then(orThrow);
  const isRefusedAlike = async ({ document, request }: Wish) => {
    const { status, body } = await graph.answer(...request);
    assert.ok(status === 400 || status === 404, JSON.stringify(body));
    await assert.rejects(apply(document), ({ because }: CardeaError) => {
      // Graph names the property of the request first, where the words do not.
      const [target] = body.error.details ?? [];
      const words = [messageOf(because), `${target?.target}: ${messageOf(because)}`];
      assert.ok(
        words.some((text) => body.error.message.startsWith(text)),
        `${body.error.message} ≠ ${words[0]}`,
      );
      return true;
    });
  };
  for (const wish of wishes) test(wish.name, () => isRefusedAlike(wish));

  test('the command line and Graph refuse a domain that is not verified alike', async () => {
    const tenant = (await storage.tenants.find(tenantId))!;
    const adminPorts = { ...ports(), tenant, tenants: storage.tenants };
    const names: DomainNamePorts['names'] = { txt: async () => [] };
    orThrow(await askForDomain('asked.test', { actor: 'test', ports: { ...adminPorts, names } }));
    const provider = {
      issuerUri: 'urn:idp',
      passiveSignInUri: 'https://idp.test/',
      preferredAuthenticationProtocol: 'saml',
    } as const;
    const context = { actor: 'test', ports: adminPorts };
    const answers = await Promise.all([
      graph.answer('PATCH', '/domains/asked.test', { isDefault: true }),
      graph.answer('PATCH', '/domains/asked.test', { authenticationType: 'Managed' }),
      graph.answer('PATCH', '/domains/asked.test', { authenticationType: 'Federated' }),
      graph.answer('POST', '/domains/asked.test/federationConfiguration', provider),
    ]);
    const rulings = [
      await manageDomain(tenant, 'asked.test', context),
      await federateDomain(tenant, 'asked.test', provider, context),
    ];
    const messages = answers.map(({ status, body }) => `${status} ${body.error.message}`);
    for (const ruling of rulings)
      assert.deepEqual(
        messages,
        messages.map(() => `400 ${messageOf(ruling.because)}.`),
      );
  });

  test('the 196th policy', async () => {
    const many = Array.from({ length: 195 }, (_, at) => ({ ...policy(), id: `p${at}` }));
    await apply({ conditionalAccessPolicies: many });
    const further = policy({ displayName: 'One more' });
    const wish = ofPolicy('', further);
    await isRefusedAlike({
      ...wish,
      document: { conditionalAccessPolicies: [...many, { ...further, id: 'further' }] },
    });
  });
});
