import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Client } from '@microsoft/microsoft-graph-client';
import { clientOf, trusting } from '../client.ts';
import { GraphServer } from '../graph-server.ts';

describe('a strength made by Graph decides sign-ins (graph-api §18 script 8)', () => {
  let graph: GraphServer;
  let distrust: () => void;
  let client: Client;
  before(async () => {
    graph = await GraphServer.start();
    distrust = trusting(graph);
    const permissions = ['Policy.ReadWrite.ConditionalAccess', 'Policy.Read.All', 'AuditLog.Read.All', 'User.Read.All'];
    client = clientOf(graph, await graph.appToken(...permissions));
  });
  after(async () => {
    distrust?.();
    await graph?.end();
  });

  test('a card of another issuer is turned away with 500187, named by the policy; one of the issuer gets in', async () => {
    const { out } = await graph.server.cardea('ca', 'list', '--json');
    const cas = JSON.parse(out) as { displayName: string; issuerSki: string }[];
    const skiOf = (n: number) => cas.find(({ displayName }) => displayName.endsWith(`Issuing CA ${n}`))!.issuerSki;
    const strengths = '/identity/conditionalAccess/authenticationStrength/policies';
    const strength = await client.api(strengths).post({
      displayName: 'Cards of CA 2',
      policyType: 'custom',
      allowedCombinations: ['x509CertificateMultiFactor'],
    });
    const configurations = `${strengths}/${strength.id}/combinationConfigurations`;
    const configuration = await client.api(configurations).post({
      '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
      appliesToCombinations: ['x509CertificateMultiFactor'],
      allowedIssuerSkis: [skiOf(2)],
      allowedPolicyOIDs: [],
    });
    const ana = await client.api('/users/ana@woodgrove.test').get();
    const policy = await client.api('/identity/conditionalAccess/policies').post({
      displayName: 'Ana shows a card of CA 2',
      state: 'enabled',
      conditions: {
        clientAppTypes: ['all'],
        users: { includeUsers: [ana.id] },
        applications: { includeApplications: ['All'] },
      },
      grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: strength.id } },
    });

    const signIn = () => graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
    const sign = await signIn();
    assert.equal(sign.kind, 'refused');
    assert.match(JSON.stringify(sign), /500187/);
    const $filter = `userId eq '${ana.id}' and status/errorCode eq 500187`;
    const { value } = await client.api('/auditLogs/signIns').version('beta').filter($filter).get();
    assert.equal(value.length, 1);
    const [entry] = value;
    assert.equal(entry.conditionalAccessStatus, 'failure');
    assert.equal(entry.authenticationRequirement, 'multiFactorAuthentication');
    const [step] = entry.authenticationDetails;
    assert.deepEqual(
      [step.authenticationMethod, step.succeeded],
      ['X.509 Certificate', true],
      'the card itself was right',
    );
    const [application] = entry.appliedConditionalAccessPolicies;
    assert.deepEqual([application.id, application.result], [policy.id, 'failure']);
    assert.match(application.enforcedGrantControls.join(), /Cards of CA 2/);

    const usage = await client.api(`${strengths}/${strength.id}/usage()`).get();
    assert.deepEqual(
      usage.mfa.map(({ id }: { id: string }) => id),
      [policy.id],
    );
    const update = { allowedCombinations: ['x509CertificateMultiFactor', 'fido2'] };
    const updated = await client.api(`${strengths}/${strength.id}/updateAllowedCombinations`).post(update);
    assert.deepEqual(updated.previousCombinations, ['x509CertificateMultiFactor']);
    assert.deepEqual(updated.currentCombinations, update.allowedCombinations);
    assert.deepEqual(updated.conditionalAccessReferences, [policy.id]);

    await client.api(`${configurations}/${configuration.id}`).patch({ allowedIssuerSkis: [skiOf(1), skiOf(2)] });
    const admitted = await signIn();
    assert.equal(admitted.kind, 'signedIn', JSON.stringify(admitted));
  });
});
