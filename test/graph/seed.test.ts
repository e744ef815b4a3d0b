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

/**
 * The PATCH of Microsoft's how-to, word for word (specification S4): the blank at the end of the issuer's name is theirs.
 * It has no certificateAuthorityScopes, so the rule that a scope names a PKI of the tenant does not concern it.
 */
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
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
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

/** The body of graph-api §3.5. */
const specified = {
  '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
  id: 'X509Certificate',
  state: 'enabled',
  certificateUserBindings: [
    { x509CertificateField: 'PrincipalName', userProperty: 'onPremisesUserPrincipalName', priority: 1 },
    { x509CertificateField: 'RFC822Name', userProperty: 'userPrincipalName', priority: 2 },
    {
      x509CertificateField: 'SubjectKeyIdentifier',
      userProperty: 'certificateUserIds',
      priority: 3,
      trustAffinityLevel: 'high',
    },
  ],
  authenticationModeConfiguration: {
    x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
    x509CertificateDefaultRequiredAffinityLevel: 'low',
    rules: [
      {
        x509CertificateRuleType: 'issuerSubject',
        identifier: 'CN=Fjord Issuing CA 2,O=Fjord',
        x509CertificateAuthenticationMode: 'x509CertificateSingleFactor',
      },
      {
        x509CertificateRuleType: 'policyOID',
        identifier: '1.3.6.1.4.1.55555.1.2',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
        x509CertificateRequiredAffinityLevel: 'high',
      },
      {
        x509CertificateRuleType: 'issuerSubjectAndPolicyOID',
        issuerSubjectIdentifier: 'CN=Fjord Issuing CA 3,O=Fjord',
        policyOidIdentifier: '1.3.6.1.4.1.55555.1.9',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
      },
    ],
  },
  issuerHintsConfiguration: { state: 'enabled' },
  crlValidationConfiguration: {
    state: 'enabled',
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers: ['6F3A0C55E1D27B9A41C08F6B2D90E7135A4C88B1'],
  },
  certificateAuthorityScopes: [
    {
      subjectKeyIdentifier: '1D8E40B7C2A95F63E0B1744D9A6C3F82E5107BDA',
      publicKeyInfrastructureIdentifier: 'Fjord PKI',
      includeTargets: [{ id: '5b0c1f7e-0d5e-4f55-9a27-0e5d3a6c8f10', targetType: 'group' }],
    },
  ],
  includeTargets: [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false }],
  excludeTargets: [],
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

  test('a certificate of WoodgroveCA signs in with more than one factor; so does one with policy 1.2.3.4', async () => {
    const ca = testCa('CN=WoodgroveCA');
    const file = join(graph.server.folder, 'woodgrove-ca.pem');
    writeFileSync(file, ca.pem);
    const addition = await graph.server.cardea('ca', 'add', file);
    assert.equal(addition.code, 0, addition.err);
    await graph.server.cardea('user', 'set', 'cleo@woodgrove.test', '--on-premises-upn', 'cleo@corp.local');
    const cardWith = (policies: readonly string[]) => {
      const certificate = ca.issueUserCertificate({
        subject: 'CN=Cleo',
        upn: 'cleo@corp.local',
        ...(policies.length > 0 ? { policies: [...policies] } : {}),
      });
      return { cert: certificate.pem, key: certificate.privateKeyPem };
    };
    for (const [policies, isMultifactor] of [
      [[], true],
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
      'a malformed OID',
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
    [
      'a target of another type',
      { includeTargets: [{ '@odata.type': '#microsoft.graph.user', targetType: 'group', id: 'all_users' }] },
      'includeTargets/0/@odata.type',
      /authenticationMethodTarget/,
    ],
  ];
  for (const [label, body, target, words] of wrong) {
    test(`${label} is refused with 400, named, and nothing is changed`, async () => {
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
    await assert.rejects(administrator.api(`${base}/Sms`).patch({ state: 'enabled' }), /not supported/);
  });
});

describe('the PATCH of the how-to on a fresh demo', () => {
  let graph: GraphServer;
  before(async () => {
    graph = await GraphServer.start();
  });
  after(() => graph?.end());

  test('on a fresh demo the printed PATCH is 204 for its Global Administrator, who signs in afterwards', async () => {
    const ana = await graph.personToken('ana', 'Policy.ReadWrite.AuthenticationMethod', 'User.Read.All');
    const { status, body } = await graph.call(ana, 'PATCH', x509, print);
    assert.equal(status, 204, JSON.stringify(body));
    // The four people of the demo whose cards are in order, under the document's three bindings.
    for (const [name, isMultifactor] of [
      ['ana', true],
      ['ben', false],
      ['cleo', false],
      ['gus', false],
    ] as const) {
      const end = await graph.server.signIn(`${name}@woodgrove.test`, graph.server.card(name));
      assert.equal(end.kind, 'signedIn', `${name}: ${JSON.stringify(end)}`);
      const amr = end.kind === 'signedIn' ? (claimsOf(end.tokens.id_token).amr as string[]) : [];
      assert.equal(amr.includes('mfa'), isMultifactor, `${name}: ${amr}`);
    }
    const select = '$select=onPremisesSyncEnabled,onPremisesUserPrincipalName';
    const people = (await graph.call(ana, 'GET', `/users?${select}`)).body.value as Record<string, unknown>[];
    assert.deepEqual([people.length, people.every((person) => person.onPremisesSyncEnabled === true)], [8, true]);
    assert.ok(
      people.every((person) => /^[a-z]+@woodgrove\.(test|local)$/.test(String(person.onPremisesUserPrincipalName))),
    );
  });

  test('the body of graph-api §3.5 names a PKI the demo has not: refused, and 204 with the names of the demo', async () => {
    const ana = await graph.personToken('ana', 'Policy.ReadWrite.AuthenticationMethod', 'User.Read.All');
    const refusal = await graph.call(ana, 'PATCH', x509, specified);
    assert.equal(refusal.status, 400);
    assert.match(refusal.body.error.message, /Fjord PKI is not in the trust store/);
    const { out } = await graph.server.cardea('policy', 'get');
    const { container } = (JSON.parse(out).certificateAuthorities as { container: string }[])[0]!;
    const rows = JSON.parse((await graph.server.cardea('ca', 'list', '--json')).out) as Record<string, string>[];
    const issuing = rows.find((row) => /Issuing CA 2/.test(JSON.stringify(row)))!;
    const [scope] = specified.certificateAuthorityScopes;
    const certificateAuthorityScopes = [
      { ...scope, publicKeyInfrastructureIdentifier: container, subjectKeyIdentifier: issuing.issuerSki },
    ];
    const { status, body } = await graph.call(ana, 'PATCH', x509, { ...specified, certificateAuthorityScopes });
    assert.equal(status, 204, JSON.stringify(body));
    const end = await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
  });

  test('of people only a Global Administrator changes what a synchronized user is bound by (UB-22)', async () => {
    await graph.role('Privileged Authentication Administrator', 'gus');
    const [ana, gus] = [
      await graph.personToken('ana', 'User.ReadWrite.All'),
      await graph.personToken('gus', 'User.ReadWrite.All'),
    ];
    const application = await graph.appToken('User.ReadWrite.All');
    const ids = { authorizationInfo: { certificateUserIds: ['X509:<PN>dan@mil'] } };
    const change = (token: string, body: object, name = 'dan') =>
      graph.call(token, 'PATCH', `/users/${name}@woodgrove.test`, body);
    for (const body of [ids, { onPremisesUserPrincipalName: 'dan@mil' }, { onPremisesImmutableId: 'abc' }]) {
      const refusal = await change(gus, body);
      assert.equal(refusal.status, 400, JSON.stringify(body));
      assert.match(refusal.body.error.message, /is synchronized from another directory/);
      assert.equal((await change(ana, body)).status, 204, JSON.stringify(body));
      assert.equal((await change(application, body)).status, 204, JSON.stringify(body));
    }
    await graph.server.cardea('user', 'add', 'hal@woodgrove.test');
    const cloudIds = { authorizationInfo: { certificateUserIds: ['X509:<PN>hal@mil'] } };
    assert.equal((await change(gus, cloudIds, 'hal')).status, 204, 'a user of the cloud alone');
    await graph.server.cardea('role', 'remove', 'Privileged Authentication Administrator', 'gus@woodgrove.test');
  });
});
