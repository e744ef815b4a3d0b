import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parsePath } from './odata/path.ts';
import { routes } from './resources.ts';

/** Every operation of priority P0 and P1 (graph-api §3 … §12): section, methods, path; `x` stands for any key. */
const surface = `
§3.1 GET,PATCH policies/authenticationMethodsPolicy
§3.1 GET policies/authenticationMethodsPolicy/authenticationMethodConfigurations
§3.1 GET,PATCH,DELETE policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate
§4.1 GET,POST organization/x/certificateBasedAuthConfiguration
§4.1 GET,DELETE organization/x/certificateBasedAuthConfiguration/x
§5 GET,POST directory/publicKeyInfrastructure/certificateBasedAuthConfigurations
§5 GET,PATCH,DELETE directory/publicKeyInfrastructure/certificateBasedAuthConfigurations/x
§5 GET,POST directory/publicKeyInfrastructure/certificateBasedAuthConfigurations/x/certificateAuthorities
§5 GET,PATCH,DELETE directory/publicKeyInfrastructure/certificateBasedAuthConfigurations/x/certificateAuthorities/x
§5 POST directory/publicKeyInfrastructure/certificateBasedAuthConfigurations/x/upload
§6.1 GET,POST users
§6.1 GET users/$count
§6.1 GET,PATCH,DELETE users/x
§6.1 GET users('x')
§6.1 GET me
§6.1 POST users/x/revokeSignInSessions
§6.1 POST me/revokeSignInSessions
§6.1 GET users/x/memberOf
§6.1 GET users/x/transitiveMemberOf
§6.1 GET users/x/memberOf/microsoft.graph.group
§6.1 POST users/x/getMemberGroups
§6.1 POST users/x/checkMemberGroups
§6.1 GET users/x/authentication/methods
§6.2 GET,POST groups
§6.2 GET,PATCH,DELETE groups/x
§6.2 GET groups/x/members
§6.2 GET groups/x/members/$count
§6.2 GET groups/x/transitiveMembers
§6.2 GET groups/x/owners
§6.2 GET groups/x/memberOf
§6.2 GET groups/x/transitiveMemberOf
§6.2 POST groups/x/members/$ref
§6.2 DELETE groups/x/members/x/$ref
§6.2 POST groups/x/owners/$ref
§6.3 GET directoryObjects/x
§6.3 POST directoryObjects/getByIds
§6.3 POST directoryObjects/x/checkMemberGroups
§6.3 GET,DELETE directory/deletedItems/x
§6.3 GET directory/deletedItems/microsoft.graph.user
§6.3 GET directory/deletedItems/microsoft.graph.certificateBasedAuthPki
§6.3 POST directory/deletedItems/x/restore
§7 GET directoryRoleTemplates
§7 GET,POST directoryRoles
§7 GET directoryRoles/x/members
§7 GET directoryRoles(roleTemplateId='x')/members
§7 POST directoryRoles/x/members/$ref
§7 DELETE directoryRoles/x/members/x/$ref
§7 GET roleManagement/directory/roleDefinitions
§7 GET roleManagement/directory/roleDefinitions/x
§7 GET,POST roleManagement/directory/roleAssignments
§7 DELETE roleManagement/directory/roleAssignments/x
§8 GET,POST applications
§8 GET,PATCH,DELETE applications/x
§8 GET,PATCH,DELETE applications(appId='x')
§8 POST applications/x/addPassword
§8 POST applications/x/removePassword
§8 GET,POST servicePrincipals
§8 GET,PATCH,DELETE servicePrincipals/x
§8 POST servicePrincipals/x/addPassword
§8 POST servicePrincipals/x/removePassword
§8 GET,POST servicePrincipals/x/appRoleAssignments
§8 GET,POST servicePrincipals/x/appRoleAssignedTo
§8 DELETE servicePrincipals/x/appRoleAssignments/x
§8 GET,POST oauth2PermissionGrants
§8 PATCH oauth2PermissionGrants/x
§8 DELETE oAuth2PermissionGrants/x
§9 GET organization
§9 GET organization/x
§9 GET,POST domains
§9 GET,PATCH domains/x
§9 POST domains/x/verify
§9 GET,POST domains/x/federationConfiguration
§9 GET,PATCH,DELETE domains/x/federationConfiguration/x
§9 GET devices
§9 GET,PATCH,DELETE devices/x
§9 GET devices(deviceId='x')
§10 GET,POST policies/featureRolloutPolicies
§10 GET,PATCH,DELETE policies/featureRolloutPolicies/x
§10 POST policies/featureRolloutPolicies/x/appliesTo/$ref
§10 DELETE policies/featureRolloutPolicies/x/appliesTo/x/$ref
§11.1 GET,POST identity/conditionalAccess/policies
§11.1 GET,PATCH,DELETE identity/conditionalAccess/policies/x
§11.1 GET,POST identity/conditionalAccess/namedLocations
§11.1 GET,PATCH,DELETE identity/conditionalAccess/namedLocations/x
§11.2 GET,POST policies/authenticationStrengthPolicies
§11.2 GET,PATCH,DELETE policies/authenticationStrengthPolicies/x
§11.2 POST policies/authenticationStrengthPolicies/x/updateAllowedCombinations
§11.2 GET policies/authenticationStrengthPolicies/x/usage()
§11.2 GET,POST policies/authenticationStrengthPolicies/x/combinationConfigurations
§11.2 GET,PATCH,DELETE policies/authenticationStrengthPolicies/x/combinationConfigurations/x
§11.2 GET,POST identity/conditionalAccess/authenticationStrength/policies
§11.2 GET identity/conditionalAccess/authenticationStrength/combinations
§11.2 GET identity/conditionalAccess/authenticationStrength/authenticationMethodModes
§12.1 GET auditLogs/signIns
§12.1 GET auditLogs/signIns/x
§12.2 GET auditLogs/directoryAudits
§12.2 GET auditLogs/directoryAudits/x
`
  .trim()
  .split('\n')
  .map((line) => line.split(' ') as [string, string, string]);

