import type { User } from '#core/binding/user.ts';

/** A user of whom nothing but the name is said, and what a test says otherwise. */
export const userOf = (userPrincipalName: string, change: Partial<User> = {}): User => ({
  id: crypto.randomUUID(),
  userPrincipalName,
  onPremisesUserPrincipalName: undefined,
  displayName: userPrincipalName,
  mail: undefined,
  accountEnabled: true,
  certificateUserIds: [],
  signInSessionsValidFromDateTime: undefined,
  groupIds: [],
  ...change,
});
