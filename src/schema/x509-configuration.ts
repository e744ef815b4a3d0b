import { z } from 'zod';
import type {
  AuthenticationRule,
  CertificateAuthorityScope,
  MethodTarget,
  UserBinding,
  X509CertificateConfiguration,
} from '#core/binding/policy.ts';
import { defaultX509CertificateConfiguration as factory } from '#core/binding/policy.ts';
import { odataTypes } from './odata-type.ts';

const text = z.string().max(2048);
const state = z
  .strictObject({ state: text.optional() })
  .register(odataTypes, ['x509CertificateIssuerHintsConfiguration']);
const target = z
  .strictObject({
    targetType: text,
    id: text,
    isRegistrationRequired: z.boolean().optional(),
  })
  .register(odataTypes, ['authenticationMethodTarget', 'includeTarget', 'excludeTarget']);
const binding = z
  .strictObject({
    x509CertificateField: text,
    userProperty: text,
    priority: z.number(),
    trustAffinityLevel: text.nullable().optional(),
  })
  .register(odataTypes, ['x509CertificateUserBinding']);
const rule = z
  .strictObject({
    x509CertificateRuleType: text,
    identifier: text.nullable().optional(),
    issuerSubjectIdentifier: text.nullable().optional(),
    policyOidIdentifier: text.nullable().optional(),
    x509CertificateAuthenticationMode: text,
    x509CertificateRequiredAffinityLevel: text.nullable().optional(),
  })
  .register(odataTypes, ['x509CertificateRule']);
const scope = z
  .strictObject({
    subjectKeyIdentifier: text,
    publicKeyInfrastructureIdentifier: text.nullable().optional(),
    includeTargets: z.array(target).max(100),
  })
  .register(odataTypes, ['x509CertificateAuthorityScope']);
/** What an Entra tenant does not have: a declared extension of beta. */
const beyondEntra = z.strictObject({
  certificateMayNameUser: z.boolean().nullable().optional(),
  brainpoolCurves: z.boolean().nullable().optional(),
  plainSerialOrder: z.boolean().nullable().optional(),
  onPremisesNameSignsIn: z.boolean().nullable().optional(),
  certificateAuthorityScoping: z.enum(['every', 'any']).nullable().optional(),
  policyOids: z.enum(['listed', 'validated']).nullable().optional(),
});
/**
 * The X509Certificate method as Graph, tenant files and exports of Entra write it (graph-api §3.3). Values are checked in
 * core; here the form.
 */
export const x509ConfigurationBody = z.strictObject({
  beyondEntra: beyondEntra.nullable().optional(),
  id: z
    .string()
    .regex(/^x509certificate$/i, 'it must be X509Certificate')
    .optional(),
  '@odata.type': z
    .string()
    .regex(
      /^#microsoft\.graph\.x509CertificateAuthenticationMethodConfiguration$/i,
      'it must be the type of the X509Certificate configuration',
    )
    .optional(),
  state: text.nullable().optional(),
  certificateUserBindings: z.array(binding).max(100).nullable().optional(),
  authenticationModeConfiguration: z
    .strictObject({
      x509CertificateAuthenticationDefaultMode: text.optional(),
      x509CertificateDefaultRequiredAffinityLevel: text.nullable().optional(),
      rules: z.array(rule).max(1000).optional(),
    })
    .register(odataTypes, ['x509CertificateAuthenticationModeConfiguration'])
    .nullable()
    .optional(),
  issuerHintsConfiguration: state.nullable().optional(),
  crlValidationConfiguration: z
    .strictObject({
      state: text.optional(),
      exemptedCertificateAuthoritiesSubjectKeyIdentifiers: z.array(text).max(1000).optional(),
    })
    .register(odataTypes, ['x509CertificateCRLValidationConfiguration'])
    .nullable()
    .optional(),
  certificateAuthorityScopes: z.array(scope).max(1000).nullable().optional(),
  includeTargets: z.array(target).max(1000).nullable().optional(),
  excludeTargets: z.array(target).max(1000).nullable().optional(),
});
export type X509ConfigurationBody = z.infer<typeof x509ConfigurationBody>;

