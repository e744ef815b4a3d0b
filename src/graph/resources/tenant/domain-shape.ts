import { z } from 'zod';
import { odataTypes } from '#schema/odata-type.ts';

/** Domains and their identity providers as clients of Graph write them (graph-api §9). */
/** Passwords do not expire here; Graph spells never so. */
export const never = 2147483647;
const readOnly = z.unknown().optional();
export const changeShape = z
  .strictObject({
    ...Object.fromEntries(
      [
        'id',
        'availabilityStatus',
        'isAdminManaged',
        'isInitial',
        'isRoot',
        'isVerified',
        'manufacturer',
        'model',
        'state',
        'supportedServices',
        'passwordNotificationWindowInDays',
      ].map((name) => [name, readOnly]),
    ),
    isDefault: z.boolean().optional(),
    authenticationType: z.enum(['Managed', 'Federated']).optional(),
    passwordValidityPeriodInDays: z.literal(never, `passwords do not expire here: it is ${never}`).nullish(),
  })
  .register(odataTypes, ['domain']);
export const newShape = changeShape
  .extend({
    id: z.string().min(1).max(300),
    isDefault: z.literal(false, 'a domain can be the default one when it is verified').optional(),
    authenticationType: z.literal('Managed', 'a domain is federated with a federationConfiguration').optional(),
  })
  .register(odataTypes, ['domain']);

const optional = z.string().max(20_000).nullish();
const protocol = z.enum(['wsFed', 'saml']);
export const providerShape = z
  .strictObject({
    id: readOnly,
    signingCertificateUpdateStatus: readOnly,
    displayName: z.string().max(256).nullish(),
    issuerUri: z.string(),
    passiveSignInUri: z.string(),
    preferredAuthenticationProtocol: protocol.nullish(),
    metadataExchangeUri: optional,
    signingCertificate: optional,
    nextSigningCertificate: optional,
    activeSignInUri: optional,
    signOutUri: optional,
    passwordResetUri: optional,
    promptLoginBehavior: z.enum(['translateToFreshPasswordAuthentication', 'nativeSupport', 'disabled']).nullish(),
    federatedIdpMfaBehavior: z
      .enum(['acceptIfMfaDoneByFederatedIdp', 'enforceMfaByFederatedIdp', 'rejectMfaByFederatedIdp'])
      .nullish(),
    isSignedAuthenticationRequestRequired: z.boolean().nullish(),
  })
  .register(odataTypes, ['internalDomainFederation']);
export const providerChange = providerShape.partial().register(odataTypes, ['internalDomainFederation']);
