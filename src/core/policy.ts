import type { X509CertificateConfiguration } from './binding/policy.ts';
import type { TrustStore } from './x509/trust-store.ts';

/** One immutable, versioned snapshot of everything a tenant has decided. */
export interface TenantPolicy {
  /** Changes with every edit; written into each trace. */
  readonly version: string;
  readonly trustStore: TrustStore;
  readonly x509: X509CertificateConfiguration;
}
