import { z } from 'zod';
import type { MutualTlsChange } from '#admin/applications/credentials/mutual-tls.ts';
import type { DirectoryApplicationChange } from '#admin/applications/directory-applications.ts';
import { tlsClientParameters } from '#core/binding/identifiers/tls-client-name.ts';
import { fault } from '#core/trace/fault.ts';
import type { KeyCredential } from '#model/application.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { guid } from '../../protocol/shapes.ts';

/** An application as clients of Graph write one (graph-api §8). */
/** Read from the certificate. */
const readOnly = z.unknown().optional();
const uris = z.array(z.string().max(2048)).max(256);
const description = z.string().max(1024).nullable().optional();
const scopeShape = z
  .strictObject({
    id: guid,
    value: z.string().max(120).nullable().optional(),
    isEnabled: z.boolean().optional(),
    type: z.enum(['User', 'Admin']).nullable().optional(),
    adminConsentDescription: description,
    adminConsentDisplayName: description,
    userConsentDescription: description,
    userConsentDisplayName: description,
    origin: z.string().max(64).nullable().optional(),
  })
  .register(odataTypes, ['permissionScope']);
const appRole = z
  .strictObject({
    id: guid,
    value: z.string().max(250).nullable().optional(),
    isEnabled: z.boolean().optional(),
    allowedMemberTypes: z.array(z.enum(['User', 'Application'])).optional(),
    displayName: z.string().max(256).nullable().optional(),
    description,
    origin: z.string().max(64).nullable().optional(),
  })
  .register(odataTypes, ['appRole']);
const claims = z
  .array(
    z
      .strictObject({
        name: z.string().max(256),
        source: z.string().max(64).nullable().optional(),
        essential: z.boolean().optional(),
        additionalProperties: z.array(z.string().max(256)).max(10).nullable().optional(),
      })
      .register(odataTypes, ['optionalClaim']),
  )
  .max(200)
  .nullable()
  .optional();
export const changeShape = z
  .strictObject({
    displayName: z.string().max(256).optional(),
    description: z.string().max(1024).nullable().optional(),
    notes: z.string().max(1024).nullable().optional(),
    identifierUris: uris.optional(),
    signInAudience: z.enum(['AzureADMyOrg'], 'one tenant: AzureADMyOrg').optional(),
    isFallbackPublicClient: z.boolean().nullable().optional(),
    isDeviceOnlyAuthSupported: z.boolean().nullable().optional(),
    groupMembershipClaims: z.string().max(64).nullable().optional(),
    optionalClaims: z
      .strictObject({ idToken: claims, accessToken: claims, saml2Token: claims })
      .register(odataTypes, ['optionalClaims'])
      .nullable()
      .optional(),
    tags: z.array(z.string().max(256)).max(100).optional(),
    web: z
      .strictObject({
        redirectUris: uris.optional(),
        // z.url() would take a line feed out of a link; admin/entered.ts refuses it.
        homePageUrl: z.string().nullable().optional(),
        logoutUrl: z.string().nullable().optional(),
        implicitGrantSettings: z
          .strictObject({
            enableAccessTokenIssuance: z
              .literal(false, 'access tokens are not issued by the authorization endpoint')
              .nullable()
              .optional(),
            enableIdTokenIssuance: z.boolean().nullable().optional(),
          })
          .nullable()
          .optional(),
        redirectUriSettings: z
          .array(
            z
              .strictObject({
                uri: z.string().max(2048).nullable().optional(),
                index: z.number().int().nullable().optional(),
              })
              .register(odataTypes, ['redirectUriSettings']),
          )
          .optional(),
      })
      .optional(),
    spa: z.strictObject({ redirectUris: uris.optional() }).optional(),
    publicClient: z.strictObject({ redirectUris: uris.optional() }).optional(),
    api: z
      .strictObject({
        oauth2PermissionScopes: z.array(scopeShape).max(500).optional(),
        requestedAccessTokenVersion: z.literal([1, 2], 'it must be 1, 2 or null').nullable().optional(),
        knownClientApplications: z.array(guid).optional(),
        preAuthorizedApplications: z
          .array(
            z
              .strictObject({
                appId: guid,
                delegatedPermissionIds: z.array(guid).optional(),
                permissionIds: z.array(guid).optional(),
              })
              .register(odataTypes, ['preAuthorizedApplication']),
          )
          .optional(),
        acceptMappedClaims: z.boolean().nullable().optional(),
      })
      .optional(),
    appRoles: z.array(appRole).max(500).optional(),
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
        z
          .strictObject({
            keyId: guid.nullable().optional(),
            customKeyIdentifier: readOnly,
            startDateTime: readOnly,
            endDateTime: readOnly,
            displayName: z.string().max(256).nullable().optional(),
            key: z.string().max(20_000).nullable().optional(),
            type: z.literal('AsymmetricX509Cert', 'it must be AsymmetricX509Cert').optional(),
            usage: z.literal('Verify', 'it must be Verify').optional(),
          })
          .register(odataTypes, ['keyCredential']),
      )
      .max(20)
      .optional(),
    beyondEntra: z
      .strictObject({
        tlsClientAuthParameter: z.enum(tlsClientParameters).nullable().optional(),
        tlsClientAuthValue: z.string().min(1).max(1024).nullable().optional(),
        certificateBoundAccessTokens: z.boolean().nullable().optional(),
      })
      .nullable()
      .optional(),
  })
  .register(odataTypes, ['application']);
export const newShape = changeShape
  .extend({ passwordCredentials: z.array(z.never('secrets are created with addPassword')).optional() })
  .required({ displayName: true })
  .register(odataTypes, ['application']);

type BeyondEntra = z.infer<typeof changeShape>['beyondEntra'];

/** Parameter and value are one name: both come, or both go. */
function mutualTlsOf(beyondEntra: BeyondEntra): MutualTlsChange {
  if (beyondEntra === undefined) return {};
  const {
    tlsClientAuthParameter: parameter,
    tlsClientAuthValue: value,
    certificateBoundAccessTokens,
  } = beyondEntra ?? {};
  if (!parameter !== !value) {
    const target = `beyondEntra/${parameter ? 'tlsClientAuthValue' : 'tlsClientAuthParameter'}`;
    throw fault('graphPropertyInvalid', { target, problem: 'the parameter and its value must be specified together' });
  }
  const isUntouched = beyondEntra !== null && parameter === undefined && value === undefined;
  return {
    tlsClientName: isUntouched ? undefined : parameter && value ? { parameter, value } : null,
    hasBoundTokens:
      beyondEntra === null || certificateBoundAccessTokens === null ? false : certificateBoundAccessTokens,
  };
}

export function changeOf(body: z.infer<typeof changeShape>, old: readonly KeyCredential[]): DirectoryApplicationChange {
  const {
    displayName,
    identifierUris,
    web,
    spa,
    publicClient,
    isFallbackPublicClient,
    keyCredentials,
    beyondEntra,
    ...profile
  } = body;
  const { redirectUris: webRedirectUris, homePageUrl, ...webSettings } = web ?? {};
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
      const oldKey = old.find(({ keyId }) => keyId === key.keyId);
      const certificate = key.key ?? oldKey?.certificate;
      if (!certificate)
        throw fault('graphPropertyInvalid', { target: `keyCredentials/${i}/key`, problem: 'it is required' });
      return { keyId: key.keyId ?? undefined, displayName: key.displayName ?? undefined, certificate };
    }),
    ...mutualTlsOf(beyondEntra),
    profile: { ...profile, ...(web ? { web: webSettings } : {}) },
  };
}
