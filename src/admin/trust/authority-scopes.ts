import type { CertificateAuthorityScope, X509CertificateConfiguration } from '#core/binding/policy.ts';
import { isSameJson } from '#core/canonical-json.ts';
import { fault } from '#core/trace/fault.ts';
import type { TrustStoreState } from '#model/authority.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { detailsOf } from './authority-rules.ts';

/**
 * The configuration with the PKIs of its CA scopes by id: a scope may name its PKI by id or by name, and the id is kept,
 * so that a new name changes nothing (CAS-5). A scope of an unknown PKI or CA would limit no user, so both must be in the
 * trust store, the CA in that PKI. Scopes that stand already are left alone: an unrelated change is not refused because a
 * CA was removed meanwhile. @throws authorityScopeUnknown
 */
export async function withKnownScopes(
  configuration: X509CertificateConfiguration,
  { trustStore, policy }: Pick<AdminPorts, 'trustStore' | 'policy'>,
): Promise<X509CertificateConfiguration> {
  if (configuration.certificateAuthorityScopes.length === 0) return configuration;
  const state = await trustStore.state();
  const { certificateAuthorityScopes: standing } = await policy.x509();
  const certificateAuthorityScopes = configuration.certificateAuthorityScopes.map((scope) => {
    const target = scope.publicKeyInfrastructureIdentifier;
    const container = state.containers.find(({ id, displayName }) => [id, displayName].includes(target));
    return container ? { ...scope, publicKeyInfrastructureIdentifier: container.id } : scope;
  });
  for (const scope of certificateAuthorityScopes)
    if (!standing.some((item) => isSameJson(item, scope))) requireKnown(scope, state);
  return { ...configuration, certificateAuthorityScopes };
}

function requireKnown(
  { publicKeyInfrastructureIdentifier: pki, subjectKeyIdentifier: ski }: CertificateAuthorityScope,
  { containers, authorities }: Pick<TrustStoreState, 'containers' | 'authorities'>,
): void {
  if (!containers.some(({ id }) => id === pki))
    throw fault('authorityScopeUnknown', { property: 'publicKeyInfrastructureIdentifier', value: pki });
  const inPki = authorities.filter((authority) => authority.containerId === pki);
  const plain = ski.replaceAll(/[:\s]/gu, '').toUpperCase();
  if (!inPki.some((item) => detailsOf(item).subjectKeyIdentifier === plain))
    throw fault('authorityScopeUnknown', { property: 'subjectKeyIdentifier', value: ski });
}
