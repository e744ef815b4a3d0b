import { z } from 'zod';
import type {
  AuthenticationRule,
  CertificateAuthorityScope,
  MethodTarget,
  UserBinding,
  X509CertificateConfiguration,
} from '#core/binding/policy.ts';
import { defaultX509CertificateConfiguration as factory } from '#core/binding/policy.ts';

/** The X509Certificate method as clients of Graph write it (graph-api §3.3). Values are checked in core; here the shape. */
const text = z.string().max(2048);
const state = z.strictObject({ state: text.optional() });
const target = z.strictObject({
  targetType: text,
  id: text,
  isRegistrationRequired: z.boolean().optional(),
});
const binding = z.strictObject({
  x509CertificateField: text,
  userProperty: text,
  priority: z.number(),
  trustAffinityLevel: text.nullable().optional(),
});
const rule = z.strictObject({
  x509CertificateRuleType: text,
  identifier: text.nullable().optional(),
  issuerSubjectIdentifier: text.nullable().optional(),
  policyOidIdentifier: text.nullable().optional(),
  x509CertificateAuthenticationMode: text,
  x509CertificateRequiredAffinityLevel: text.nullable().optional(),
});
const scope = z.strictObject({
  subjectKeyIdentifier: text,
  publicKeyInfrastructureIdentifier: text.nullable().optional(),
  includeTargets: z.array(target).max(100),
});
export const x509Shape = z.strictObject({
  id: z
    .string()
    .regex(/^x509certificate$/i, 'it is X509Certificate')
    .optional(),
  '@odata.type': z
    .string()
    .regex(/^#microsoft\.graph\.x509CertificateAuthenticationMethodConfiguration$/i, 'it is another type')
    .optional(),
  state: text.nullable().optional(),
  certificateUserBindings: z.array(binding).max(100).nullable().optional(),
  authenticationModeConfiguration: z
    .strictObject({
      x509CertificateAuthenticationDefaultMode: text.optional(),
      x509CertificateDefaultRequiredAffinityLevel: text.nullable().optional(),
      rules: z.array(rule).max(1000).optional(),
    })
    .nullable()
    .optional(),
  issuerHintsConfiguration: state.nullable().optional(),
  crlValidationConfiguration: z
    .strictObject({
      state: text.optional(),
      exemptedCertificateAuthoritiesSubjectKeyIdentifiers: z.array(text).max(1000).optional(),
    })
    .nullable()
    .optional(),
  certificateAuthorityScopes: z.array(scope).max(1000).nullable().optional(),
  includeTargets: z.array(target).max(1000).nullable().optional(),
  excludeTargets: z.array(target).max(1000).nullable().optional(),
});
export type X509Said = z.infer<typeof x509Shape>;

/** `null` goes back to the factory setting; what is not there stays; every collection is replaced whole (graph-api §3.4). */
export function merged(old: X509CertificateConfiguration, said: X509Said): X509CertificateConfiguration {
  const modes = said.authenticationModeConfiguration;
  const crl = said.crlValidationConfiguration;
  const changed = {
    state: or(said.state, old.state, factory.state),
    includeTargets: or(
      said.includeTargets?.map(readTarget),
      old.includeTargets,
      factory.includeTargets,
      said.includeTargets,
    ),
    excludeTargets: or(said.excludeTargets?.map(readTarget), old.excludeTargets, [], said.excludeTargets),
    certificateUserBindings: or(
      said.certificateUserBindings?.map(readBinding),
      old.certificateUserBindings,
      factory.certificateUserBindings,
      said.certificateUserBindings,
    ),
    authenticationModeConfiguration:
      modes === null
        ? factory.authenticationModeConfiguration
        : { ...old.authenticationModeConfiguration, ...defined({ ...modes, rules: modes?.rules?.map(readRule) }) },
    issuerHintsConfiguration: { ...old.issuerHintsConfiguration, ...(said.issuerHintsConfiguration ?? {}) },
    crlValidationConfiguration:
      crl === null ? factory.crlValidationConfiguration : { ...old.crlValidationConfiguration, ...defined(crl ?? {}) },
    certificateAuthorityScopes: or(
      said.certificateAuthorityScopes?.map(readScope),
      old.certificateAuthorityScopes,
      [],
      said.certificateAuthorityScopes,
    ),
  };
  return { ...old, ...changed } as X509CertificateConfiguration;
}

/** What was said; what was there when nothing was; the factory setting for `null`. */
function or<T>(said: unknown, old: T, usual: T, raw: unknown = said): T {
  if (raw === null) return usual;
  return said === undefined ? old : (said as T);
}
const defined = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));

const readTarget = ({ targetType, id }: z.infer<typeof target>) => ({ targetType, id }) as MethodTarget;

const highFields = ['SubjectKeyIdentifier', 'SHA1PublicKey', 'IssuerAndSerialNumber'];

/** UB-4: the affinity is the field's where it is not said. */
function readBinding({ trustAffinityLevel, ...rest }: z.infer<typeof binding>): UserBinding {
  const own = highFields.includes(rest.x509CertificateField) ? 'high' : 'low';
  return { ...rest, trustAffinityLevel: trustAffinityLevel ?? own } as UserBinding;
}

/** Blanks around identifiers are dropped: Microsoft's own sample has one. A combined rule mirrors its two parts. */
function readRule(said: z.infer<typeof rule>): AuthenticationRule {
  const { x509CertificateRuleType, x509CertificateAuthenticationMode, x509CertificateRequiredAffinityLevel } = said;
  const [issuer, oid] = [said.issuerSubjectIdentifier?.trim(), said.policyOidIdentifier?.trim()];
  const identifier = said.identifier?.trim() || [issuer, oid].filter(Boolean).join(',');
  return {
    x509CertificateRuleType,
    identifier,
    ...(issuer ? { issuerSubjectIdentifier: issuer } : {}),
    ...(oid ? { policyOidIdentifier: oid } : {}),
    x509CertificateAuthenticationMode,
    x509CertificateRequiredAffinityLevel: x509CertificateRequiredAffinityLevel ?? 'low',
  } as AuthenticationRule;
}

const readScope = (said: z.infer<typeof scope>): CertificateAuthorityScope => ({
  subjectKeyIdentifier: said.subjectKeyIdentifier.trim(),
  publicKeyInfrastructureIdentifier: said.publicKeyInfrastructureIdentifier?.trim() ?? '',
  includeTargets: said.includeTargets.map(readTarget),
});
