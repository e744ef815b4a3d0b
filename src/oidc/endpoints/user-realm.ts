import { chooseRealm, chooseTenant } from '#signin/user/realm.ts';
import type { OidcOptions } from '../provider/options.ts';

/**
 * Where a user name signs in, for clients that ask before they show anything (graph-api §14.5). The answer does not tell who
 * exists: the answer is the domain's, and staged rollout's.
 */
export async function userRealm(
  typedText: string,
  version: string | undefined,
  options: OidcOptions,
): Promise<Record<string, unknown>> {
  const realm = await realmOf(typedText, options);
  const host = { cloud_instance_name: new URL(options.publicOrigin).host };
  const cloud = { ...host, cloud_audience_urn: 'urn:federation:MicrosoftOnline' };
  if (Number(version ?? 1) < 2) return { ver: '1.0', ...first(realm), ...cloud };
  return { State: 3, UserState: 2, Login: typedText, ...second(realm), ...cloud };
}

interface UserRealm {
  readonly kind: 'Managed' | 'Federated' | 'Unknown';
  readonly domain: string;
  /** Where people of a federated domain are sent, and how. */
  readonly address?: string;
  readonly protocol?: 'WSFed' | 'SAML20';
  readonly brand?: string;
}

async function realmOf(typedText: string, options: OidcOptions): Promise<UserRealm> {
  const domain = typedText.slice(typedText.lastIndexOf('@') + 1).toLowerCase();
  const tenantRuling = await chooseTenant(typedText, options.tenants, undefined);
  if (tenantRuling.outcome !== 'passed') return { kind: 'Unknown', domain };
  const { username, tenant } = tenantRuling.value;
  const brand = tenant.displayName;
  const choice = await chooseRealm(username, await options.realmPorts(tenant.id), { domainHint: false });
  if (choice.outcome !== 'passed') return { kind: 'Federated', domain, brand };
  if (choice.value.kind === 'here') return { kind: 'Managed', domain, brand };
  const { passiveSignInUri, preferredAuthenticationProtocol } = choice.value.provider;
  const protocol = preferredAuthenticationProtocol === 'wsFed' ? 'WSFed' : 'SAML20';
  return { kind: 'Federated', domain, brand, address: passiveSignInUri, protocol };
}

const first = ({ kind, domain, protocol, address }: UserRealm) => ({
  account_type: kind,
  domain_name: domain,
  ...(protocol ? { federation_protocol: protocol, federation_passive_auth_url: address } : {}),
});

const second = ({ kind, domain, protocol, address, brand }: UserRealm) => ({
  NameSpaceType: kind,
  DomainName: domain,
  ...(brand === undefined ? {} : { FederationBrandName: brand }),
  ...(protocol ? { AuthURL: address, FederationProtocol: protocol } : {}),
});
