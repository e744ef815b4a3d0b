import { passed, type Ruling, refused } from '../core/trace/ruling.ts';
import type { Tenant, Tenants } from '../ports.ts';
import { readUsername } from './username.ts';

/** Where a typed user name belongs. */
export interface Realm {
  readonly username: string;
  readonly tenant: Tenant;
}

/**
 * Home-realm discovery by domain (FLOW-2, REALM-1): which tenant signs this name in, and may it sign in here? Whether
 * the user exists is not asked: every name of a known domain is answered alike.
 */
export async function chooseRealm(
  typed: string,
  tenants: Tenants,
  expected: Tenant | undefined,
): Promise<Ruling<Realm>> {
  const name = readUsername(typed);
  if (name.outcome !== 'passed') return name;
  const { username, domain } = name.value;
  const tenant = await tenants.find(domain);
  if (!tenant) return refused('domainUnknown', { domain });
  if (expected && tenant.id !== expected.id)
    return refused('userOfAnotherTenant', { domain, tenant: expected.displayName });
  const authenticationType = tenant.domains.find((candidate) => candidate.id === domain)?.authenticationType;
  if (authenticationType === 'Federated') return refused('realmFederated', { domain });
  return passed({ username, tenant }, 'usernameRead', { domain });
}