describe('every operation that Entra administrators need is there, in both versions', () => {
  for (const [section, methods, path] of surface) {
    test(`${section} ${methods} /${path}`, () => {
      for (const method of methods.split(',')) {
        for (const version of ['v1.0', 'beta']) {
          assert.doesNotThrow(() => routes.find(method, parsePath(`/${version}/${path}`)), `${method} ${version}`);
        }
      }
    });
  }

  test('each action and function is found by its qualified name as well, in any case', () => {
    const operations = routes.all.filter(({ path }) => /\/[a-z]+(?:\(\))?$/.test(path));
    assert.ok(operations.some(({ path }) => path === 'directory/deleteditems/{id}/restore'));
    for (const { method, path } of operations) {
      const samplePath = path.replaceAll(/\{\w+\}/g, 'x');
      const qualified = samplePath.replace(/[^/]+$/, (name) => `Microsoft.Graph.${name}`);
      const { route } = routes.find(method, parsePath(`/v1.0/${samplePath}`));
      assert.equal(routes.find(method, parsePath(`/v1.0/${qualified}`)).route, route, `${method} ${qualified}`);
    }
  });

  test('what is not there names the first segment that leads nowhere', () => {
    for (const [path, segment] of [
      ['shoes', 'shoes'],
      ['users/x/shoes', 'shoes'],
      ['identity/shoes', 'shoes'],
      // A name that every object of JavaScript has.
      ['auditLogs/signIns/x/constructor', 'constructor'],
      ['users/x/photo/constructor', 'constructor'],
    ] as const) {
      assert.throws(() => routes.find('GET', parsePath(`/v1.0/${path}`)), {
        because: { code: 'graphPathUnknown', evidence: { segment } },
      });
    }
  });
});
