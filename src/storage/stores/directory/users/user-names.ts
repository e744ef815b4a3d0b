import { mailKey, userPrincipalNameKey } from '#core/binding/identifiers/user-principal-name.ts';
import type { DirectoryQuestion, User } from '#core/binding/user.ts';
import { fault } from '#core/trace/fault.ts';
import type { TenantDatabase } from '#storage/database/schema.ts';
import { idsWith, people } from './user-rows.ts';

/** UB-16: names and certificateUserIds are unique in the tenant. Says whose value it is that is taken. */
export async function refuseTaken(store: TenantDatabase, user: User): Promise<void> {
  const rest = async (question: DirectoryQuestion) => (await idsWith(store, question)).some((id) => id !== user.id);
  const withName = { property: 'userPrincipalName', value: user.userPrincipalName } as const;
  if (await rest(withName)) throw fault('userPrincipalNameTaken', { userPrincipalName: user.userPrincipalName });
  const onPremises = user.onPremisesUserPrincipalName;
  if (onPremises !== undefined && (await rest({ property: 'onPremisesUserPrincipalName', value: onPremises }))) {
    throw fault('userPrincipalNameTaken', { userPrincipalName: onPremises });
  }
  for (const value of user.certificateUserIds) {
    if (await rest({ property: 'certificateUserIds', value })) throw fault('certificateUserIdTaken', { value });
  }
}

/**
 * A mail address is one user's, as it is in Entra, whose `mail` is one of the `proxyAddresses`: applications identify a user
 * by the claim `email`. The name that a user signs in with is an address too.
 */
export async function refuseMailTaken(store: TenantDatabase, user: User): Promise<void> {
  const addresses = [user.userPrincipalName, ...(user.mail === undefined ? [] : [user.mail])];
  const ofOthers = people(store).select(['upn', 'mail']).where('id', '!=', user.id).limit(1);
  // One question an index: SQLite reads every user of the tenant for both joined by "or".
  const owner =
    (await ofOthers.where('mail_key', 'in', [...new Set(addresses.map(mailKey))]).executeTakeFirst()) ??
    (user.mail === undefined
      ? undefined
      : await ofOthers.where('upn_key', '=', userPrincipalNameKey(user.mail) ?? '').executeTakeFirst());
  if (!owner) return;
  const theirs = [owner.upn, owner.mail ?? ''].map(mailKey);
  const address = addresses.find((item) => theirs.includes(mailKey(item))) ?? user.mail!;
  throw fault('mailTaken', { address });
}
