import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import type { AuthorityRevocation } from '#core/x509/trust-store.ts';
import type { AuthorityRow, TrustStoreState } from '#model/authority.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { type RolloutPolicy, rolloutKind } from '../policies/feature-rollouts.ts';
import {
  flag,
  hexText,
  listOf,
  objectOf,
  oneOf,
  orNull,
  type Shape,
  text,
  whole,
  withOneOf,
} from './document-shape.ts';

/** Everything an administrator decides about certificate sign-in in one tenant, in Graph's spelling. A part left out is left alone. */
export interface TenantDocument {
  readonly x509Certificate?: X509CertificateConfiguration;
  /** Both trust stores, whole. */
  readonly certificateAuthorities?: readonly DocumentedAuthority[];
  readonly authenticationStrengths?: readonly AuthenticationStrength[];
  readonly namedLocations?: readonly NamedLocation[];
  readonly conditionalAccessPolicies?: readonly ConditionalAccessPolicy[];
  readonly featureRolloutPolicies?: readonly RolloutPolicy[];
  readonly blockedCertificates?: readonly BlockedCertificate[];
  /** Those named become as they are here; others are left alone. */
  readonly groups?: readonly DocumentedGroup[];
  /** Those named become as they are here; others are left alone. */
  readonly users?: readonly DocumentedUser[];
}
export interface DocumentedAuthority {
  readonly displayName?: string;
  readonly store?: 'pki' | 'classic';
  /** Name of its container in the PKI-based store. */
  readonly container?: string;
  readonly certificateAuthorityType?: 'root' | 'intermediate';
  readonly certificateRevocationListUrl?: string | null;
  readonly deltaCertificateRevocationListUrl?: string | null;
  readonly isIssuerHintEnabled?: boolean;
  readonly revocation?: AuthorityRevocation;
  /** Base64 of DER, or PEM. */
  readonly certificate: string;
}
export interface DocumentedGroup {
  readonly id?: string;
  readonly displayName: string;
  /** User principal names, and ids of groups. */
  readonly members?: readonly string[];
}
export interface DocumentedUser {
  readonly userPrincipalName: string;
  readonly certificateUserIds?: readonly string[];
}

const target = objectOf({ targetType: text, id: text }, ['targetType', 'id']);
const targets = listOf(target);
const state = oneOf('enabled', 'disabled');
const affinity = oneOf('low', 'high');
const mode = oneOf('x509CertificateSingleFactor', 'x509CertificateMultiFactor');

const x509 = objectOf({
  state,
  includeTargets: targets,
  excludeTargets: targets,
  certificateUserBindings: listOf(
    objectOf({ x509CertificateField: text, userProperty: text, priority: whole, trustAffinityLevel: affinity }, [
      'x509CertificateField',
      'userProperty',
      'priority',
      'trustAffinityLevel',
    ]),
  ),
  authenticationModeConfiguration: objectOf({
    x509CertificateAuthenticationDefaultMode: mode,
    x509CertificateDefaultRequiredAffinityLevel: affinity,
    rules: listOf(
      objectOf(
        {
          x509CertificateRuleType: text,
          identifier: text,
          issuerSubjectIdentifier: text,
          policyOidIdentifier: text,
          x509CertificateAuthenticationMode: mode,
          x509CertificateRequiredAffinityLevel: affinity,
        },
        ['x509CertificateRuleType', 'identifier', 'x509CertificateAuthenticationMode'],
      ),
    ),
  }),
  issuerHintsConfiguration: objectOf({ state }, ['state']),
  crlValidationConfiguration: objectOf({
    state,
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers: listOf(text),
  }),
  certificateAuthorityScopes: listOf(
    objectOf({ subjectKeyIdentifier: text, publicKeyInfrastructureIdentifier: text, includeTargets: targets }, [
      'subjectKeyIdentifier',
      'publicKeyInfrastructureIdentifier',
      'includeTargets',
    ]),
  ),
  beyondEntra: objectOf({
    certificateMayNameUser: flag,
    plainSerialOrder: flag,
    onPremisesNameSignsIn: flag,
    certificateAuthorityScoping: oneOf('every', 'any'),
    policyOids: oneOf('listed', 'validated'),
  }),
});

