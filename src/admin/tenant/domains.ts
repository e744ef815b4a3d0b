import type { IdentityProvider } from '#core/binding/realm.ts';
import { fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';
import type { AddressSettings, AdminPorts } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { AdminContext } from '../context.ts';
import { checkAddress, checkIssuer, checkPrivateAddress, checkReachable } from '../entered.ts';

type DomainPorts = Pick<AdminPorts, 'objects' | 'addresses'> & {
  readonly tenants: Pick<Tenants, 'setAuthenticationType'>;
};

/**
 * Makes a domain federated: its people sign in at `provider`, those in a staged rollout here (§7.2). Replaces the
 * provider it had. @throws nothingFound, federationInvalid, addressNeverReached, addressPrivate
 */
export async function federateDomain(
  tenant: Tenant,
  domain: string,
  provider: IdentityProvider,
  { actor, ports }: AdminContext<DomainPorts>,
): Promise<void> {
  const owner = ownDomain(tenant, domain);
  checkIdentityProvider(provider);
  checkProviderAddress(provider, ports.addresses);
  await removeProviders(owner, { actor, ports });
  await ports.objects.add(
    { kind, id: crypto.randomUUID(), owner, document: { displayName: owner, ...provider } },
    { activity: 'Set federation settings on domain', actor },
  );
  await ports.tenants.setAuthenticationType(tenant.id, owner, 'Federated', actor);
}

/** Makes a domain managed: its people sign in here. @throws nothingFound */
export async function manageDomain(
  tenant: Tenant,
  domain: string,
  { actor, ports }: AdminContext<DomainPorts>,
): Promise<void> {
  const owner = ownDomain(tenant, domain);
  await ports.tenants.setAuthenticationType(tenant.id, owner, 'Managed', actor);
  await removeProviders(owner, { actor, ports });
}

/** Changes where the people of a federated domain go. @throws graphObjectMissing, federationInvalid */
export async function changeProvider(
  id: string,
  domain: string,
  change: Partial<IdentityProvider>,
  { actor, ports: { objects, addresses } }: AdminContext<Pick<DomainPorts, 'objects' | 'addresses'>>,
): Promise<void> {
  const auditEntry = { activity: 'Set federation settings on domain', actor };
  const match = (await objects.list<IdentityProvider>(kind, domain)).some((item) => item.id === id);
  const work = (old: IdentityProvider) => {
    const next = { ...old, ...change };
    checkIdentityProvider(next);
    if (next.passiveSignInUri !== old.passiveSignInUri) checkProviderAddress(next, addresses);
    return next;
  };
  if (!match || !(await objects.change(kind, id, work, auditEntry))) throw fault('graphObjectMissing', { id });
}

/** The identity provider of a domain; at most one. */
export const providersOf = (domain: string, { objects }: Pick<DomainPorts, 'objects'>) =>
  objects.list<IdentityProvider>(kind, domain);

/** People are sent there with their user name: over TLS, to an address that stays as it is. @throws federationInvalid, addressNeverReached */
export function checkIdentityProvider({
  issuerUri,
  passiveSignInUri,
  preferredAuthenticationProtocol,
}: IdentityProvider) {
  const wrong = (property: string, problem: string) => fault('federationInvalid', { property, problem });
  if (!issuerUri) throw wrong('issuerUri', 'it must name the identity provider');
  checkIssuer('issuerUri', issuerUri);
  checkAddress('passiveSignInUri', passiveSignInUri);
  checkReachable('passiveSignInUri', passiveSignInUri);
  if (!URL.canParse(passiveSignInUri) || new URL(passiveSignInUri).protocol !== 'https:')
    throw wrong('passiveSignInUri', 'it must be an https address');
  if (!['wsFed', 'saml'].includes(preferredAuthenticationProtocol))
    throw wrong('preferredAuthenticationProtocol', 'it must be wsFed or saml');
}

const checkProviderAddress = ({ passiveSignInUri }: IdentityProvider, addresses: AddressSettings): void =>
  checkPrivateAddress('passiveSignInUri', passiveSignInUri, 'federationPrivateAddresses', addresses);

const kind = 'federationConfigurations';

async function removeProviders(owner: string, { actor, ports: { objects } }: AdminContext<DomainPorts>): Promise<void> {
  for (const { id } of await objects.list(kind, owner))
    await objects.remove(kind, id, { activity: 'Set federation settings on domain', actor });
}

function ownDomain({ domains }: Tenant, target: string): string {
  const domain = domains.find(({ id }) => id === target.toLowerCase());
  if (!domain) throw fault('nothingFound', { kind: 'domain', wanted: target });
  return domain.id;
}
