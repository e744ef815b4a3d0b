import type { MethodState } from './access/methods/method-state.ts';
import type { ConditionalAccessPolicy, NamedLocation } from './access/policy.ts';
import type { AuthenticationStrength } from './access/strengths.ts';
import type { X509CertificateConfiguration } from './binding/policy.ts';
import type { RevocationPolicy } from './crl/policy.ts';
import type { TrustStore } from './x509/trust-store.ts';

/** One immutable, versioned snapshot of everything a tenant has decided. */
export interface TenantPolicy {
  /** Changes with every edit; written into each trace. */
  readonly version: string;
  readonly trustStore: TrustStore;
  readonly x509: X509CertificateConfiguration;
  readonly revocation: RevocationPolicy;
  /** Conditional Access, with the tenant's own strengths and places that its policies refer to. */
  readonly access: readonly ConditionalAccessPolicy[];
  readonly strengths: readonly AuthenticationStrength[];
  readonly namedLocations: readonly NamedLocation[];
  /** Which methods besides password and certificate may be used by whom; what is not there is as from the factory. */
  readonly methods: readonly MethodState[];
}
