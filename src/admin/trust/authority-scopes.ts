import type { CertificateAuthorityScope } from '#core/binding/policy.ts';
import { fault } from '#core/trace/fault.ts';
import type { TrustStoreState } from '#model/authority.ts';
import { detailsOf } from './authority-rules.ts';

/**
 * A scope of an unknown PKI or CA would limit no one. Both must be in the trust store, the CA in that PKI.
 * @throws authorityScopeUnknown
 */
export function checkAuthorityScopes(
  scopes: readonly CertificateAuthorityScope[],
  { containers, authorities }: Pick<TrustStoreState, 'containers' | 'authorities'>,
): void {
  for (const { publicKeyInfrastructureIdentifier: pki, subjectKeyIdentifier: ski } of scopes) {
    if (!containers.some(({ id }) => id === pki))
      throw fault('authorityScopeUnknown', { property: 'publicKeyInfrastructureIdentifier', value: pki });
    const inPki = authorities.filter((authority) => authority.containerId === pki);
    if (!inPki.some((item) => detailsOf(item).subjectKeyIdentifier === ski.toUpperCase()))
      throw fault('authorityScopeUnknown', { property: 'subjectKeyIdentifier', value: ski });
  }
}