const authority = objectOf(
  {
    displayName: text,
    store: oneOf('pki', 'classic'),
    container: text,
    certificateAuthorityType: oneOf('root', 'intermediate'),
    certificateRevocationListUrl: orNull(text),
    deltaCertificateRevocationListUrl: orNull(text),
    isIssuerHintEnabled: flag,
    revocation: objectOf({
      furtherCrlUrls: listOf(text),
      graceSeconds: whole,
      ocsp: objectOf({ url: text, order: oneOf('first', 'second'), nonce: flag }, ['url', 'order']),
    }),
    certificate: text,
  },
  ['certificate'],
);

const texts = listOf(text);
const conditions = objectOf(
  {
    users: objectOf({
      includeUsers: texts,
      excludeUsers: texts,
      includeGroups: texts,
      excludeGroups: texts,
      includeRoles: texts,
      excludeRoles: texts,
    }),
    applications: objectOf({
      includeApplications: texts,
      excludeApplications: texts,
      includeUserActions: texts,
      includeAuthenticationContextClassReferences: texts,
    }),
    clientAppTypes: texts,
    locations: orNull(objectOf({ includeLocations: texts, excludeLocations: texts })),
    platforms: orNull(objectOf({ includePlatforms: texts, excludePlatforms: texts })),
  },
  ['users', 'applications', 'clientAppTypes'],
);
const accessPolicy = objectOf(
  {
    id: text,
    displayName: text,
    state: text,
    createdDateTime: orNull(text),
    modifiedDateTime: orNull(text),
    description: orNull(text),
    templateId: orNull(text),
    conditions,
    grantControls: orNull(
      objectOf(
        {
          operator: text,
          builtInControls: texts,
          authenticationStrength: orNull(objectOf({ id: text }, ['id'])),
          termsOfUse: texts,
        },
        ['operator'],
      ),
    ),
    sessionControls: orNull(
      objectOf({
        signInFrequency: orNull(
          objectOf({
            value: orNull(whole),
            type: orNull(text),
            frequencyInterval: text,
            authenticationType: text,
            isEnabled: orNull(flag),
          }),
        ),
        persistentBrowser: orNull(objectOf({ mode: orNull(text), isEnabled: orNull(flag) })),
      }),
    ),
  },
  ['id', 'displayName', 'state', 'conditions'],
);

const strength = objectOf(
  {
    id: text,
    displayName: text,
    description: orNull(text),
    policyType: oneOf('custom'),
    createdDateTime: orNull(text),
    modifiedDateTime: orNull(text),
    allowedCombinations: texts,
    combinationConfigurations: listOf(
      objectOf(
        {
          id: text,
          appliesToCombinations: texts,
          allowedIssuerSkis: texts,
          allowedPolicyOIDs: texts,
          allowedAAGUIDs: texts,
        },
        ['id', 'appliesToCombinations'],
      ),
    ),
  },
  ['id', 'displayName', 'policyType', 'allowedCombinations', 'combinationConfigurations'],
);

