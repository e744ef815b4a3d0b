import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client, type GraphError } from '@microsoft/microsoft-graph-client';
import { claimsOf } from '../e2e/server.ts';
import { testCa } from '../pki/test-ca.ts';
import { GraphServer } from './graph-server.ts';

const x509 = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate';

/** Microsoft's how-to, as printed: the blank at the end of the issuer's name is theirs. */
const print = {
  '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
  id: 'X509Certificate',
  state: 'enabled',
  certificateUserBindings: [
    { x509CertificateField: 'PrincipalName', userProperty: 'onPremisesUserPrincipalName', priority: 1 },
    { x509CertificateField: 'RFC822Name', userProperty: 'userPrincipalName', priority: 2 },
    { x509CertificateField: 'PrincipalName', userProperty: 'certificateUserIds', priority: 3 },
  ],
  authenticationModeConfiguration: {
    x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
    rules: [
      {
        x509CertificateRuleType: 'issuerSubject',
        identifier: 'CN=WoodgroveCA ',
        x509CertificateAuthenticationMode: 'x509CertificateSingleFactor',
      },
      {
        x509CertificateRuleType: 'policyOID',
        identifier: '1.2.3.4',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
      },
    ],
  },
  includeTargets: [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false }],
};

describe('the how-to of certificate-based authentication, walked with the Graph JavaScript client', () => {
  let graph: GraphServer;
  const trustedItems = getCACertificates('default');
  const clientWith = (token: string) =>
    Client.initWithMiddleware({
      baseUrl: `${graph.server.origin}/`,
      defaultVersion: 'v1.0',
      customHosts: new Set(['localhost']),
      authProvider: { getAccessToken: async () => token },
    });
  let administrator: Client;
  before(async () => {
    graph = await GraphServer.start();
    setDefaultCACertificates([...trustedItems, graph.server.trust]);
    await graph.role('Authentication Policy Administrator', 'ben');
    await graph.role('Reports Reader', 'ben');
    const scopes = ['Policy.ReadWrite.AuthenticationMethod', 'AuditLog.Read.All'];
    administrator = clientWith(await graph.personToken('ben', ...scopes));
  });
  after(async () => {
    setDefaultCACertificates(trustedItems);
    await graph?.end();
  });

  test('the policy is read in any spelling, changed by the printed JSON with 204, and reads back as meant', async () => {
    const policy = await administrator.api('/policies/authenticationmethodspolicy').get();
    const ids = policy.authenticationMethodConfigurations.map(({ id }: { id: string }) => id);
    assert.ok(ids.includes('X509Certificate'), ids.join());
    await administrator.api(`${x509.toLowerCase()}`).patch({ state: 'disabled' });
    assert.equal((await administrator.api(x509).get()).state, 'disabled');
    assert.equal(await administrator.api(x509).patch(print), undefined, '204 without a body');
    const read = await administrator.api(x509.replace('x509Certificate', 'X509Certificate')).get();
    assert.equal(
      read['@odata.context'],
      `${graph.server.origin}/v1.0/$metadata#authenticationMethodConfigurations/$entity`,
    );
    assert.equal(read.state, 'enabled');
    assert.deepEqual(
      read.certificateUserBindings.map(({ priority, trustAffinityLevel }: Record<string, unknown>) => [
        priority,
        trustAffinityLevel,
      ]),
      [
        [1, 'low'],
        [2, 'low'],
        [3, 'low'],
      ],
    );
    const [issuer, oid] = read.authenticationModeConfiguration.rules;
    assert.deepEqual([issuer.identifier, oid.identifier], ['CN=WoodgroveCA', '1.2.3.4']);
    assert.equal(read.authenticationModeConfiguration.x509CertificateDefaultRequiredAffinityLevel, 'low');
    assert.deepEqual(read.includeTargets, [{ isRegistrationRequired: false, targetType: 'group', id: 'all_users' }]);
    assert.deepEqual(read.excludeTargets, []);
  });

  test('a certificate of WoodgroveCA signs in with one factor; with policy 1.2.3.4 besides, with more than one', async () => {
    const ca = testCa('CN=WoodgroveCA');
    const file = join(graph.server.folder, 'woodgrove-ca.pem');
    writeFileSync(file, ca.pem);
    const addition = await graph.server.cardea('ca', 'add', file);
    assert.equal(addition.code, 0, addition.err);
    await graph.server.cardea('user', 'set', 'cleo@woodgrove.test', '--on-premises-upn', 'cleo@corp.local');
    const cardWith = (policies: readonly string[]) => {
      const certificate = ca.issueCard({
        subject: 'CN=Cleo',
        upn: 'cleo@corp.local',
        ...(policies.length > 0 ? { policies: [...policies] } : {}),
      });
      return { cert: certificate.pem, key: certificate.privateKeyPem };
    };
    for (const [policies, isMultifactor] of [
      [[], false],
      [['1.2.3.4'], true],
    ] as const) {
      const end = await graph.server.signIn('cleo@woodgrove.test', cardWith(policies));
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
      const amr = end.kind === 'signedIn' ? (claimsOf(end.tokens.id_token).amr as string[]) : [];
      assert.equal(amr.includes('mfa'), isMultifactor, amr.join());
    }
  });

  test('the change is in the audit log, with its author and the old and the new value', async () => {
    const audits = await administrator
      .api('/auditLogs/directoryAudits')
      .filter("activityDisplayName eq 'Authentication Methods Policy Update'")
      .get();
    const [last] = audits.value;
    assert.equal(last.initiatedBy.user.userPrincipalName, 'ben@woodgrove.test');
    const [change] = last.targetResources[0].modifiedProperties;
    assert.match(JSON.stringify([change.oldValue, change.newValue]), /WoodgroveCA/);
  });

  test('who may not write the policy gets 403, in the shape the client understands', async () => {
    const nobody = clientWith(await graph.personToken('gus', 'Policy.ReadWrite.AuthenticationMethod'));
    await assert.rejects(nobody.api(x509).patch(print), (problem: GraphError) => {
      assert.deepEqual([problem.statusCode, problem.code], [403, 'accessDenied']);
      assert.match(problem.message, /Authentication Policy Administrator/);
      assert.match(String(problem.requestId), /^[0-9a-f-]{36}$/);
      return true;
    });
  });

  const wrong: readonly (readonly [string, object, string, RegExp])[] = [
    ['an unknown property', { colour: 'red' }, 'colour', /no property/],
    ['a wrong enum', { state: 'sometimes' }, '/state', /sometimes/],
    [
      'a binding twice',
      {
        certificateUserBindings: [
          print.certificateUserBindings[0],
          { ...print.certificateUserBindings[0], priority: 2 },
        ],
      },
      '/certificateUserBindings/1',
      /PrincipalName/,
    ],
    [
      'a priority twice',
      {
        certificateUserBindings: [
          print.certificateUserBindings[0],
          { ...print.certificateUserBindings[1], priority: 1 },
        ],
      },
      '/certificateUserBindings/1/priority',
      /1/,
    ],
    [
      'a rule twice',
      {
        authenticationModeConfiguration: {
          rules: [print.authenticationModeConfiguration.rules[1], print.authenticationModeConfiguration.rules[1]],
        },
      },
      '/authenticationModeConfiguration/rules/1',
      /1\.2\.3\.4/,
    ],
    [
      'an OID that is none',
      {
        authenticationModeConfiguration: {
          rules: [{ ...print.authenticationModeConfiguration.rules[1], identifier: 'All issuance policies' }],
        },
      },
      '/authenticationModeConfiguration/rules/0/identifier',
      /All issuance/,
    ],
    [
      'affinity high for a name',
      { certificateUserBindings: [{ ...print.certificateUserBindings[0], trustAffinityLevel: 'high' }] },
      '/certificateUserBindings/0/trustAffinityLevel',
      /high/,
    ],
    ['a group that is not there', { includeTargets: [{ targetType: 'group', id: crypto.randomUUID() }] }, '', /group/],
    [
      'another type',
      { '@odata.type': '#microsoft.graph.fido2AuthenticationMethodConfiguration' },
      '@odata.type',
      /type/,
    ],
  ];
  for (const [what, body, target, words] of wrong) {
    test(`${what} is refused with 400, named, and nothing is changed`, async () => {
      const before = await administrator.api(x509).get();
      await assert.rejects(administrator.api(x509).patch(body), (problem: GraphError) => {
        assert.equal(problem.statusCode, 400);
        assert.match(problem.message, words);
        const { details } = JSON.parse(String(problem.body)) as { details?: { target: string }[] };
        if (target !== '') assert.equal(details?.[0]?.target, target);
        return true;
      });
      assert.deepEqual(await administrator.api(x509).get(), before);
    });
  }

  test('of two who change different parts of the policy at once neither loses', async () => {
    await Promise.all([
      administrator.api(x509).patch({ issuerHintsConfiguration: { state: 'enabled' } }),
      administrator.api(x509).patch({ crlValidationConfiguration: { state: 'enabled' } }),
      administrator
        .api(x509)
        .patch({ authenticationModeConfiguration: { x509CertificateDefaultRequiredAffinityLevel: 'low' } }),
    ]);
    const read = await administrator.api(x509).get();
    assert.deepEqual(
      [read.issuerHintsConfiguration.state, read.crlValidationConfiguration.state],
      ['enabled', 'enabled'],
    );
  });

  test('DELETE restores the factory settings', async () => {
    await administrator.api(x509).delete();
    const read = await administrator.api(x509).get();
    assert.deepEqual([read.state, read.authenticationModeConfiguration.rules], ['disabled', []]);
  });

  test('other methods are switched and targeted; what is not offered cannot be switched on', async () => {
    const base = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations';
    await administrator.api(`${base}/fido2`).patch({ state: 'disabled' });
    assert.equal((await administrator.api(`${base}/Fido2`).get()).state, 'disabled');
    await assert.rejects(administrator.api(`${base}/Sms`).patch({ state: 'enabled' }), /not offered/);
  });
});
