import { fault } from '#core/trace/fault.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, contextOf, entity, type GraphResource } from '../../protocol/answers.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

/** What guests may see at most: their own objects. There are no invitations here. */
const restrictedGuest = '2af84b1e-32c8-42b7-82bc-daa82404023b';

/** What members may do without a role, as it is here. */
const authorizationPolicy: Item = {
  id: 'authorizationPolicy',
  deletedDateTime: null,
  displayName: 'Authorization Policy',
  description: 'What members of this tenant can do without a role.',
  allowInvitesFrom: 'none',
  allowedToSignUpEmailBasedSubscriptions: false,
  allowedToUseSSPR: false,
  allowEmailVerifiedUsersToJoinOrganization: false,
  allowUserConsentForRiskyApps: false,
  blockMsolPowerShell: true,
  guestUserRoleId: restrictedGuest,
  defaultUserRolePermissions: {
    allowedToCreateApps: false,
    allowedToCreateSecurityGroups: false,
    allowedToCreateTenants: false,
    allowedToReadBitlockerKeysForOwnedDevice: false,
    allowedToReadOtherUsers: true,
    permissionGrantPoliciesAssigned: [],
  },
};

/** Security defaults are off: Conditional Access policies decide. The id is Microsoft's. */
const securityDefaults: Item = {
  id: '00000000-0000-0000-0000-000000000005',
  deletedDateTime: null,
  displayName: 'Security Defaults',
  description: 'Security defaults are not supported. Conditional Access policies decide what a sign-in needs.',
  isEnabled: false,
};

const noUsers = {
  usersAndGroups: blockedTarget('AllUsers', 'user'),
  applications: blockedTarget('AllApplications', 'application'),
};
function blockedTarget(target: string, targetType: string) {
  return { accessType: 'blocked', targets: [{ target, targetType }] };
}

/** Users of other tenants do not sign in here, nor users of this one there. */
const crossTenantDefault: Item = {
  id: 'default',
  isServiceDefault: true,
  inboundTrust: {
    isMfaAccepted: false,
    isCompliantDeviceAccepted: false,
    isHybridAzureADJoinedDeviceAccepted: false,
  },
  b2bCollaborationInbound: noUsers,
  b2bCollaborationOutbound: noUsers,
  b2bDirectConnectInbound: noUsers,
  b2bDirectConnectOutbound: noUsers,
  automaticUserConsentSettings: { inboundAllowed: null, outboundAllowed: null },
  invitationRedemptionIdentityProviderConfiguration: null,
  tenantRestrictions: null,
};

const crossTenantPolicy: Item = {
  id: 'crossTenantAccessPolicy',
  deletedDateTime: null,
  displayName: 'CrossTenantAccessPolicy',
  description: null,
  definition: [],
  allowedCloudEndpoints: [],
};

const adminConsentRequestPolicy: Item = {
  isEnabled: false,
  notifyReviewers: false,
  remindersEnabled: false,
  requestDurationInDays: 0,
  reviewers: [],
  version: 0,
};

const documents: readonly (readonly [path: string, set: string, document: Item])[] = [
  [
    'policies/identitysecuritydefaultsenforcementpolicy',
    'policies/identitySecurityDefaultsEnforcementPolicy',
    securityDefaults,
  ],
  ['policies/crosstenantaccesspolicy', 'policies/crossTenantAccessPolicy', crossTenantPolicy],
  ['policies/crosstenantaccesspolicy/default', 'policies/crossTenantAccessPolicy/default', crossTenantDefault],
  ['policies/adminconsentrequestpolicy', 'policies/adminConsentRequestPolicy', adminConsentRequestPolicy],
];

const viewOf = (set: string): GraphResource => ({
  type: set.split('/').at(-1)!,
  set,
  alsoKnown: ['partners', 'templates'],
});
const show = (call: Call, set: string, document: Item): Answer => {
  const { body, ...answer } = entity(call, document, viewOf(set));
  return { ...answer, body: { ...(body as Item), ...contextOf(call, `${set}/$entity`) } };
};

/** Read-only: what these policies say is how the installation works. @throws graphBuiltInFixed */
const refuse = (name: string) => () => {
  throw fault('graphBuiltInFixed', { what: name });
};

const authorizationPath = 'policies/authorizationpolicy';
const authorizationSet = 'policies/authorizationPolicy';

export const tenantPolicyRoutes: readonly Route[] = [
  ...documents.flatMap(([path, set, document]): Route[] => [
    { method: 'GET', path, need: needs.readPolicies, answer: (call) => show(call, set, document) },
    {
      method: 'PATCH',
      path,
      need: needs.writeAccessPolicies,
      answer: refuse(`the policy ${set.split('/').at(-1)}`),
      unguarded: 'reads only',
    },
  ]),
  {
    method: 'GET',
    path: authorizationPath,
    need: needs.readPolicies,
    // Beta has a collection of one.
    answer: (call) =>
      call.version === 'beta'
        ? collection(call, [authorizationPolicy], viewOf(authorizationSet))
        : show(call, authorizationSet, authorizationPolicy),
  },
  {
    method: 'GET',
    path: `${authorizationPath}/authorizationpolicy`,
    need: needs.readPolicies,
    answer: (call) => show(call, authorizationSet, authorizationPolicy),
  },
  {
    method: 'PATCH',
    path: authorizationPath,
    need: needs.writeAccessPolicies,
    answer: refuse('the policy authorizationPolicy'),
    unguarded: 'reads only',
  },
];
