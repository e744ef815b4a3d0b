import type { Account, KoaContextWithOIDC } from 'oidc-provider';
import type { User } from '../core/binding/user.ts';
import { personClaims } from './claims.ts';
import type { TenantDoor } from './options.ts';

/** The provider's account, with the user it is made of. */
export interface PersonAccount extends Account {
  readonly user: User;
}

/** The user as the provider's account; undefined when gone, disabled, or signed in before sessions were revoked (REV-2). */
export async function findAccount(
  _: KoaContextWithOIDC,
  userId: string,
  token: unknown,
  door: TenantDoor,
): Promise<PersonAccount | undefined> {
  const user = await door.directory.user(userId);
  if (!user?.accountEnabled || isRevoked(user, token)) return undefined;
  return { accountId: user.id, user, claims: () => personClaims(user, door.tenant.id) };
}

/** The provider counts in whole seconds: a sign-in in the very second of the revocation is not refused here. */
function isRevoked(user: User, token: unknown): boolean {
  const { authTime } = (token ?? {}) as { readonly authTime?: number };
  if (user.signInSessionsValidFromDateTime === undefined || authTime === undefined) return false;
  return (authTime + 1) * 1000 <= Date.parse(user.signInSessionsValidFromDateTime);
}
