import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication, sampleId } from '#admin/applications/first-party.ts';
import type { AppliedPolicy } from '#core/access/applied-policies.ts';
import type { ConditionalAccessPolicy, GrantControls, SessionControls } from '#core/access/policy.ts';
import { multifactorPolicy } from '#pki/demo/woodgrove-people.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
import { apply, policyOf } from './conditional-access.ts';

const only = (name: string, more: Parameters<typeof policyOf>[1], userId: string): ConditionalAccessPolicy =>
  policyOf(name, { ...more, conditions: { users: { includeUsers: [userId] }, ...more?.conditions } });
const grant = (controls: Partial<GrantControls>) => ({ grantControls: { operator: 'OR', ...controls } as const });
const strength = (id: string) => grant({ authenticationStrength: { id } });
const builtIn = (last: string) => strength(`00000000-0000-0000-0000-000000000${last}`);
const onlySession = (sessionControls: SessionControls) => ({ grantControls: null, sessionControls });
const custom = (id: string, oid: string) => ({
  id,
  displayName: `Cards of policy ${oid}`,
  policyType: 'custom',
  allowedCombinations: ['x509CertificateMultiFactor', 'x509CertificateSingleFactor'],
  combinationConfigurations: [
    {
      id: 'c',
      appliesToCombinations: ['x509CertificateMultiFactor', 'x509CertificateSingleFactor'],
      allowedPolicyOIDs: [oid],
    },
  ],
});
const here = { id: 'here', displayName: 'This computer', isTrusted: true, ipRanges: ['127.0.0.0/8', '::1/128'] };
const away = { id: 'away', displayName: 'Elsewhere', isTrusted: false, ipRanges: ['192.0.2.0/24'] };

/** What each policy asks of Ana, whose card is multifactor and carries one policy OID, and how her sign-in ends. */
const cases: readonly {
  readonly name: string;
  readonly policy: Parameters<typeof policyOf>[1];
  readonly number?: string;
  readonly result: string;
}[] = [
  {
    name: 'a block blocks (53003)',
    policy: grant({ builtInControls: ['block'] }),
    number: 'AADSTS53003',
    result: 'failure',
  },
  { name: 'MFA is satisfied by her card', policy: {}, result: 'success' },
  { name: 'strength 002 is', policy: builtIn('002'), result: 'success' },
  { name: 'strength 003 is', policy: builtIn('003'), result: 'success' },
  { name: 'strength 004 is', policy: builtIn('004'), result: 'success' },
  { name: 'CAP-11: a custom strength with her policy OID is', policy: strength('hers'), result: 'success' },
  {
    name: 'CAP-15: a custom strength with another policy OID ends in 500187',
    policy: strength('other'),
    number: 'AADSTS500187',
    result: 'failure',
  },
  {
    name: 'a compliant device is refused where none is known (53000)',
    policy: grant({ builtInControls: ['compliantDevice'] }),
    number: 'AADSTS53000',
    result: 'failure',
  },
  {
    name: 'or MFA, and MFA suffices',
    policy: grant({ builtInControls: ['compliantDevice', 'mfa'] }),
    result: 'success',
  },
  {
    name: 'a place that is excluded exempts',
    policy: {
      ...grant({ builtInControls: ['block'] }),
      conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } },
    },
    result: 'notApplied',
  },
  {
    name: 'a policy about another place does not apply',
    policy: { ...grant({ builtInControls: ['block'] }), conditions: { locations: { includeLocations: ['away'] } } },
    result: 'notApplied',
  },
  {
    name: 'a policy about this place does',
    policy: { ...grant({ builtInControls: ['block'] }), conditions: { locations: { includeLocations: ['here'] } } },
    number: 'AADSTS53003',
    result: 'failure',
  },
  {
    name: 'the command line is a native application, and no browser',
    policy: { ...grant({ builtInControls: ['block'] }), conditions: { clientAppTypes: ['browser'] } },
    result: 'notApplied',
  },
  {
    name: 'and is blocked as what it is',
    policy: {
      ...grant({ builtInControls: ['block'] }),
      conditions: { clientAppTypes: ['mobileAppsAndDesktopClients'] },
    },
    number: 'AADSTS53003',
    result: 'failure',
  },
  {
    name: 'report-only tells and lets in',
    policy: { ...grant({ builtInControls: ['block'] }), state: 'enabledForReportingButNotEnforced' },
    result: 'reportOnlyFailure',
  },
  {
    name: 'a disabled policy is named',
    policy: { ...grant({ builtInControls: ['block'] }), state: 'disabled' },
    result: 'notEnabled',
  },
];

