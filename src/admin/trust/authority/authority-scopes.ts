import type { CertificateAuthorityScope, X509CertificateConfiguration } from '#core/binding/policy.ts';
import { isSameJson } from '#core/canonical-json.ts';
import { plainHex } from '#core/hex.ts';
import { type Passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { TrustStoreState } from '#model/authority.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { detailsOf } from './authority-rules.ts';

/** A scope, as entered, whose PKI or CA is not in the trust store, and the reason. */
export interface UnknownScope {
  readonly scope: CertificateAuthorityScope;
  readonly problem: Exclude<Ruling<void>, Passed<void>>;
}

/**
 * The configuration with the PKIs of its CA scopes by id: a scope may name its PKI by id or by name, and the id is kept,
 * so that a new name changes nothing (CAS-5). A scope of an unknown PKI or CA would limit no user, so both must be in the
 * trust store, the CA in that PKI. Scopes that stand already are left alone: an unrelated change is not refused because a
 * CA was removed meanwhile.
 * @param onUnknown gets each scope that is refused, which is then left out; without it the first one is refused with authorityScopeUnknown
 */
export async function withKnownScopes(
  configuration: X509CertificateConfiguration,
  { trustStore, policy }: Pick<AdminPorts, 'trustStore' | 'policy'>,
  onUnknown?: (unknown: UnknownScope) => void,
): Promise<Ruling<X509CertificateConfiguration>> {
  if (configuration.certificateAuthorityScopes.length === 0) return success(configuration);
  const state = await trustStore.state();
  const { certificateAuthorityScopes: standing } = await policy.x509();
  const certificateAuthorityScopes: CertificateAuthorityScope[] = [];
  for (const entered of configuration.certificateAuthorityScopes) {
    const target = entered.publicKeyInfrastructureIdentifier;
    const container = state.containers.find(({ id, displayName }) => [id, displayName].includes(target));
    const scope = container ? { ...entered, publicKeyInfrastructureIdentifier: container.id } : entered;
    const ruling = standing.some((item) => isSameJson(item, scope)) ? success() : checkScope(scope, state);
    if (ruling.outcome === 'passed') certificateAuthorityScopes.push(scope);
    else if (onUnknown) onUnknown({ scope: entered, problem: ruling });
    else return ruling;
  }
  return success({ ...configuration, certificateAuthorityScopes });
}

function checkScope(
  { publicKeyInfrastructureIdentifier: pki, subjectKeyIdentifier: ski }: CertificateAuthorityScope,
  { containers, authorities }: Pick<TrustStoreState, 'containers' | 'authorities'>,
): Ruling<void> {
  if (!containers.some(({ id }) => id === pki))
    return refused('authorityScopeUnknown', { property: 'publicKeyInfrastructureIdentifier', value: pki });
  const inPki = authorities.filter((authority) => authority.containerId === pki);
  const plain = plainHex(ski);
  return inPki.some((item) => detailsOf(item).subjectKeyIdentifier === plain)
    ? success()
    : refused('authorityScopeUnknown', { property: 'subjectKeyIdentifier', value: ski });
}
