import { z } from 'zod';
import {
  addDirectoryApplication,
  addSecret,
  changeDirectoryApplication,
  type DirectoryApplicationChange,
  redirectsOf,
  removeSecret,
} from '../../../admin/directory-applications.ts';
import { graphPermissions } from '../../../core/roles/permissions.ts';
import { fault } from '../../../core/trace/fault.ts';
import type { Application, KeyCredential, PasswordCredential } from '../../../ports.ts';
import { collection, contextOf, countOf, entity, nothing, type Shown } from '../answers.ts';
import { readBody } from '../body.ts';
import type { Answer, Call } from '../call.ts';
import { needs } from '../needs.ts';
import type { Item } from '../odata/evaluate.ts';
import { requirePrivileged } from '../privileged.ts';
import type { Route } from '../route.ts';
import { applicationObjectId } from './object-id.ts';

export const graphId = '00000003-0000-0000-c000-000000000000';

const shownApplication: Shown = {
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
    'disabledByMicrosoftStatus',
    'oauth2RequirePostResponse',
    'addIns',
    'certification',
    'applicationTemplateId',
  ],
};
const shownServicePrincipal: Shown = {
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

/** An application as Graph shows one. */
export function applicationItem(application: Application): Item {
  const { appId, displayName, identifierUris, homepage, profile = {}, createdDateTime } = application;
  const { web, spa, native } = redirectsOf(application);
  const { nativeRedirectUris: _, isFallbackPublicClient, web: ownWeb, ...rest } = profile;
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
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
    },
    appRoles: [],
    requiredResourceAccess: [],
    ...rest,
    keyCredentials: (application.keyCredentials ?? []).map(keyItem),
    passwordCredentials: (application.passwordCredentials ?? []).map(passwordItem),
    publicClient: { redirectUris: native },
    spa: { redirectUris: spa },
    web: {
      homePageUrl: homepage ?? null,
      logoutUrl: null,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
      ...(ownWeb as object | undefined),
      redirectUris: web,
    },
  };
}

/** The service principal of an application of this tenant. */
export function servicePrincipalItem(application: Application, tenantId: string): Item {
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
    appId: graphId,
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

const isByAppId = (call: Call) => call.keys.id?.property === 'appid';

/** By object id or `(appId='…')`. @throws graphObjectMissing */
async function applicationIn(call: Call): Promise<Application> {
  const wanted = (call.keys.id?.value ?? '').toLowerCase();
  const found = isByAppId(call)
    ? await call.ports.applications.find(wanted)
    : (await call.ports.applications.list()).find(({ appId }) => applicationObjectId(appId) === wanted);
  if (!found) throw fault('graphObjectMissing', { id: wanted.slice(0, 80) });
  return found;
}

/** A service principal's id is its appId, so both keys name the same. @throws graphObjectMissing */
export async function servicePrincipalIn(call: Call): Promise<Application> {
  const wanted = (call.keys.id?.value ?? '').toLowerCase();
  const found = await call.ports.applications.find(wanted);
  if (!found || found.lacksServicePrincipal) throw fault('graphObjectMissing', { id: wanted.slice(0, 80) });
  return found;
}

const uris = z.array(z.string().max(2048)).max(256);
const guid = z.string().regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'it is no GUID');
const scopeShape = z.looseObject({
  id: guid,
  value: z.string().max(120).nullable().optional(),
  isEnabled: z.boolean().optional(),
});
const changeShape = z.strictObject({
  displayName: z.string().min(1).max(256).optional(),
  description: z.string().max(1024).nullable().optional(),
  notes: z.string().max(1024).nullable().optional(),
  identifierUris: uris.optional(),
  signInAudience: z.enum(['AzureADMyOrg'], 'one tenant: AzureADMyOrg').optional(),
  isFallbackPublicClient: z.boolean().nullable().optional(),
  isDeviceOnlyAuthSupported: z.boolean().nullable().optional(),
  groupMembershipClaims: z.string().max(64).nullable().optional(),
  optionalClaims: z.looseObject({}).nullable().optional(),
  tags: z.array(z.string().max(256)).max(100).optional(),
  web: z
    .strictObject({
      redirectUris: uris.optional(),
      homePageUrl: z.url().nullable().optional(),
      logoutUrl: z.url().nullable().optional(),
      implicitGrantSettings: z
        .strictObject({
          enableAccessTokenIssuance: z
            .literal(false, 'tokens are not issued at the authorize endpoint')
            .nullable()
            .optional(),
          enableIdTokenIssuance: z
            .literal(false, 'tokens are not issued at the authorize endpoint')
            .nullable()
            .optional(),
        })
        .nullable()
        .optional(),
      redirectUriSettings: z.array(z.looseObject({})).optional(),
    })
    .optional(),
  spa: z.strictObject({ redirectUris: uris.optional() }).optional(),
  publicClient: z.strictObject({ redirectUris: uris.optional() }).optional(),
  api: z
    .strictObject({
      oauth2PermissionScopes: z.array(scopeShape).max(500).optional(),
      requestedAccessTokenVersion: z.literal(2, 'access tokens are of version 2').nullable().optional(),
      knownClientApplications: z.array(guid).optional(),
      preAuthorizedApplications: z.array(z.looseObject({ appId: guid })).optional(),
      acceptMappedClaims: z.boolean().nullable().optional(),
    })
    .optional(),
  appRoles: z
    .array(z.looseObject({ id: guid, value: z.string().max(250).nullable().optional() }))
    .max(500)
    .optional(),
  requiredResourceAccess: z
    .array(
      z.strictObject({
        resourceAppId: guid,
        resourceAccess: z.array(z.strictObject({ id: guid, type: z.enum(['Scope', 'Role']) })),
      }),
    )
    .optional(),
  keyCredentials: z
    .array(
      z.looseObject({
        keyId: guid.nullable().optional(),
        displayName: z.string().max(256).nullable().optional(),
        key: z.string().max(20_000).nullable().optional(),
        type: z.literal('AsymmetricX509Cert', 'it is AsymmetricX509Cert').optional(),
        usage: z.literal('Verify', 'it is Verify').optional(),
      }),
    )
    .max(20)
    .optional(),
  passwordCredentials: z.array(z.never('secrets are made by addPassword')).optional(),
});
const newShape = changeShape.required({ displayName: true });

