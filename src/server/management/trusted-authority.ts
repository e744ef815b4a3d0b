import type { AuthorityHealth } from '#admin/trust/health/authority-health.ts';
import { hexOf } from '#core/hex.ts';

/** A CA of a tenant, and how it stands. */
export interface TrustedAuthority {
  readonly tenantId: string;
  readonly health: AuthorityHealth;
}

/** What a CA is called in a label: the identifier of its key, which is no name of the organization. */
export const labelOf = ({ certificate, authority }: AuthorityHealth): string =>
  certificate.subjectKeyIdentifier ? hexOf(certificate.subjectKeyIdentifier).toLowerCase() : authority.id;
