import { isHostName } from '#core/host-name.ts';
import { fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Tenants } from '#ports/tenants.ts';
import { checkName } from '../entered.ts';

/** Makes a tenant with its verified domains, and with an id of its own unless one is chosen. @throws domainMalformed, domainTaken */
export async function addTenant(
  request: { readonly id?: string; readonly displayName: string; readonly domains: readonly string[] },
  tenants: Tenants,
  actor: string,
): Promise<Tenant> {
  checkName('displayName', request.displayName);
  const domains = request.domains.map((domain) => domain.toLowerCase());
  for (const domain of domains) {
    if (!isDomainName(domain)) throw fault('domainMalformed', { domain });
    if (await tenants.find(domain)) throw fault('domainTaken', { domain });
  }
  const tenant: Tenant = {
    id: request.id ?? crypto.randomUUID(),
    displayName: request.displayName,
    domains: domains.map((id) => ({ id, authenticationType: 'Managed', isVerified: true })),
  };
  await tenants.add(tenant, actor);
  return tenant;
}

/** Takes a tenant over as another installation has it, with its id and the types of its domains. @throws domainTaken */
export const takeOverTenant = (tenant: Tenant, tenants: Pick<Tenants, 'add'>, actor: string): Promise<void> =>
  tenants.add(tenant, actor);

/** The name of a host in lower case, as domains are stored. */
export const isDomainName = (text: string): boolean => isHostName(text) && text === text.toLowerCase();

/** The tenant meant: the named one, or the only one there is. @throws nothingFound, tenantAmbiguous */
export async function chosenTenant(target: string | undefined, tenants: Tenants): Promise<Tenant> {
  if (target !== undefined) {
    const tenant = await tenants.find(target);
    if (!tenant) throw fault('nothingFound', { kind: 'tenant', wanted: target });
    return tenant;
  }
  const [only, ...furtherTenants] = await tenants.list();
  if (!only) throw fault('nothingFound', { kind: 'tenant', wanted: '(any)' });
  if (furtherTenants.length > 0) {
    throw fault('tenantAmbiguous', {
      tenants: [only, ...furtherTenants].map(({ domains, id }) => domains[0]?.id ?? id),
    });
  }
  return only;
}