function changeOf(said: z.infer<typeof changeShape>, old: readonly KeyCredential[]): DirectoryApplicationChange {
  const {
    displayName,
    identifierUris,
    web,
    spa,
    publicClient,
    isFallbackPublicClient,
    keyCredentials,
    passwordCredentials: _,
    ...profile
  } = said;
  const { redirectUris: webRedirectUris, homePageUrl, ...ownWeb } = web ?? {};
  return {
    displayName,
    identifierUris,
    webRedirectUris,
    spaRedirectUris: spa?.redirectUris,
    nativeRedirectUris: publicClient?.redirectUris,
    isFallbackPublicClient: isFallbackPublicClient ?? undefined,
    homepage: homePageUrl,
    keyCredentials: keyCredentials?.map((key, i) => {
      // A key that is sent back without its bytes, as it was read, stays as it is.
      const kept = old.find(({ keyId }) => keyId === key.keyId);
      const certificate = key.key ?? kept?.certificate;
      if (!certificate)
        throw fault('graphPropertyInvalid', { target: `keyCredentials/${i}/key`, problem: 'it is required' });
      return { keyId: key.keyId ?? undefined, displayName: key.displayName ?? undefined, certificate };
    }),
    profile: { ...profile, ...(web ? { web: ownWeb } : {}) },
  };
}

async function add(call: Call): Promise<Answer> {
  const said = readBody(call, newShape);
  const asked = { ...changeOf(said, []), displayName: said.displayName };
  const made = await addDirectoryApplication(asked, call.at, call.actor, call.ports);
  return entity(call, plain(applicationItem(made)), shownApplication, 201);
}

async function change(call: Call): Promise<Answer> {
  const { appId, keyCredentials = [] } = await applicationIn(call);
  await changeDirectoryApplication(
    appId,
    changeOf(readBody(call, changeShape), keyCredentials),
    call.actor,
    call.ports,
  );
  return nothing;
}

const secretShape = z.strictObject({
  passwordCredential: z
    .strictObject({
      displayName: z.string().max(256).nullable().optional(),
      startDateTime: z.iso.datetime({ offset: true }).nullable().optional(),
      endDateTime: z.iso.datetime({ offset: true }).nullable().optional(),
    })
    .nullable()
    .optional(),
});

/** Whoever can prove to be an application has what it was granted. */
function requireAbove(call: Call, { roles }: Application): void {
  if (roles.length > 0) requirePrivileged(call);
}

async function addPassword(call: Call, application: Application): Promise<Answer> {
  requireAbove(call, application);
  const { appId } = application;
  const { passwordCredential } = readBody(call, secretShape);
  const { displayName, startDateTime, endDateTime } = passwordCredential ?? {};
  const asked = {
    displayName: displayName ?? '',
    startDateTime: startDateTime ?? undefined,
    endDateTime: endDateTime ?? undefined,
  };
  const { secretHash: _, ...made } = await addSecret(appId, asked, call.at, call.actor, call.ports);
  const context = contextOf(call, 'microsoft.graph.passwordCredential');
  return { status: 200, body: { ...context, customKeyIdentifier: null, ...made } };
}

async function removePassword(call: Call, { appId }: Application): Promise<Answer> {
  const { keyId } = readBody(call, z.strictObject({ keyId: guid }));
  await removeSecret(appId, keyId, call.actor, call.ports);
  return nothing;
}

async function servicePrincipals(call: Call): Promise<readonly Item[]> {
  const all = (await call.ports.applications.list()).filter(({ lacksServicePrincipal }) => !lacksServicePrincipal);
  const { id } = call.ports.tenant;
  return [graphServicePrincipal(id), ...all.map((application) => servicePrincipalItem(application, id))].map(plain);
}

