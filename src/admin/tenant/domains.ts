import type { IdentityProvider } from '#core/binding/realm.ts';
import { firstRefusal, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Domain, Tenant } from '#model/tenant.ts';
import type { AddressSettings, AdminPorts } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { AdminContext } from '../context.ts';
import { checkAddress, checkIssuer, checkPrivateAddress, checkReachable } from '../entered.ts';
import { rulingOf } from '../refusals.ts';

type DomainPorts = Pick<AdminPorts, 'objects' | 'addresses'> & {
  readonly tenants: Pick<Tenants, 'setAuthenticationType'>;
};

/**
 * Makes a domain federated: its people sign in at `provider`, those in a staged rollout here (§7.2). Replaces the provider it
 * had: the command line states the whole federation of a domain. Graph adds a federation configuration to a collection that
 * holds one at most, so there a second one is a conflict.
 * Refuses with nothingFound, graphPropertyInvalid for a domain that is not verified, federationInvalid, addressNeverReached,
 * addressPrivate.
 */
export async function federateDomain(
  tenant: Tenant,
  domain: string,
  provider: IdentityProvider,
  { actor, ports }: AdminContext<DomainPorts>,
): Promise<Ruling<void>> {
  const domainRuling = await verifiedDomain(tenant, domain, ports);
  if (domainRuling.outcome !== 'passed') return domainRuling;
  const owner = domainRuling.value;
  const checks = firstRefusal(checkIdentityProvider(provider), checkProviderAddress(provider, ports.addresses));
  if (checks.outcome !== 'passed') return checks;
  await removeProviders(owner, { actor, ports });
  await ports.objects.add(
    { kind, id: crypto.randomUUID(), owner, document: { displayName: owner, ...provider } },
    { activity: 'Set federation settings on domain', actor },
  );
  await ports.tenants.setAuthenticationType(tenant.id, owner, 'Federated', actor);
  return success();
}

/** Makes a domain managed: its people sign in here. Refuses with nothingFound, graphPropertyInvalid for one that is not verified. */
export async function manageDomain(
  tenant: Tenant,
  domain: string,
  { actor, ports }: AdminContext<DomainPorts>,
): Promise<Ruling<void>> {
  const domainRuling = await verifiedDomain(tenant, domain, ports);
  if (domainRuling.outcome !== 'passed') return domainRuling;
  const owner = domainRuling.value;
  await ports.tenants.setAuthenticationType(tenant.id, owner, 'Managed', actor);
  await removeProviders(owner, { actor, ports });
  return success();
}

/**
 * Sets the authentication type of a domain (Graph: PATCH of a domain). `Federated` is for a domain that has an identity
 * provider; {@link federateDomain} gives it one. Refuses as {@link manageDomain}, with graphPropertyInvalid without a provider.
 */
export async function setAuthenticationType(
  tenant: Tenant,
  domain: string,
  authenticationType: Domain['authenticationType'],
  { actor, ports }: AdminContext<DomainPorts>,
): Promise<Ruling<void>> {
  if (authenticationType === 'Managed') return manageDomain(tenant, domain, { actor, ports });
  const domainRuling = await verifiedDomain(tenant, domain, ports);
  if (domainRuling.outcome !== 'passed') return domainRuling;
  if ((await providersOf(domainRuling.value, ports)).length > 0) return success();
  const problem =
    'POST the federationConfiguration instead: without one users cannot be sent to their identity provider';
  return refused('graphPropertyInvalid', { target: 'authenticationType', problem });
}

