import {
  preferenceKind,
  type SignInPreferences,
  secondaryMethods,
  usualSignInPreferences,
} from '#core/factors/sign-in-preferences.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../../context.ts';

/** What a user prefers as second factor. */
export async function signInPreferencesOf(
  userId: string,
  { objects }: Pick<AdminPorts, 'objects'>,
): Promise<SignInPreferences> {
  return (await objects.find<SignInPreferences>(preferenceKind, userId))?.document ?? usualSignInPreferences;
}

/** Refuses with graphPropertyInvalid for a method that cannot be a second factor. */
export async function changeSignInPreferences(
  userId: string,
  change: Partial<SignInPreferences>,
  { actor, ports: { objects } }: AdminContext<Pick<AdminPorts, 'objects'>>,
): Promise<Ruling<void>> {
  const method = change.userPreferredMethodForSecondaryAuthentication;
  if (method && !Object.hasOwn(secondaryMethods, method)) {
    const problem = `it must be one of ${Object.keys(secondaryMethods).join(', ')}`;
    return refused('graphPropertyInvalid', { target: 'userPreferredMethodForSecondaryAuthentication', problem });
  }
  const auditEntry = { activity: 'Update user', actor };
  const merge = (old: SignInPreferences) => ({ ...old, ...change });
  if (await objects.change(preferenceKind, userId, merge, auditEntry)) return success();
  const document = merge(usualSignInPreferences);
  await objects.add({ kind: preferenceKind, id: userId, owner: userId, document }, auditEntry);
  return success();
}
