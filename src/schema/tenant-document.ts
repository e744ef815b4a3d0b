import { z } from 'zod';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import { plainHex } from '#core/hex.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { accessPolicyBody, accessPolicyOf } from './access-policy.ts';
import { namedLocationBody } from './named-location.ts';
import { type Plain, parse } from './read.ts';
import { type RolloutPolicy, rolloutBody } from './rollout.ts';
import { combinationConfigurationBody, strengthBody, strengthOf } from './strength.ts';
import { x509ConfigurationBody, x509ConfigurationOf } from './x509-configuration.ts';

const text = z.string().max(2048);
const times = { createdDateTime: text.nullish(), modifiedDateTime: text.nullish() };

const authority = z.strictObject({
  displayName: text.optional(),
  store: z.enum(['pki', 'classic']).optional(),
  /** Name of its container in the PKI-based store. */
  container: text.optional(),
  certificateAuthorityType: z.enum(['root', 'intermediate']).optional(),
  certificateRevocationListUrl: text.nullish(),
  deltaCertificateRevocationListUrl: text.nullish(),
  isIssuerHintEnabled: z.boolean().optional(),
  revocation: z
    .strictObject({
      furtherCrlUrls: z.array(text).optional(),
      graceSeconds: z.int().optional(),
      ocsp: z.strictObject({ url: text, order: z.enum(['first', 'second']), nonce: z.boolean().optional() }).optional(),
    })
    .optional(),
  /** Base64 of DER, or PEM. */
  certificate: z.string(),
});

/** Hexadecimal digits with or without separators: so many octets, or any number of digits. */
const hex = (octets?: number) =>
  text.refine(
    (value) => {
      const digits = plainHex(value);
      return (octets === undefined ? digits.length > 0 : digits.length === 2 * octets) && /^[0-9A-F]+$/.test(digits);
    },
    { message: octets === undefined ? 'it must be hexadecimal' : `it must be ${octets} octets in hexadecimal` },
  );
const namesOfBlocked = [['tbsSha256'], ['sha256Thumbprint'], ['issuerSubjectKeyIdentifier', 'serialNumber']];
const blocked = z
  .strictObject({
    note: text.optional(),
    subject: text.optional(),
    issuer: text.optional(),
    certificateSerialNumber: hex().optional(),
    createdDateTime: text.optional(),
    createdBy: text.optional(),
    sha256Thumbprint: hex(32).optional(),
    tbsSha256: hex(32).optional(),
    issuerSubjectKeyIdentifier: hex().optional(),
    serialNumber: hex().optional(),
  })
  .refine((value) => namesOfBlocked.some((names) => names.every((name) => Object.hasOwn(value, name))), {
    message: `it must have ${namesOfBlocked.map((names) => names.join(' and ')).join(', or ')}`,
  });

const range = z.union([z.string().max(60), z.object({ cidrAddress: z.string().max(60) })]);

/** The form of a tenant document: each part as Graph writes it, with the ids that a client of Graph may not set. */
const tenantDocumentBody = z.strictObject({
  x509Certificate: x509ConfigurationBody.optional(),
  certificateAuthorities: z.array(authority).max(1000).optional(),
  authenticationStrengths: z
    .array(
      strengthBody.extend({
        id: text,
        ...times,
        combinationConfigurations: z
          .array(combinationConfigurationBody.extend({ id: text }))
          .max(10)
          .optional(),
      }),
    )
    .optional(),
  namedLocations: z
    .array(
      namedLocationBody.extend({
        id: text,
        ...times,
        displayName: z.string().max(256),
        isTrusted: z.boolean(),
        ipRanges: z.array(range).max(2000),
      }),
    )
    .optional(),
  conditionalAccessPolicies: z.array(accessPolicyBody.extend({ id: text, ...times })).optional(),
  featureRolloutPolicies: z
    .array(rolloutBody.extend({ isAppliedToOrganization: z.boolean(), appliesTo: z.array(text).max(100) }))
    .optional(),
  blockedCertificates: z.array(blocked).optional(),
  groups: z
    .array(z.strictObject({ id: text.optional(), displayName: text, members: z.array(text).optional() }))
    .optional(),
  users: z.array(z.strictObject({ userPrincipalName: text, certificateUserIds: z.array(text).optional() })).optional(),
});
type Part<Name extends keyof Body> = NonNullable<Body[Name]> extends readonly (infer Item)[] ? Item : never;
type Body = z.infer<typeof tenantDocumentBody>;

