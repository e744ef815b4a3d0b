import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant, TenantContents } from '#model/tenant.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { AdminContext } from '../context.ts';

/** What is lost with a tenant. */
export interface TenantRemoval {
  readonly id: string;
  readonly domain: string;
  readonly contents: TenantContents;
}

/** The domain that names a tenant, and that its removal is confirmed with. */
const nameOf = ({ id, domains }: Tenant): string => domains[0]?.id ?? id;

/**
 * What the removal of a tenant would remove. The only tenant of an installation stays: an installation without a tenant would
 * get the demo tenant at the next start. Refuses with tenantIsLast.
 */
export async function tenantRemoval(tenant: Tenant, tenants: Tenants): Promise<Ruling<TenantRemoval>> {
  if ((await tenants.list()).length < 2) return refused('tenantIsLast', { domain: nameOf(tenant) });
  return success({ id: tenant.id, domain: nameOf(tenant), contents: await tenants.contents(tenant.id) });
}

/**
 * Removes a tenant for good. Its administrators go with it, so that no sign-in is replayed: the confirmation is the guard.
 * Refuses with tenantIsLast, tenantNotConfirmed unless `confirmation` is the domain of the tenant, nothingFound.
 */
export async function removeTenant(
  tenant: Tenant,
  confirmation: string | undefined,
  { actor, ports: { tenants } }: AdminContext<Pick<AdminPorts, 'tenants'>>,
): Promise<Ruling<TenantRemoval>> {
  const tenantRemovalRuling = await tenantRemoval(tenant, tenants);
  if (tenantRemovalRuling.outcome !== 'passed') return tenantRemovalRuling;
  const removal = tenantRemovalRuling.value;
  const { domain, contents } = removal;
  if (confirmation?.toLowerCase() !== domain)
    return refused('tenantNotConfirmed', { domain, losses: lossWords(contents) });
  if (!(await tenants.remove(tenant.id, actor))) return refused('nothingFound', { kind: 'tenant', wanted: domain });
  return success(removal);
}

/** `12 users, 3 groups, … and its signing keys`. */
export function lossWords({
  users,
  groups,
  applications,
  devices,
  authorities,
  signIns,
  audits,
}: TenantContents): string {
  const counted = [
    [users, 'users'],
    [groups, 'groups'],
    [applications, 'applications'],
    [devices, 'registered devices'],
    [authorities, 'CAs'],
    [signIns, 'sign-in log entries'],
    [audits, 'audit log entries'],
  ] as const;
  const words = counted.map(([count, noun]) => `${count >= 100_000 ? 'at least 100000' : count} ${noun}`);
  return `${words.join(', ')}, its policies, sessions and signing keys`;
}
