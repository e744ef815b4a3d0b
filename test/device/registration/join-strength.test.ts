import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { apply, policyOf } from '#test/e2e/second-factor/conditional-access.ts';
import { RunningServer } from '#test/e2e/server.ts';

const service = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9';
const multifactor = '00000000-0000-0000-0000-000000000002';
const urn = 'urn:ms-drs:enterpriseregistration.windows.net/.default';

describe('the strength that a join needs is that of a policy for the device registration service', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    const strength = policyOf('Joins are multifactor', {
      conditions: { applications: { includeApplications: [service] } },
      grantControls: { operator: 'OR', authenticationStrength: { id: multifactor } },
    });
    await apply(server, { conditionalAccessPolicies: [strength] });
  });
  after(() => server.remove());

  async function signIn(name: string, scope: string): Promise<string> {
    const end = await server.signIn(`${name}@woodgrove.test`, server.card(name), {
      clientId: brokerAppId,
      redirectUri: 'ms-aadj-redir://auth/drs',
      scope,
    });
    return end.kind;
  }

  const cases = [
    {
      name: 'a multifactor card gets a token for the service, by its URN',
      person: 'ana',
      scope: urn,
      isSignedIn: true,
    },
    { name: 'a multifactor card gets one by the appId', person: 'ana', scope: `${service}/.default`, isSignedIn: true },
    { name: 'a single-factor card gets none by the URN', person: 'cleo', scope: urn, isSignedIn: false },
    {
      name: 'a single-factor card gets none by the appId',
      person: 'cleo',
      scope: `${service}/.default`,
      isSignedIn: false,
    },
    { name: 'a single-factor card gets one for another API', person: 'cleo', scope: 'openid', isSignedIn: true },
  ];
  for (const { name, person, scope, isSignedIn } of cases)
    test(name, async () => assert.equal((await signIn(person, scope)) === 'signedIn', isSignedIn));
});
