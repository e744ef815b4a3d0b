import { randomInt } from 'node:crypto';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { Tenant, UnverifiedDomain } from '#model/tenant.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { NameRecords, Tenants } from '#ports/tenants.ts';
import type { AdminContext } from '../context.ts';
import { rulingOf } from '../refusals.ts';
import { checkVerified, unverifiedKind as kind, providersOf } from './domains.ts';
import { isDomainName } from './tenants.ts';

/** What a tenant's domains need: they are the one thing that tenants can take from each other. */
export type DomainNamePorts = Pick<AdminPorts, 'objects' | 'users' | 'applications'> & {
  readonly tenant: Tenant;
  readonly tenants: Pick<Tenants, 'find' | 'list' | 'verifyDomain' | 'removeDomain' | 'setDefaultDomain'>;
  readonly names: NameRecords;
};
/** A tenant that asks for more has not proved any of them. */
const mostUnverified = 100;

/** The domains a tenant asks for and has not proved to hold. */
export const unverifiedDomains = ({ objects }: Pick<DomainNamePorts, 'objects'>) =>
  objects.list<UnverifiedDomain>(kind);

/** Asks for a domain. No user signs in under it before it is verified. Refuses with domainMalformed, graphObjectConflict, domainTaken, graphLimitReached. */
export async function askForDomain(
  request: string,
  { actor, ports }: AdminContext<DomainNamePorts>,
): Promise<Ruling<StoredObject<UnverifiedDomain>>> {
  const id = request.toLowerCase();
  if (!isDomainName(id) || !id.includes('.')) return refused('domainMalformed', { domain: request.slice(0, 80) });
  const isOurs = ports.tenant.domains.some((domain) => domain.id === id) || (await ports.objects.find(kind, id));
  if (isOurs) return refused('graphObjectConflict', { target: 'id', value: id });
  if (await ports.tenants.find(id)) return refused('domainTaken', { domain: id });
  if ((await unverifiedDomains(ports)).length >= mostUnverified)
    return refused('graphLimitReached', { what: 'unverified domains', limit: mostUnverified });
  const document = { text: `MS=ms${randomInt(10 ** 11, 10 ** 12)}` };
  return success(
    await ports.objects.add({ kind, id, owner: undefined, document }, { activity: 'Add unverified domain', actor }),
  );
}

/**
 * Asks DNS whether the TXT record of the domain is the one that the tenant was given. An installation of one tenant may do
 * without (`isForced`): no other tenant could hold the domain, and there may be no way to DNS. It waits for the network, so it
 * comes before the transaction of {@link verifyDomain}. Refuses with graphObjectMissing, domainUnproven, domainForceRefused.
 */
export async function requireProof(
  domain: string,
  isForced: boolean,
  { tenants, objects, names }: Pick<DomainNamePorts, 'tenants' | 'objects' | 'names'>,
): Promise<Ruling<void>> {
  const match = await objects.find<UnverifiedDomain>(kind, domain);
  if (!match) return refused('graphObjectMissing', { id: domain.slice(0, 80) });
  const { text } = match.document;
  const isAlone = (await tenants.list()).length === 1;
  if (isForced && !isAlone) return refused('domainForceRefused', { tenants: (await tenants.list()).length });
  if (!isForced && !(await names.txt(domain)).includes(text)) return refused('domainUnproven', { domain, text });
  return success();
}

/**
 * Gives the tenant a domain that {@link requireProof} accepted and that it still asks for.
 * Refuses with graphObjectMissing, domainTaken.
 */
export async function verifyDomain(
  domain: string,
  { actor, ports: { tenant, tenants, objects } }: AdminContext<Pick<DomainNamePorts, 'tenant' | 'tenants' | 'objects'>>,
): Promise<Ruling<void>> {
  if (!(await objects.find(kind, domain))) return refused('graphObjectMissing', { id: domain.slice(0, 80) });
  return rulingOf(() => tenants.verifyDomain(tenant.id, domain, actor));
}

/**
 * Gives the tenant a domain on the word of the operator of the installation, and of no other.
 * Refuses with domainMalformed, domainTaken.
 */