/** `null` goes back to the factory setting; what is not there stays; every collection is replaced whole (graph-api §3.4). */
export function x509ConfigurationOf(
  old: X509CertificateConfiguration,
  body: X509ConfigurationBody,
): X509CertificateConfiguration {
  const modes = body.authenticationModeConfiguration;
  const crl = body.crlValidationConfiguration;
  const change = {
    state: or(body.state, old.state, factory.state),
    includeTargets: or(
      body.includeTargets?.map(readTarget),
      old.includeTargets,
      factory.includeTargets,
      body.includeTargets,
    ),
    excludeTargets: or(body.excludeTargets?.map(readTarget), old.excludeTargets, [], body.excludeTargets),
    certificateUserBindings: or(
      body.certificateUserBindings?.map(readBinding),
      old.certificateUserBindings,
      factory.certificateUserBindings,
      body.certificateUserBindings,
    ),
    authenticationModeConfiguration:
      modes === null
        ? factory.authenticationModeConfiguration
        : { ...old.authenticationModeConfiguration, ...definition({ ...modes, rules: modes?.rules?.map(readRule) }) },
    issuerHintsConfiguration: { ...old.issuerHintsConfiguration, ...(body.issuerHintsConfiguration ?? {}) },
    crlValidationConfiguration:
      crl === null
        ? factory.crlValidationConfiguration
        : { ...old.crlValidationConfiguration, ...definition(crl ?? {}) },
    certificateAuthorityScopes: or(
      body.certificateAuthorityScopes?.map(readScope),
      old.certificateAuthorityScopes,
      [],
      body.certificateAuthorityScopes,
    ),
  };
  return { ...old, ...change, ...optionsOf(old, body) } as X509CertificateConfiguration;
}

/** An option that is `null` goes back to what Entra does; without any option the part itself goes. */
function optionsOf({ beyondEntra: old }: X509CertificateConfiguration, { beyondEntra: wanted }: X509ConfigurationBody) {
  if (wanted === undefined) return {};
  const options = Object.entries({ ...(wanted === null ? {} : old), ...wanted }).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return { beyondEntra: options.length > 0 ? Object.fromEntries(options) : undefined };
}

/** The value of the body; the old one where it is absent; the factory setting for `null`. */
function or<T>(body: unknown, old: T, usual: T, raw: unknown = body): T {
  if (raw === null) return usual;
  return body === undefined ? old : (body as T);
}
const definition = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));

const readTarget = ({ targetType, id }: z.infer<typeof target>) => ({ targetType, id }) as MethodTarget;

const highFields = ['SubjectKeyIdentifier', 'SHA1PublicKey', 'IssuerAndSerialNumber'];

/** UB-4: the affinity is the field's where it is absent. */
function readBinding({ trustAffinityLevel, ...rest }: z.infer<typeof binding>): UserBinding {
  const fieldAffinity = highFields.includes(rest.x509CertificateField) ? 'high' : 'low';
  return { ...rest, trustAffinityLevel: trustAffinityLevel ?? fieldAffinity } as UserBinding;
}

/** Blanks around identifiers are dropped: Microsoft's own sample has one. A combined rule mirrors its two parts. */
function readRule(body: z.infer<typeof rule>): AuthenticationRule {
  const { x509CertificateRuleType, x509CertificateAuthenticationMode, x509CertificateRequiredAffinityLevel } = body;
  const [issuer, oid] = [body.issuerSubjectIdentifier?.trim(), body.policyOidIdentifier?.trim()];
  const identifier = body.identifier?.trim() || [issuer, oid].filter(Boolean).join(',');
  return {
    x509CertificateRuleType,
    identifier,
    ...(issuer ? { issuerSubjectIdentifier: issuer } : {}),
    ...(oid ? { policyOidIdentifier: oid } : {}),
    x509CertificateAuthenticationMode,
    x509CertificateRequiredAffinityLevel: x509CertificateRequiredAffinityLevel ?? 'low',
  } as AuthenticationRule;
}

const readScope = (body: z.infer<typeof scope>): CertificateAuthorityScope => ({
  subjectKeyIdentifier: body.subjectKeyIdentifier.trim(),
  publicKeyInfrastructureIdentifier: body.publicKeyInfrastructureIdentifier?.trim() ?? '',
  includeTargets: body.includeTargets.map(readTarget),
});