export type DocumentedAuthority = Plain<z.infer<typeof authority>>;
/** Members are user principal names, and ids of groups. */
export type DocumentedGroup = Plain<Part<'groups'>>;
export type DocumentedUser = Plain<Part<'users'>>;

/**
 * Everything an administrator decides about certificate sign-in in one tenant. A part that is absent stays as it is. Groups
 * and users that are named become as they are here; others stay.
 */
export interface TenantDocument {
  readonly x509Certificate?: X509CertificateConfiguration;
  /** Both trust stores, whole. */
  readonly certificateAuthorities?: readonly DocumentedAuthority[];
  readonly authenticationStrengths?: readonly AuthenticationStrength[];
  readonly namedLocations?: readonly NamedLocation[];
  readonly conditionalAccessPolicies?: readonly ConditionalAccessPolicy[];
  readonly featureRolloutPolicies?: readonly RolloutPolicy[];
  readonly blockedCertificates?: readonly BlockedCertificate[];
  readonly groups?: readonly DocumentedGroup[];
  readonly users?: readonly DocumentedUser[];
}

/**
 * Reads a tenant document. What it leaves out of the X509Certificate method becomes the factory setting.
 * Refuses with policyDocumentUnreadable and the path of the first member that is unknown or has the wrong form
 */
export function readTenantDocument(input: unknown): Ruling<TenantDocument> {
  const result = parse(tenantDocumentBody, input);
  if ('issue' in result) {
    const { path, problem } = result.issue;
    const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    return refused('policyDocumentUnreadable', {
      problem: `${place.replace(/^\./, '') || 'the document'}: ${problem}`,
    });
  }
  const {
    x509Certificate,
    authenticationStrengths,
    namedLocations,
    conditionalAccessPolicies,
    featureRolloutPolicies,
    ...rest
  } = result.value;
  const document: { [Part in keyof TenantDocument]?: TenantDocument[Part] | undefined } = {
    ...(rest as Plain<typeof rest> as Pick<TenantDocument, keyof typeof rest>),
    x509Certificate: x509Certificate && x509ConfigurationOf(defaultX509CertificateConfiguration, x509Certificate),
    authenticationStrengths: authenticationStrengths?.map(documentedStrength),
    namedLocations: namedLocations?.map(documentedLocation),
    conditionalAccessPolicies: conditionalAccessPolicies?.map(documentedPolicy),
    featureRolloutPolicies: featureRolloutPolicies?.map(documentedRollout),
  };
  return success(Object.fromEntries(Object.entries(document).filter(([, part]) => part !== undefined)));
}

const timesOf = ({
  createdDateTime,
  modifiedDateTime,
}: { [Name in keyof typeof times]?: string | null | undefined }) => ({
  ...(createdDateTime ? { createdDateTime } : {}),
  ...(modifiedDateTime ? { modifiedDateTime } : {}),
});

function documentedStrength(body: Part<'authenticationStrengths'>): AuthenticationStrength {
  const strength = strengthOf(body, body.id);
  const combinationConfigurations = strength.combinationConfigurations.map((configuration, index) => ({
    ...configuration,
    id: body.combinationConfigurations![index]!.id,
  }));
  return { ...strength, combinationConfigurations, ...timesOf(body) };
}

const documentedLocation = (body: Part<'namedLocations'>): NamedLocation => ({
  id: body.id,
  displayName: body.displayName,
  isTrusted: body.isTrusted,
  ipRanges: body.ipRanges.map((item) => (typeof item === 'string' ? item : item.cidrAddress)),
  ...timesOf(body),
});

const documentedPolicy = (body: Part<'conditionalAccessPolicies'>): ConditionalAccessPolicy => ({
  ...accessPolicyOf(body, {}),
  id: body.id,
  ...timesOf(body),
});

const documentedRollout = ({ id: _, description, ...rest }: Part<'featureRolloutPolicies'>): RolloutPolicy => ({
  ...rest,
  ...(description ? { description } : {}),
});
