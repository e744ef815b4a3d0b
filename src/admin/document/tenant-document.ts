import type { AuthorityRow, TrustStoreState } from '#model/authority.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { RolloutPolicy } from '#schema/rollout.ts';
import type { DocumentedAuthority, DocumentedGroup, DocumentedUser, TenantDocument } from '#schema/tenant-document.ts';
import { rolloutKind } from '../policies/feature-rollouts.ts';

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