export async function giveDomain(
  request: string,
  { actor, ports: { tenant, tenants } }: AdminContext<Pick<DomainNamePorts, 'tenant' | 'tenants'>>,
): Promise<Ruling<void>> {
  const id = request.toLowerCase();
  if (!isDomainName(id)) return refused('domainMalformed', { domain: request.slice(0, 80) });
  if (await tenants.find(id)) return refused('domainTaken', { domain: id });
  return rulingOf(() => tenants.verifyDomain(tenant.id, id, actor));
}

/**
 * Makes a domain of the tenant the default one.
 * Refuses with graphObjectMissing, graphPropertyInvalid for a domain that is not verified.
 */
export async function chooseDefaultDomain(
  domain: string,
  { actor, ports: { tenant, tenants, objects } }: AdminContext<Pick<DomainNamePorts, 'tenant' | 'tenants' | 'objects'>>,
): Promise<Ruling<void>> {
  const verifiedRuling = await checkVerified(tenant, domain, { objects });
  if (verifiedRuling.outcome !== 'passed') return verifiedRuling;
  if (!(await tenants.setDefaultDomain(tenant.id, domain, actor)))
    return refused('graphObjectMissing', { id: domain.slice(0, 80) });
  return success();
}

const promotedKind = 'promotedDomains';

/** Ids of subdomains that were made root domains. */
export const promotedDomains = async ({ objects }: Pick<DomainNamePorts, 'objects'>): Promise<readonly string[]> =>
  (await objects.list(promotedKind)).map(({ id }) => id);

/**
 * Makes a verified subdomain a root domain (Graph: domain promote). A domain that is one already stays so.
 * Refuses with graphObjectMissing, graphPropertyInvalid for a domain that is not verified.
 */
export async function promoteDomain(
  domain: string,
  { actor, ports: { tenant, objects } }: AdminContext<Pick<DomainNamePorts, 'tenant' | 'objects'>>,
): Promise<Ruling<void>> {
  const verifiedRuling = await checkVerified(tenant, domain, { objects });
  if (verifiedRuling.outcome !== 'passed') return verifiedRuling;
  if (!tenant.domains.some(({ id }) => id === domain))
    return refused('graphObjectMissing', { id: domain.slice(0, 80) });
  const isSubdomain = tenant.domains.some(({ id, isVerified }) => isVerified && domain.endsWith(`.${id}`));
  if (!isSubdomain || (await objects.find(promotedKind, domain))) return success();
  const auditEntry = { activity: 'Update domain', actor };
  await objects.add({ kind: promotedKind, id: domain, owner: undefined, document: { isRoot: true } }, auditEntry);
  return success();
}

/** Refuses with graphObjectMissing, graphObjectInUse, domainNeeded. */
export async function removeDomain(
  domain: string,
  { actor, ports }: AdminContext<Omit<DomainNamePorts, 'names'>>,
): Promise<Ruling<void>> {
  const { tenant, tenants, objects } = ports;
  if (!tenant.domains.some(({ id }) => id === domain)) {
    if (await objects.remove(kind, domain, { activity: 'Remove unverified domain', actor })) return success();
    return refused('graphObjectMissing', { id: domain.slice(0, 80) });
  }
  if (tenant.domains[0]?.id === domain) return refused('domainNeeded', { domain });
  const usedBy = await usersOf(domain, ports);
  if (usedBy.length > 0) return refused('graphObjectInUse', { what: domain, usedBy });
  for (const { id } of await providersOf(domain, ports))
    await objects.remove('federationConfigurations', id, { activity: 'Set federation settings on domain', actor });
  await objects.remove(promotedKind, domain, { activity: 'Update domain', actor });
  await tenants.removeDomain(tenant.id, domain, actor);
  return success();
}

async function usersOf(
  domain: string,
  { users, applications }: Omit<DomainNamePorts, 'names'>,
): Promise<readonly string[]> {
  const people = await users.countIn(domain);
  const applicationsOfDomain = await applications.listOfDomain(domain);
  return [
    ...(people > 0 ? [`${people} ${people === 1 ? 'user' : 'users'}`] : []),
    ...applicationsOfDomain.map(({ displayName }) => `the application ${displayName}`),
  ];
}
