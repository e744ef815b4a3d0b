import { isHostName } from '#core/host-name.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { AdminContext } from '../context.ts';
import { checkDisplayName } from '../entered.ts';
import { rulingOf } from '../refusals.ts';

/** Makes a tenant with its verified domains, and with an id of its own unless one is chosen. Refuses with domainMalformed, domainTaken, nameEmpty. */
export async function addTenant(
  request: { readonly id?: string; readonly displayName: string; readonly domains: readonly string[] },
  { actor, ports: { tenants } }: AdminContext<Pick<AdminPorts, 'tenants'>>,
): Promise<Ruling<Tenant>> {
  const domains = request.domains.map((domain) => domain.toLowerCase());
  for (const domain of domains) {
    if (!isDomainName(domain)) return refused('domainMalformed', { domain: domain.slice(0, 80) });
    if (await tenants.find(domain)) return refused('domainTaken', { domain });
  }
  const nameRuling = checkDisplayName(request.displayName);
  if (nameRuling.outcome !== 'passed') return nameRuling;
  const tenant: Tenant = {
    id: request.id ?? crypto.randomUUID(),
    displayName: request.displayName,
    domains: domains.map((id) => ({ id, authenticationType: 'Managed', isVerified: true })),
  };
  const ruling = await rulingOf(() => tenants.add(tenant, actor));
  return ruling.outcome === 'passed' ? success(tenant) : ruling;
}

/** Takes a tenant over as another installation has it, with its id and the types of its domains. Refuses with domainTaken. */
export const takeOverTenant = (
  tenant: Tenant,
  { actor, ports: { tenants } }: AdminContext<{ readonly tenants: Pick<Tenants, 'add'> }>,
): Promise<Ruling<void>> => rulingOf(() => tenants.add(tenant, actor));

/** The name of a host in lower case, as domains are stored. */
export const isDomainName = (text: string): boolean => isHostName(text) && text === text.toLowerCase();

/** The tenant meant: the named one, or the only one there is. Refuses with nothingFound, tenantMissing, tenantAmbiguous. */
export async function chosenTenant(target: string | undefined, tenants: Tenants): Promise<Ruling<Tenant>> {
  if (target !== undefined) {
    const tenant = await tenants.find(target);
    if (!tenant) return refused('nothingFound', { kind: 'tenant', wanted: target });
    return success(tenant);
  }
  const [only, ...furtherTenants] = await tenants.list();
  if (!only) return refused('tenantMissing', {});
  if (furtherTenants.length > 0) {
    return refused('tenantAmbiguous', {
      tenants: [only, ...furtherTenants].map(({ domains, id }) => domains[0]?.id ?? id),
    });
  }
  return success(only);
}
