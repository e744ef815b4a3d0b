import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type GraphAnswer, GraphServer } from '../graph-server.ts';

const policies = '/identity/conditionalAccess/policies';
const locations = '/identity/conditionalAccess/namedLocations';
const strengths = '/policies/authenticationStrengthPolicies';
const phishingResistant = '00000000-0000-0000-0000-000000000004';

describe('Conditional Access by Graph (graph-api §11)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start({ CARDEA_GRAPH_STRICT: 'true' });
    token = await graph.appToken(
      'Policy.ReadWrite.ConditionalAccess',
      'Policy.Read.All',
      'Group.ReadWrite.All',
      'AuditLog.Read.All',
    );
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown, headers = {}): Promise<GraphAnswer> =>
    graph.call(token, method, path, body, headers);
  const result = async (path: string, body: unknown) => {
    const answer = await call('POST', path, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const needsMfa = (more: object = {}) => ({
    displayName: 'All users need two factors',
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      clientAppTypes: ['all'],
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    ...more,
  });
  const problemOf = ({ status, body }: GraphAnswer) => {
    assert.equal(status, 400, JSON.stringify(body));
    return body.error.message as string;
  };
  const activities = async (top: number) => {
    const { body } = await call('GET', `/auditLogs/directoryAudits?$filter=result%20eq%20'success'&$top=${top}`);
    return body.value.map((item: { activityDisplayName: string }) => item.activityDisplayName);
  };

  test('a policy reads back with its strength whole, empty lists as [] and absent objects as null', async () => {
    const group = await result('/groups', {
      displayName: 'Break glass',
      mailNickname: 'bg',
      mailEnabled: false,
      securityEnabled: true,
    });
    const policy = await result(policies, {
      displayName: 'Payroll needs certificate',
      state: 'disabled',
      conditions: {
        clientAppTypes: ['all'],
        users: { includeUsers: ['All'], excludeGroups: [group.id], includeGuestsOrExternalUsers: null },
        applications: { includeApplications: ['All'] },
        signInRiskLevels: [],
        devices: null,
      },
      grantControls: {
        operator: 'OR',
        builtInControls: [],
        authenticationStrength: {
          id: phishingResistant,
          '@odata.type': '#microsoft.graph.authenticationStrengthPolicy',
        },
      },
      sessionControls: null,
    });
    const { body } = await call('GET', `${policies}/${policy.id}`);
    assert.equal(body['@odata.context'], `${graph.server.origin}/v1.0/$metadata#${policies.slice(1)}/$entity`);
    assert.deepEqual(body.conditions.users.excludeGroups, [group.id]);
    assert.deepEqual(body.conditions.users.includeRoles, []);
    assert.deepEqual([body.conditions.platforms, body.conditions.locations, body.sessionControls], [null, null, null]);
    assert.deepEqual(body.conditions.signInRiskLevels, []);
    assert.equal(body.grantControls.authenticationStrength.displayName, 'Phishing-resistant MFA');
    assert.equal(body.grantControls.authenticationStrength.requirementsSatisfied, 'mfa');
    assert.ok(Date.parse(body.createdDateTime) > 0);
    assert.equal(body.modifiedDateTime, null);
    assert.equal((await activities(1))[0], 'Add Conditional Access policy');
  });

  test('a change joins objects, replaces lists and clears with null; a deleted policy is gone', async () => {
    const { id } = await result(policies, needsMfa());
    const change = {
      state: 'disabled',
      conditions: { users: { excludeUsers: ['None'] }, locations: { includeLocations: ['AllTrusted'] } },
      sessionControls: { signInFrequency: { value: 4, type: 'hours', isEnabled: true } },
    };
    const next = await call('PATCH', `${policies}/${id}`, change);
    assert.equal(next.status, 204, JSON.stringify(next.body));
    const { body } = await call('GET', `${policies}/${id}`);
    assert.deepEqual([body.state, body.conditions.users.includeUsers], ['disabled', ['All']]);
    assert.deepEqual(body.conditions.users.excludeUsers, ['None']);
    assert.equal(body.sessionControls.signInFrequency.frequencyInterval, 'timeBased');
    assert.deepEqual(body.grantControls.builtInControls, ['mfa']);
    assert.ok(body.modifiedDateTime >= body.createdDateTime);
    await call('PATCH', `${policies}/${id}`, { conditions: { locations: null }, sessionControls: null });
    const clear = (await call('GET', `${policies}/${id}`)).body;
    assert.deepEqual([clear.conditions.locations, clear.sessionControls], [null, null]);
    // What a client read, it may send back whole.
    assert.equal((await call('PATCH', `${policies}/${id}`, { ...clear, displayName: 'Again' })).status, 204);
    assert.equal((await call('DELETE', `${policies}/${id}`)).status, 204);
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { state: 'disabled' }],
      ['DELETE', undefined],
    ] as const)
      assert.equal((await call(method, `${policies}/${id}`, body)).status, 404, method);
    assert.deepEqual((await activities(2)).toSorted(), [
      'Delete Conditional Access policy',
      'Update Conditional Access policy',
    ]);
  });

  const withUsers = (users: object) => needsMfa({ conditions: { ...needsMfa().conditions, users } });
  const withApplications = (applications: object) =>
    needsMfa({ conditions: { ...needsMfa().conditions, applications } });
  const refusals: [string, object, RegExp][] = [
    ['without conditions', needsMfa({ conditions: undefined }), /conditions: it is required/],
    ['of an unknown state', needsMfa({ state: 'on' }), /"on" is not one of enabled/],
    [
      'for a group there is not',
      withUsers({ includeGroups: ['no-such-group'] }),
      /"no-such-group" is not in this tenant/,
    ],
    [
      'that excludes a user there is not',
      withUsers({ includeUsers: ['All'], excludeUsers: ['x'] }),
      /"x" is not in this/,
    ],
    ['for guests', withUsers({ includeUsers: ['GuestsOrExternalUsers'] }), /"GuestsOrExternalUsers" is not in this/],
    ['for an application there is not', withApplications({ includeApplications: ['Office365'] }), /"Office365" is not/],
    ['for an unknown role', withUsers({ includeRoles: ['king'] }), /"king" is not in this tenant/],
    [
      'that evaluates risk',
      needsMfa({ conditions: { ...needsMfa().conditions, signInRiskLevels: ['high'] } }),
      /conditions\/signInRiskLevels: this condition is not supported/,
    ],
    [
      'with an unknown control',
      needsMfa({ sessionControls: { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'monitorOnly' } } }),
      /Cloud App Security/,
    ],
    [
      'with mfa and a strength (CAP-2)',
      needsMfa({
        grantControls: { operator: 'OR', builtInControls: ['mfa'], authenticationStrength: { id: phishingResistant } },
      }),
      /cannot be combined with mfa/,
    ],
    ['with a property there is not', needsMfa({ colour: 'red' }), /colour: there is no property/],
  ];
  for (const [name, body, problem] of refusals) {
    test(`a policy ${name} is refused, and nothing is kept`, async () => {
      const before = (await call('GET', policies)).body.value.length;
      assert.match(problemOf(await call('POST', policies, body)), problem);
      assert.equal((await call('GET', policies)).body.value.length, before);
    });
  }

  test('ten policies made at once are all there', async () => {
    const before = (await call('GET', policies)).body.value.length;
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => result(policies, needsMfa({ displayName: `at once ${i}` }))),
    );
    assert.equal((await call('GET', policies)).body.value.length, before + 10);
    const answer = await call('GET', `${policies}?$filter=startswith(displayName,'at%20once')&$select=id,displayName`);
    assert.equal(answer.body.value.length, 10);
  });

  test('a named location is kept, changed, and not deleted while a policy names it; countries are refused', async () => {
    const location = await result(locations, {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      displayName: 'Office',
      isTrusted: true,
      ipRanges: [
        { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' },
        { '@odata.type': '#microsoft.graph.iPv6CidrRange', cidrAddress: '2001:db8::/32' },
      ],
    });
    assert.equal(location['@odata.type'], '#microsoft.graph.ipNamedLocation');
    assert.equal(location.ipRanges[1]['@odata.type'], '#microsoft.graph.iPv6CidrRange');
    assert.equal((await call('PATCH', `${locations}/${location.id}`, { displayName: 'Head office' })).status, 204);
    const read = (await call('GET', `${locations}/${location.id}`)).body;
    assert.deepEqual([read.displayName, read.isTrusted, read.ipRanges.length], ['Head office', true, 2]);
    const { id } = await result(
      policies,
      needsMfa({ conditions: { ...needsMfa().conditions, locations: { includeLocations: [location.id] } } }),
    );
    assert.match(
      problemOf(await call('DELETE', `${locations}/${location.id}`)),
      /Head office is in use by All users need/,
    );
    await call('DELETE', `${policies}/${id}`);
    assert.equal((await call('DELETE', `${locations}/${location.id}`)).status, 204);
    const country = {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      displayName: 'X',
      countriesAndRegions: ['FR'],
    };
    assert.match(problemOf(await call('POST', locations, country)), /country of an address cannot be determined/);
    assert.match(
      problemOf(await call('POST', locations, { displayName: 'X', ipRanges: [{ cidrAddress: 'here' }] })),
      /not a range/,
    );
  });

  test('an object inside a body that names another type than those of its place is refused, with its place', async () => {
    const type = { '@odata.type': '#microsoft.graph.ipRange' };
    const ipRanges = [{ ...type, cidrAddress: '192.0.2.0/24' }];
    const combinationConfigurations = [{ ...type, appliesToCombinations: ['x509CertificateMultiFactor'] }];
    const allowedCombinations = ['x509CertificateMultiFactor'];
    const bodies: readonly (readonly [path: string, body: object, target: string])[] = [
      [locations, { displayName: 'X', ipRanges }, 'ipRanges/0'],
      [strengths, { displayName: 'X', allowedCombinations, combinationConfigurations }, 'combinationConfigurations/0'],
      [policies, needsMfa({ conditions: { ...needsMfa().conditions, ...type } }), 'conditions'],
    ];
    for (const [path, body, target] of bodies) {
      const answer = await call('POST', path, body);
      assert.equal(answer.status, 400, target);
      assert.equal(answer.body.error.details[0].target, `${target}/@odata.type`);
    }
  });

  test('strengths: three are built in and fixed; both paths show the same', async () => {
    const { body } = await call('GET', strengths);
    assert.deepEqual(
      body.value
        .slice(0, 3)
        .map((item: { displayName: string; allowedCombinations: string[] }) => [
          item.displayName,
          item.allowedCombinations.length,
        ]),
      [
        ['Multifactor authentication', 19],
        ['Passwordless MFA', 4],
        ['Phishing-resistant MFA', 3],
      ],
    );
    const alias = await call('GET', '/identity/conditionalAccess/authenticationStrength/policies');
    assert.deepEqual(alias.body.value, body.value);
    for (const [method, body] of [
      ['PATCH', { displayName: 'Mine' }],
      ['DELETE', undefined],
    ] as const)
      assert.match(problemOf(await call(method, `${strengths}/${phishingResistant}`, body)), /built in/);
    const has = encodeURIComponent("allowedCombinations/any(x:x has 'sms, password')");
    const result = (await call('GET', `${strengths}?$filter=${has}`)).body.value;
    assert.deepEqual(
      result.map((item: { displayName: string }) => item.displayName),
      ['Multifactor authentication'],
    );
    const modes = await call('GET', '/identity/conditionalAccess/authenticationStrength/authenticationMethodModes');
    assert.ok(modes.body.value.some((item: { id: string }) => item.id === 'x509CertificateMultiFactor'));
    const items = await call('GET', '/identity/conditionalAccess/authenticationStrength/combinations');
    assert.ok(items.body.value.includes('password,x509CertificateSingleFactor'));
  });

  test('a custom strength: combinations replaced with what was before, configurations, usage, deletion', async () => {
    const strength = await result(strengths, {
      displayName: 'Cards of ours',
      policyType: 'custom',
      allowedCombinations: ['password, x509CertificateSingleFactor', 'x509CertificateMultiFactor'],
    });
    assert.deepEqual(strength.allowedCombinations, [
      'password,x509CertificateSingleFactor',
      'x509CertificateMultiFactor',
    ]);
    const strengthPath = `${strengths}/${strength.id}`;
    assert.equal((await call('PATCH', strengthPath, { description: 'Only our cards' })).status, 204);
    const configuration = await result(`${strengthPath}/combinationConfigurations`, {
      '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
      appliesToCombinations: ['x509CertificateMultiFactor'],
      allowedIssuerSkis: ['1D8E40B7C2A95F63E0B1744D9A6C3F82E5107BDA'],
      allowedPolicyOIDs: ['1.3.6.1.4.1.55555.1.2'],
    });
    assert.equal(configuration['@odata.type'], '#microsoft.graph.x509CertificateCombinationConfiguration');
    const item = `${strengthPath}/combinationConfigurations/${configuration.id}`;
    assert.equal((await call('PATCH', item, { allowedPolicyOIDs: [] })).status, 204);
    const read = (await call('GET', strengthPath)).body;
    assert.deepEqual(read.combinationConfigurations[0].allowedPolicyOIDs, []);
    assert.equal(read.description, 'Only our cards');
    assert.equal((await call('GET', item)).body.allowedIssuerSkis.length, 1);
    const policy = await result(
      policies,
      needsMfa({ grantControls: { operator: 'OR', authenticationStrength: { id: strength.id } } }),
    );
    const usage = await call('GET', `${strengthPath}/usage()`);
    assert.deepEqual([usage.body.mfa[0].id, usage.body.none], [policy.id, []]);
    const update = await call('POST', `${strengthPath}/updateAllowedCombinations`, {
      allowedCombinations: ['x509CertificateSingleFactor'],
    });
    assert.equal(update.status, 200, JSON.stringify(update.body));
    assert.deepEqual(update.body.currentCombinations, ['x509CertificateSingleFactor']);
    assert.equal(update.body.previousCombinations.length, 2);
    assert.deepEqual((await call('GET', `${strengthPath}/usage()`)).body.none[0].id, policy.id);
    assert.match(
      problemOf(await call('DELETE', strengthPath)),
      /Cards of ours is in use by All users need two factors/,
    );
    await call('DELETE', `${policies}/${policy.id}`);
    assert.equal((await call('DELETE', item)).status, 204);
    assert.equal((await call('DELETE', strengthPath)).status, 204);
    assert.ok((await activities(3)).includes('Authentication Strength Combination Configuration Delete'));
  });

  test('a custom strength is changed at once: combinations and configurations, which keep their ids', async () => {
    const limits = {
      '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
      appliesToCombinations: ['x509CertificateMultiFactor'],
      allowedIssuerSkis: ['1D8E40B7C2A95F63E0B1744D9A6C3F82E5107BDA'],
      allowedPolicyOIDs: [],
    };
    const old = await result(strengths, {
      displayName: 'At once',
      allowedCombinations: ['x509CertificateMultiFactor'],
      combinationConfigurations: [limits],
    });
    const [{ id }] = old.combinationConfigurations;
    const path = `${strengths}/${old.id}`;
    const change = {
      allowedCombinations: ['x509CertificateMultiFactor', 'fido2'],
      combinationConfigurations: [{ ...limits, id, allowedPolicyOIDs: ['1.2.3'] }],
    };
    const headers = { 'if-match': old['@odata.etag'] };
    assert.equal((await call('PATCH', path, change, headers)).status, 204);
    const read = (await call('GET', path)).body;
    assert.deepEqual(read.allowedCombinations, change.allowedCombinations);
    assert.deepEqual(read.combinationConfigurations, [{ ...limits, id, allowedPolicyOIDs: ['1.2.3'] }]);
    assert.equal((await call('PATCH', path, { combinationConfigurations: [] }, headers)).status, 412);
    const wrong = {
      displayName: 'Other',
      combinationConfigurations: [{ ...limits, allowedIssuerSkis: ['01', '02', '03', '04', '05', '06'] }],
    };
    assert.match(problemOf(await call('PATCH', path, wrong)), /at most 5 issuers/);
    assert.equal((await call('GET', path)).body.displayName, 'At once', 'a change that is refused changes nothing');
    assert.equal((await call('PATCH', path, { combinationConfigurations: [] })).status, 204);
    assert.deepEqual((await call('GET', path)).body.combinationConfigurations, []);
    assert.equal((await call('DELETE', path)).status, 204);
  });

  const wrong: [string, object, RegExp][] = [
    ['of an unknown method', { allowedCombinations: ['stone'] }, /"stone" is not an authentication method/],
    ['without combinations', { allowedCombinations: [] }, /name at least one/],
    [
      'whose configuration is of passkeys but applies to certificates',
      {
        allowedCombinations: ['fido2'],
        combinationConfigurations: [
          {
            '@odata.type': '#microsoft.graph.fido2CombinationConfiguration',
            appliesToCombinations: ['x509CertificateMultiFactor'],
            allowedAAGUIDs: ['90a3ccdf-635c-4729-a248-9b709135078f'],
          },
        ],
      },
      /is not what a configuration of this type applies to/,
    ],
    [
      'with six issuers (CAP-10)',
      {
        allowedCombinations: ['x509CertificateMultiFactor'],
        combinationConfigurations: [
          {
            '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
            appliesToCombinations: ['x509CertificateMultiFactor'],
            allowedIssuerSkis: ['01', '02', '03', '04', '05', '06'],
            allowedPolicyOIDs: [],
          },
        ],
      },
      /at most 5 issuers/,
    ],
  ];
  for (const [name, body, problem] of wrong) {
    test(`a strength ${name} is refused`, async () => {
      assert.match(problemOf(await call('POST', strengths, { displayName: 'Wrong', ...body })), problem);
    });
  }

  test('reading gives no right to write: AccessDenied', async () => {
    const reader = await graph.appToken('Policy.Read.All');
    assert.equal((await graph.call(reader, 'GET', policies)).status, 200);
    for (const path of [policies, locations, strengths]) {
      const { status, body } = await graph.call(reader, 'POST', path, {});
      assert.deepEqual([status, body.error.code], [403, 'AccessDenied'], path);
    }
  });
});
