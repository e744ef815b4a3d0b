import { redirectsOf } from '#admin/applications/directory-applications.ts';
import { applicationObjectId } from '#core/directory/application-object-id.ts';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import type { Application, KeyCredential, PasswordCredential } from '#model/application.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { GraphResource } from '../../protocol/answers.ts';
import { withTag } from '../../protocol/etag.ts';

export const applicationResource: GraphResource = {
  type: 'application',
  set: 'applications',
  alsoKnown: [
    'owners',
    'serviceManagementReference',
    'nativeAuthenticationApisEnabled',
    'requestSignatureVerification',
    'servicePrincipalLockConfiguration',
    'verifiedPublisher',
    'uniqueName',
    'logo',
    'samlMetadataUrl',
    'federatedIdentityCredentials',
    'extensionProperties',
    'appManagementPolicies',
    'authenticationBehaviors',
    'isDisabled',
    'beyondEntra',
    'disabledByMicrosoftStatus',
    'oauth2RequirePostResponse',
    'addIns',
    'certification',
    'applicationTemplateId',
  ],
};
export const servicePrincipalResource: GraphResource = {
  type: 'servicePrincipal',
  set: 'servicePrincipals',
  alsoKnown: [
    'owners',
    'memberOf',
    'appRoleAssignments',
    'appRoleAssignedTo',
    'oauth2PermissionGrants',
    'verifiedPublisher',
    'addIns',
    'logoutUrl',
    'loginUrl',
    'samlSingleSignOnSettings',
    'preferredSingleSignOnMode',
    'preferredTokenSigningKeyThumbprint',
    'resourceSpecificApplicationPermissions',
    'alternativeNames',
    'applicationTemplateId',
    'disabledByMicrosoftStatus',
    'notificationEmailAddresses',
    'tokenEncryptionKeyId',
    'info',
    'description',
    'notes',
    'customSecurityAttributes',
  ],
};

const passwordItem = ({ secretHash: _, ...rest }: PasswordCredential) => ({
  customKeyIdentifier: null,
  secretText: null,
  ...rest,
});
const keyItem = ({ certificate: _, ...rest }: KeyCredential) => ({
  type: 'AsymmetricX509Cert',
  usage: 'Verify',
  key: null,
  customKeyIdentifier: null,
  displayName: null,
  ...rest,
});

const emptyApi = {
  acceptMappedClaims: null,
  knownClientApplications: [],
  requestedAccessTokenVersion: 2,
  oauth2PermissionScopes: [],
  preAuthorizedApplications: [],
};

/** An application as Graph shows one. */
export const applicationItem = (application: Application): Item => withTag(itemOf(application), application);

function itemOf(application: Application): Item {
  const { appId, displayName, identifierUris, homepage, profile = {}, createdDateTime } = application;
  const { web, spa, native } = redirectsOf(application);
  const { nativeRedirectUris: _, logoDigest: __, isFallbackPublicClient, web: webSettings, ...rest } = profile;
  return {
    '@odata.type': '#microsoft.graph.application',
    id: applicationObjectId(appId),
    deletedDateTime: null,
    appId,
    displayName,
    description: null,
    createdDateTime: createdDateTime ?? null,
    signInAudience: 'AzureADMyOrg',
    publisherDomain: null,
    identifierUris,
    tags: [],
    groupMembershipClaims: null,
    optionalClaims: null,
    notes: null,
    info: null,
    defaultRedirectUri: null,
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: isFallbackPublicClient ?? null,
    tokenEncryptionKeyId: null,
    parentalControlSettings: null,
    appRoles: [],
    requiredResourceAccess: [],
    ...rest,
    api: { ...emptyApi, ...(rest.api as object | undefined) },
    ...beyondEntraOf(application),
    keyCredentials: (application.keyCredentials ?? []).map(keyItem),
    passwordCredentials: (application.passwordCredentials ?? []).map(passwordItem),
    publicClient: { redirectUris: native },
    spa: { redirectUris: spa },
    web: {
      homePageUrl: homepage ?? null,
      logoutUrl: null,
      ...(webSettings as object | undefined),
      implicitGrantSettings: {
        enableAccessTokenIssuance: false,
        enableIdTokenIssuance: false,
        ...(webSettings as { implicitGrantSettings?: object } | undefined)?.implicitGrantSettings,
      },
      redirectUris: web,
    },
  };
}

/** Properties of RFC 8705, which Entra does not have. They are absent unless one is set. */
function beyondEntraOf({ tlsClientName, hasBoundTokens = false }: Application) {
  if (!tlsClientName && !hasBoundTokens) return {};
  return {
    beyondEntra: {
      tlsClientAuthParameter: tlsClientName?.parameter ?? null,
      tlsClientAuthValue: tlsClientName?.value ?? null,
      certificateBoundAccessTokens: hasBoundTokens,
    },
  };
}

/** The service principal of an application of this tenant. Both are kept as one, so their states are the same. */
export const servicePrincipalItem = (application: Application, tenantId: string): Item =>
  withTag(principalOf(application, tenantId), application);

function principalOf(application: Application, tenantId: string): Item {
  const { appId, displayName, identifierUris, homepage, profile = {}, redirectUris } = application;
  const api = (profile.api ?? {}) as { oauth2PermissionScopes?: unknown };
  const principal = (profile.servicePrincipal ?? {}) as object;
  return {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    id: appId.toLowerCase(),
    deletedDateTime: null,
    accountEnabled: true,
    appId,
    appDisplayName: displayName,
    displayName,
    createdDateTime: application.createdDateTime ?? null,
    appOwnerOrganizationId: tenantId,
    appRoleAssignmentRequired: false,
    appRoles: profile.appRoles ?? [],
    oauth2PermissionScopes: api.oauth2PermissionScopes ?? [],
    homepage: homepage ?? null,
    replyUrls: redirectUris,
    servicePrincipalNames: [appId, ...identifierUris],
    servicePrincipalType: 'Application',
    signInAudience: 'AzureADMyOrg',
    tags: [],
    keyCredentials: (application.keyCredentials ?? []).map(keyItem),
    passwordCredentials: (application.passwordCredentials ?? []).map(passwordItem),
    ...principal,
  };
}

/** Microsoft Graph itself, with every permission it has here (graph-api §2.2). */
export function graphServicePrincipal(tenantId: string): Item {
  const described = (value: string) => ({ adminConsentDescription: value, adminConsentDisplayName: value });
  const application: Application = {
    appId: graphAppId,
    displayName: 'Microsoft Graph',
    redirectUris: [],
    postLogoutRedirectUris: [],
    isPublicClient: false,
    secretHashes: [],
    identifierUris: ['https://graph.microsoft.com'],
    roles: [],
    homepage: undefined,
  };
  const appRoles = graphPermissions.flatMap(({ value, applicationId }) =>
    applicationId
      ? [
          {
            id: applicationId,
            value,
            displayName: value,
            description: value,
            isEnabled: true,
            allowedMemberTypes: ['Application'],
            origin: 'Application',
          },
        ]
      : [],
  );
  const oauth2PermissionScopes = graphPermissions.flatMap(({ value, delegatedId }) =>
    delegatedId
      ? [
          {
            id: delegatedId,
            value,
            ...described(value),
            userConsentDescription: null,
            userConsentDisplayName: null,
            isEnabled: true,
            type: 'Admin',
            origin: 'Application',
          },
        ]
      : [],
  );
  return { ...servicePrincipalItem(application, tenantId), appRoles, oauth2PermissionScopes };
}
