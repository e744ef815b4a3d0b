import type { Domain, Tenant, TenantContents } from '#model/tenant.ts';

/** The tenants of this installation. The one port that is not opened for a tenant. */
export interface Tenants {
  /** By GUID or by verified domain; undefined when there is none. */
  find(idOrDomain: string): Promise<Tenant | undefined>;
  list(): Promise<readonly Tenant[]>;
  /** Adds it, with its audit row where an actor is named. */
  add(tenant: Tenant, actor?: string): Promise<void>;
  /** Whether the domain's people sign in here; with its audit row. False when the tenant has no such domain. */
  setAuthenticationType(
    tenantId: string,
    domain: string,
    authenticationType: Domain['authenticationType'],
    actor: string,
  ): Promise<boolean>;
  /** Gives the tenant a domain that it proved to hold, instead of the one it asked for. Throws `domainTaken`. */
  verifyDomain(tenantId: string, domain: string, actor: string): Promise<void>;
  /** False when the tenant has no such domain. */
  removeDomain(tenantId: string, domain: string, actor: string): Promise<boolean>;
  /** False when there is no such tenant. */
  setDisplayName(tenantId: string, displayName: string, actor: string): Promise<boolean>;
  /** Makes it the first. False when the tenant has no such domain. */
  setDefaultDomain(tenantId: string, domain: string, actor: string): Promise<boolean>;
  contents(tenantId: string): Promise<TenantContents>;
  /**
   * Removes a tenant with everything it has, for good; the audit row is in the log of the installation. False when there is no
   * such tenant. No request finds it from then on, also where the removal of its rows ends early.
   */
  remove(tenantId: string, actor: string): Promise<boolean>;
}

/** What the Domain Name System says. */
export interface NameRecords {
  /** Texts of the TXT records of a name; none when there are none or no server answers. */
  txt(name: string): Promise<readonly string[]>;
}
