import {
  acceptCertificates,
  acceptPasswords,
  decideRealm,
  type IdentityProvider,
  type Realm,
} from '#core/binding/realm.ts';
import type { User } from '#core/binding/user.ts';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Ports } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import { unknownUserId } from '../factors/tries.ts';
import { readUsername } from './username.ts';

/** Names in the path that stand for every tenant; the request or the user name tells which one it is. */
export const tenantAliases: ReadonlySet<string> = new Set(['common', 'organizations']);

/** A typed user name and the tenant whose domain it names. */
export interface NamedTenant {
  readonly username: string;
  readonly tenant: Tenant;
}

/** Which tenant a typed name belongs to (FLOW-2). Whether the user exists is not asked. */
export async function chooseTenant(
  typedText: string,
  tenants: Tenants,
  expect: Tenant | undefined,
): Promise<Ruling<NamedTenant>> {
  const name = readUsername(typedText);
  if (name.outcome !== 'passed') return name;
  const { username, domain } = name.value;
  const tenant = await tenants.find(domain);
  if (!tenant) return refused('domainUnknown', { domain });
  if (expect && tenant.id !== expect.id) return refused('userOfAnotherTenant', { domain, tenant: expect.displayName });
  return passed({ username, tenant }, 'usernameRead', { domain });
}

/** Where a name signs in: here, and by what; or at the identity provider of its domain. */
export type ChosenRealm =
  | { readonly kind: 'here'; readonly realm: Realm }
  | { readonly kind: 'elsewhere'; readonly provider: IdentityProvider };

type RealmPorts = Pick<Ports, 'tenant' | 'directory' | 'federations'>;

/**
 * Home-realm discovery (FLOW-2, REALM-1 … REALM-7) for a name of this tenant. The answer does not tell who exists: a name
 * of no user goes where a known one of its domain would, after the same questions.
 */
export async function chooseRealm(
  username: string,
  ports: RealmPorts,
  options: { readonly domainHint: boolean },
): Promise<Ruling<ChosenRealm>> {
  const [answer] = isFederated(username, ports.tenant)
    ? await ports.directory.answer([{ property: 'userPrincipalName', value: username }])
    : [];
  const ruling = await realmOf(username, answer?.users[0], ports, options);
  if (ruling.outcome !== 'passed') return ruling;
  const { because, value: realm } = ruling;
  if (realm.kind === 'managed') return { outcome: 'passed', value: { kind: 'here', realm }, because };
  const provider = await ports.federations.identityProviderOf(realm.domain);
  return provider
    ? { outcome: 'passed', value: { kind: 'elsewhere', provider }, because }
    : refused('realmFederated', { domain: realm.domain });
}

/**
 * May a user sign in here by this means: REALM-1 for certificates, REALM-3 for passwords. The pages have asked before, but a
 * caller who knows an address needs no page.
 */
export async function acceptInRealm(
  user: User,
  means: 'certificates' | 'passwords',
  ports: Pick<RealmPorts, 'tenant' | 'federations'>,
): Promise<Ruling<void>> {
  if (!isFederated(user.userPrincipalName, ports.tenant)) return success();
  const ruling = await realmOf(user.userPrincipalName, user, ports, { domainHint: false });
  if (ruling.outcome !== 'passed') return refused('realmFederated', { domain: user.userPrincipalName });
  return means === 'certificates' ? acceptCertificates(ruling.value) : acceptPasswords(ruling.value);
}

async function realmOf(
  username: string,
  user: User | undefined,
  ports: Pick<RealmPorts, 'tenant' | 'federations'>,
  { domainHint }: { readonly domainHint: boolean },
): Promise<Ruling<Realm>> {
  if (!isFederated(username, ports.tenant))
    return decideRealm(username, { domains: ports.tenant.domains, rollouts: [] }, undefined);
  const [rollouts, groupIds] = await Promise.all([
    ports.federations.rollouts(),
    ports.federations.directGroups(user?.id ?? unknownUserId),
  ]);
  return decideRealm(username, { domains: ports.tenant.domains, rollouts }, user && { groupIds }, domainHint);
}

function isFederated(username: string, { domains }: Tenant): boolean {
  const suffix = username.slice(username.lastIndexOf('@') + 1).toLowerCase();
  return domains.some(({ id, authenticationType }) => id === suffix && authenticationType === 'Federated');
}
