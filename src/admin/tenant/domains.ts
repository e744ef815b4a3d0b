import type { IdentityProvider } from '#core/binding/realm.ts';
import { firstRefusal, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { AddressSettings, AdminPorts } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { AdminContext } from '../context.ts';
import { checkAddress, checkIssuer, checkPrivateAddress, checkReachable } from '../entered.ts';
import { rulingOf } from '../refusals.ts';

type DomainPorts = Pick<AdminPorts, 'objects' | 'addresses'> & {
  readonly tenants: Pick<Tenants, 'setAuthenticationType'>;
};

/**
 * Makes a domain federated: its people sign in at `provider`, those in a staged rollout here (§7.2). Replaces the
 * provider it had. Refuses with nothingFound, federationInvalid, addressNeverReached, addressPrivate.
 */
export async function federateDomain(
  tenant: Tenant,
  domain: string,
  provider: IdentityProvider,
  { actor, ports }: AdminContext<DomainPorts>,
): Promise<Ruling<void>> {
  const domainRuling = ownDomain(tenant, domain);
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

/** Makes a domain managed: its people sign in here. Refuses with nothingFound. */
export async function manageDomain(
  tenant: Tenant,
  domain: string,
  { actor, ports }: AdminContext<DomainPorts>,
): Promise<Ruling<void>> {
  const domainRuling = ownDomain(tenant, domain);
  if (domainRuling.outcome !== 'passed') return domainRuling;
  const owner = domainRuling.value;
  await ports.tenants.setAuthenticationType(tenant.id, owner, 'Managed', actor);
  await removeProviders(owner, { actor, ports });
  return success();
}

/** Changes where the people of a federated domain go. Refuses with graphObjectMissing, federationInvalid. */
export async function changeProvider(
  id: string,
  domain: string,
  change: Partial<IdentityProvider>,
  { actor, ports: { objects, addresses } }: AdminContext<Pick<DomainPorts, 'objects' | 'addresses'>>,
): Promise<Ruling<void>> {
  const auditEntry = { activity: 'Set federation settings on domain', actor };
  const match = (await objects.list<IdentityProvider>(kind, domain)).some((item) => item.id === id);
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
  if (!match) return refused('graphObjectMissing', { id });
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

function ownDomain({ domains }: Tenant, target: string): Ruling<string> {
  const domain = domains.find(({ id }) => id === target.toLowerCase());
  if (!domain) return refused('nothingFound', { kind: 'domain', wanted: target });
  return success(domain.id);
}