async function addServicePrincipal(call: Call): Promise<Answer> {
  const { appId, ...rest } = readBody(
    call,
    z.strictObject({
      appId: guid,
      accountEnabled: z.literal(true, 'a service principal is made enabled').optional(),
      tags: z.array(z.string().max(256)).optional(),
      displayName: z.string().max(256).optional(),
      appRoleAssignmentRequired: z.boolean().optional(),
    }),
  );
  const found = await call.ports.applications.find(appId);
  if (!found) throw fault('servicePrincipalWithoutApplication', { appId });
  if (!found.lacksServicePrincipal) throw fault('graphObjectConflict', { target: 'appId', value: appId });
  const made = await call.ports.applications.change(
    appId,
    ({ lacksServicePrincipal: _, ...old }) => ({ ...old, profile: { ...old.profile, servicePrincipal: rest } }),
    call.actor,
  );
  return entity(call, plain(servicePrincipalItem(made, call.ports.tenant.id)), shownServicePrincipal, 201);
}

async function changeServicePrincipal(call: Call): Promise<Answer> {
  const { appId } = await servicePrincipalIn(call);
  const shape = z.strictObject({
    tags: z.array(z.string().max(256)).optional(),
    appRoleAssignmentRequired: z.literal(false, 'sign-ins are not held back by assignments here').optional(),
    notes: z.string().max(1024).nullable().optional(),
    description: z.string().max(1024).nullable().optional(),
  });
  const said = readBody(call, shape);
  await call.ports.applications.change(
    appId,
    (old) => ({
      ...old,
      profile: { ...old.profile, servicePrincipal: { ...(old.profile?.servicePrincipal as object), ...said } },
    }),
    call.actor,
  );
  return nothing;
}

/** The application stays; what it was granted goes with its service principal. */
async function removeServicePrincipal(call: Call): Promise<Answer> {
  const { appId } = await servicePrincipalIn(call);
  await call.ports.applications.change(
    appId,
    (old) => ({ ...old, lacksServicePrincipal: true, roles: [] }),
    call.actor,
  );
  return nothing;
}

const plain = ({ '@odata.type': _, ...rest }: Item): Item => rest;
const list = async (call: Call) =>
  collection(call, (await call.ports.applications.list()).map(applicationItem).map(plain), shownApplication);

async function oneServicePrincipal(call: Call): Promise<Answer> {
  const isGraph = call.keys.id?.value.toLowerCase() === graphId;
  const { id } = call.ports.tenant;
  const item = isGraph ? graphServicePrincipal(id) : servicePrincipalItem(await servicePrincipalIn(call), id);
  return entity(call, plain(item), shownServicePrincipal);
}

const { readApplications: read, writeApplications: write } = needs;

export const applicationRoutes: readonly Route[] = [
  { method: 'GET', path: 'applications', need: read, answer: list },
  {
    method: 'GET',
    path: 'applications/$count',
    need: read,
    answer: async (call) => countOf(call, (await call.ports.applications.list()).map(applicationItem)),
  },
  { method: 'POST', path: 'applications', need: write, answer: add },
  {
    method: 'GET',
    path: 'applications/{id}',
    need: read,
    answer: async (call) => entity(call, plain(applicationItem(await applicationIn(call))), shownApplication),
  },
  { method: 'PATCH', path: 'applications/{id}', need: write, answer: change },
  {
    method: 'DELETE',
    path: 'applications/{id}',
    need: write,
    answer: async (call) => {
      await call.ports.applications.bury((await applicationIn(call)).appId, call.actor);
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'applications/{id}/addpassword',
    need: write,
    answer: async (call) => addPassword(call, await applicationIn(call)),
  },
  {
    method: 'POST',
    path: 'applications/{id}/removepassword',
    need: write,
    answer: async (call) => removePassword(call, await applicationIn(call)),
  },
  {
    method: 'GET',
    path: 'serviceprincipals',
    need: read,
    answer: async (call) => collection(call, await servicePrincipals(call), shownServicePrincipal),
  },
  {
    method: 'GET',
    path: 'serviceprincipals/$count',
    need: read,
    answer: async (call) => countOf(call, await servicePrincipals(call)),
  },
  { method: 'POST', path: 'serviceprincipals', need: write, answer: addServicePrincipal },
  { method: 'GET', path: 'serviceprincipals/{id}', need: read, answer: oneServicePrincipal },
  { method: 'PATCH', path: 'serviceprincipals/{id}', need: write, answer: changeServicePrincipal },
  { method: 'DELETE', path: 'serviceprincipals/{id}', need: write, answer: removeServicePrincipal },
  {
    method: 'POST',
    path: 'serviceprincipals/{id}/addpassword',
    need: write,
    answer: async (call) => addPassword(call, await servicePrincipalIn(call)),
  },
  {
    method: 'POST',
    path: 'serviceprincipals/{id}/removepassword',
    need: write,
    answer: async (call) => removePassword(call, await servicePrincipalIn(call)),
  },
];