describe('Conditional Access over TLS', () => {
  let server: RunningServer;
  let ids: Readonly<Record<string, string>> = {};
  before(async () => {
    server = await RunningServer.start();
    const { out } = await server.cardea('user', 'list', '--json');
    const users = JSON.parse(out) as { id: string; userPrincipalName: string }[];
    ids = Object.fromEntries(users.map(({ id, userPrincipalName }) => [userPrincipalName.split('@')[0]!, id]));
    await apply(server, {
      authenticationStrengths: [custom('hers', multifactorPolicy), custom('other', '2.999.1')],
      namedLocations: [here, away],
    });
  });
  after(() => server.remove());

  /** What the newest entry of a sign-in says of a policy. */
  async function resultOf(displayName: string, correlationId: string): Promise<AppliedPolicy | undefined> {
    const entry = (await server.entries(correlationId)).at(-1);
    return entry?.appliedConditionalAccessPolicies?.find(
      (appliedConditionalAccessPolicy) => appliedConditionalAccessPolicy.displayName === displayName,
    );
  }

  const together = cases.filter(({ number }) => number === undefined);
  test('policies that let her in do so together, and the entry says what came of each', async (t) => {
    await apply(server, {
      conditionalAccessPolicies: together.map(({ name, policy }) => only(name, policy, ids.ana!)),
    });
    const ana = new Sitting(server, server.card('ana'));
    await ana.open();
    await ana.withCard('ana@woodgrove.test');
    assert.ok(ana.isSignedIn, ana.number);
    const application = (await server.entries(ana.correlationId)).at(-1)?.appliedConditionalAccessPolicies ?? [];
    for (const { name, result } of together) {
      await t.test(name, () => assert.equal(application.find((item) => item.displayName === name)?.result, result));
    }
  });

  for (const { name, policy, number, result } of cases.filter((item) => item.number !== undefined)) {
    test(name, async () => {
      await apply(server, { conditionalAccessPolicies: [only(name, policy, ids.ana!)] });
      const ana = new Sitting(server, server.card('ana'));
      await ana.open();
      await ana.withCard('ana@woodgrove.test');
      assert.equal(ana.isSignedIn, false);
      assert.equal(ana.number, number);
      assert.equal((await resultOf(name, ana.correlationId))?.result, result);
    });
  }

  test('the log names the controls that a policy enforces (CAP-16)', async () => {
    const sessionControls: SessionControls = { persistentBrowser: { mode: 'never', isEnabled: true } };
    const policy = { ...builtIn('004'), sessionControls };
    await apply(server, { conditionalAccessPolicies: [only('Both', policy, ids.ana!)] });
    const ana = new Sitting(server, server.card('ana'));
    await ana.open();
    await ana.withCard('ana@woodgrove.test');
    const result = await resultOf('Both', ana.correlationId);
    assert.deepEqual(result?.enforcedGrantControls, ['authenticationStrength Phishing-resistant MFA']);
    assert.deepEqual(result?.enforcedSessionControls, ['persistentBrowser']);
  });

  test('a policy applies by a directory role', async () => {
    const role = 'e8611ab8-c189-46e8-94e1-60213ab1f814'; // Privileged Role Administrator
    const block = { ...grant({ builtInControls: ['block'] }), conditions: { users: { includeRoles: [role] } } };
    await apply(server, { conditionalAccessPolicies: [policyOf('Administrators', block)] });
    const enters = async () => {
      const ana = new Sitting(server, server.card('ana'));
      await ana.open();
      await ana.withCard('ana@woodgrove.test');
      return ana.isSignedIn;
    };
    assert.equal(await enters(), true);
    const input = await server.cardea('role', 'add', 'Privileged Role Administrator', 'ana@woodgrove.test', '--force');
    assert.equal(input.code, 0, input.err);
    assert.equal(await enters(), false);
  });

  test('a live session is asked again for another application, and goes no further than policy lets it', async () => {
    const block = {
      ...grant({ builtInControls: ['block'] }),
      conditions: { applications: { includeApplications: [sampleId] } },
    };
    await apply(server, { conditionalAccessPolicies: [policyOf('Not the sample', block)] });
    const ben = new Sitting(server, server.card('ben'));
    await ben.open();
    await ben.withCard('ben@woodgrove.test');
    assert.ok(ben.isSignedIn);
    await ben.goTo(`${server.origin}/sample`);
    assert.equal(ben.number, 'AADSTS53003');
    await ben.open();
    assert.ok(ben.isSignedIn, 'the session itself is still valid');
  });

  test('a refresh and a live session are asked like a sign-in; CAP-6: every time means within five minutes', async () => {
    await apply(server, { conditionalAccessPolicies: [] });
    const end = await server.signIn('gus@woodgrove.test', server.card('gus'), { scope: 'openid offline_access' });
    const refreshToken = end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
    const gus = new Sitting(server, server.card('gus'));
    await gus.open();
    await gus.withCard('gus@woodgrove.test');
    assert.ok(gus.isSignedIn);
    const blockAll = only('Blocked at refresh', grant({ builtInControls: ['block'] }), ids.gus!);
    await apply(server, { conditionalAccessPolicies: [blockAll] });
    assert.deepEqual(await refresh(refreshToken), { error: 'invalid_grant', codes: [53003] });
    await gus.open();
    assert.equal(gus.number, 'AADSTS53003', 'and the session no longer opens the application');
    const everyTime = onlySession({ signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime' } });
    await apply(server, { conditionalAccessPolicies: [only('Every time', everyTime, ids.gus!)] });
    await gus.open();
    assert.ok(gus.isSignedIn, 'within five minutes the last proof is new enough');
  });

  async function refresh(refreshToken: string) {
    const sitting = new Sitting(server);
    const answer = await sitting.browser.post(new URL('/organizations/oauth2/v2.0/token', server.origin), {
      grant_type: 'refresh_token',
      client_id: commandLineApplication.appId,
      refresh_token: refreshToken,
    });
    const { error, error_codes: codes } = JSON.parse(answer.body) as { error?: string; error_codes?: number[] };
    return { error, codes };
  }
});
