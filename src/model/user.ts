import type { User } from '#core/binding/user.ts';

/** What Graph knows of a user and no sign-in asks. Names and shapes are Graph's; an absent one is unset. */
export type Profile = Readonly<Record<string, unknown>>;

/** A user with everything that is kept of them; `createdDateTime` is ISO 8601 UTC, absent for rows from before it was kept. */
export interface UserEntry {
  readonly user: User;
  readonly profile: Profile;
  readonly createdDateTime: string | undefined;
  readonly hasPassword: boolean;
}