/** Changes where the people of a federated domain go. Refuses with graphObjectMissing, federationInvalid. */
export async function changeProvider(
  id: string,
  domain: string,
  change: Partial<IdentityProvider>,
  { actor, ports: { objects, addresses } }: AdminContext<Pick<DomainPorts, 'objects' | 'addresses'>>,
): Promise<Ruling<void>> {
  const auditEntry = { activity: 'Set federation settings on domain', actor };
  const isKnown = (await objects.list<IdentityProvider>(kind, domain)).some((item) => item.id === id);
  const work = (old: IdentityProvider): Ruling<IdentityProvider> => {
    const next = { ...old, ...change };
    const identityProviderRuling = checkIdentityProvider(next);
    if (identityProviderRuling.outcome !== 'passed') return identityProviderRuling;
    if (next.passiveSignInUri !== old.passiveSignInUri) {
      const providerAddressRuling = checkProviderAddress(next, addresses);
      if (providerAddressRuling.outcome !== 'passed') return providerAddressRuling;
    }
    return success(next);
  };
  if (!isKnown) return refused('graphObjectMissing', { id });
  const ruling = await rulingOf(() =>
    objects.change<IdentityProvider>(kind, id, (old) => orThrow(work(old)), auditEntry),
  );
  if (ruling.outcome !== 'passed') return ruling;
  return ruling.value ? success() : refused('graphObjectMissing', { id });
}

/** The identity provider of a domain; at most one. */
export const providersOf = (domain: string, { objects }: Pick<DomainPorts, 'objects'>) =>
  objects.list<IdentityProvider>(kind, domain);

/** People are sent there with their user name: over TLS, to an address that stays as it is. Refuses with federationInvalid, addressNeverReached. */
export function checkIdentityProvider({
  issuerUri,
  passiveSignInUri,
  preferredAuthenticationProtocol,
}: IdentityProvider): Ruling<void> {
  const wrong = (property: string, problem: string) => refused('federationInvalid', { property, problem });
  if (!issuerUri) return wrong('issuerUri', 'it must name the identity provider');
  const checks = firstRefusal(
    checkIssuer('issuerUri', issuerUri),
    checkAddress('passiveSignInUri', passiveSignInUri),
    checkReachable('passiveSignInUri', passiveSignInUri),
  );
  if (checks.outcome !== 'passed') return checks;
  if (!URL.canParse(passiveSignInUri) || new URL(passiveSignInUri).protocol !== 'https:')
    return wrong('passiveSignInUri', 'it must be an https address');
  if (!['wsFed', 'saml'].includes(preferredAuthenticationProtocol))
    return wrong('preferredAuthenticationProtocol', 'it must be wsFed or saml');
  return success();
}

const checkProviderAddress = ({ passiveSignInUri }: IdentityProvider, addresses: AddressSettings): Ruling<void> =>
  checkPrivateAddress('passiveSignInUri', passiveSignInUri, 'federationPrivateAddresses', addresses);

const kind = 'federationConfigurations';

async function removeProviders(owner: string, { actor, ports: { objects } }: AdminContext<DomainPorts>): Promise<void> {
  for (const { id } of await objects.list(kind, owner))
    await objects.remove(kind, id, { activity: 'Set federation settings on domain', actor });
}

/** Refuses with nothingFound, and as {@link checkVerified}. */
async function verifiedDomain(
  tenant: Tenant,
  target: string,
  ports: Pick<DomainPorts, 'objects'>,
): Promise<Ruling<string>> {
  const id = target.toLowerCase();
  const verifiedRuling = await checkVerified(tenant, id, ports);
  if (verifiedRuling.outcome !== 'passed') return verifiedRuling;
  if (!tenant.domains.some((domain) => domain.id === id))
    return refused('nothingFound', { kind: 'domain', wanted: target });
  return success(id);
}

/** The kind of the domains that a tenant asks for and has not proved to hold. */
export const unverifiedKind = 'unverifiedDomains';

/** Refuses with graphPropertyInvalid for a domain of the tenant, or that it asks for, that is not verified; passes any other name. */
export async function checkVerified(
  { domains }: Tenant,
  id: string,
  { objects }: Pick<DomainPorts, 'objects'>,
): Promise<Ruling<void>> {
  const match = domains.find((domain) => domain.id === id);
  if (match ? match.isVerified : !(await objects.find(unverifiedKind, id))) return success();
  return refused('graphPropertyInvalid', { target: 'isVerified', problem: 'the domain is not verified yet' });
}