/** The form of a whole document; what values mean is checked when it is applied. */
export const tenantShape: Shape = objectOf({
  x509Certificate: x509,
  certificateAuthorities: listOf(authority),
  authenticationStrengths: listOf(strength),
  namedLocations: listOf(
    objectOf(
      {
        id: text,
        displayName: text,
        isTrusted: flag,
        ipRanges: texts,
        createdDateTime: orNull(text),
        modifiedDateTime: orNull(text),
      },
      ['id', 'displayName', 'isTrusted', 'ipRanges'],
    ),
  ),
  conditionalAccessPolicies: listOf(accessPolicy),
  featureRolloutPolicies: listOf(
    objectOf(
      {
        displayName: text,
        description: text,
        feature: text,
        isEnabled: flag,
        isAppliedToOrganization: flag,
        appliesTo: texts,
      },
      ['displayName', 'feature', 'isEnabled', 'isAppliedToOrganization', 'appliesTo'],
    ),
  ),
  blockedCertificates: listOf(
    withOneOf(
      objectOf({
        note: text,
        sha256Thumbprint: hexText(32),
        tbsSha256: hexText(32),
        issuerSubjectKeyIdentifier: hexText(),
        serialNumber: hexText(),
      }),
      [['tbsSha256'], ['sha256Thumbprint'], ['issuerSubjectKeyIdentifier', 'serialNumber']],
    ),
  ),
  groups: listOf(objectOf({ id: text, displayName: text, members: texts }, ['displayName'])),
  users: listOf(objectOf({ userPrincipalName: text, certificateUserIds: texts }, ['userPrincipalName'])),
});

/** A tenant as a document: every part, of users those who have certificateUserIds. */
export async function documentOf(ports: AdminPorts): Promise<Required<TenantDocument>> {
  const rollouts = await ports.objects.list<RolloutPolicy>(rolloutKind);
  return {
    x509Certificate: await ports.policy.x509(),
    certificateAuthorities: documentedAuthorities(await ports.trustStore.state()),
    authenticationStrengths: await ports.policy.strengths(),
    namedLocations: await ports.policy.namedLocations(),
    conditionalAccessPolicies: await ports.policy.conditionalAccess(),
    featureRolloutPolicies: rollouts.map(({ document }) => document),
    blockedCertificates: await ports.policy.blocked(),
    ...(await peopleOf(ports)),
  };
}

function documentedAuthorities({ authorities, containers }: TrustStoreState): readonly DocumentedAuthority[] {
  const nameOf = (id: string | undefined) =>
    containers.find((container) => container.id === id)?.displayName ?? id ?? '';
  return authorities.map((row) => ({
    displayName: row.displayName,
    store: row.store,
    ...(row.store === 'pki' ? { container: nameOf(row.containerId) } : {}),
    certificateAuthorityType: row.authorityType,
    certificateRevocationListUrl: row.certificateRevocationListUrl ?? null,
    deltaCertificateRevocationListUrl: row.deltaCertificateRevocationListUrl ?? null,
    isIssuerHintEnabled: row.isIssuerHintEnabled,
    ...settingsOf(row),
    certificate: Buffer.from(row.der).toString('base64'),
  }));
}

const settingsOf = ({ revocation }: AuthorityRow) =>
  revocation && Object.keys(revocation).length > 0 ? { revocation } : {};

/** Read in pages, so that a large tenant is no longer in memory than it must be. */
const pageSize = 500;

async function peopleOf(ports: AdminPorts): Promise<{ users: DocumentedUser[]; groups: DocumentedGroup[] }> {
  const names = new Map<string, string>();
  const users: DocumentedUser[] = [];
  for await (const { id, userPrincipalName, certificateUserIds } of everyone(ports.users)) {
    names.set(id, userPrincipalName);
    if (certificateUserIds.length > 0) users.push({ userPrincipalName, certificateUserIds });
  }
  const groups: DocumentedGroup[] = [];
  for await (const { id, displayName } of everyone(ports.groups)) {
    const members = (await ports.groups.members(id)).map((member) => names.get(member.id) ?? member.id).sort();
    groups.push({ id, displayName, members });
  }
  return { users, groups };
}

async function* everyone<T extends { readonly id: string }>(store: {
  list(query: { readonly top: number; readonly after?: string }): Promise<readonly T[]>;
}): AsyncGenerator<T> {
  let after: string | undefined;
  for (;;) {
    const page = await store.list({ top: pageSize, ...(after === undefined ? {} : { after }) });
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.id;
  }
}
