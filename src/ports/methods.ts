import type { PasskeyMethod, RegisteredKind, RegisteredMethod } from '#model/authentication-method.ts';

export interface Methods {
  /** In the order they were made. `counter` is what `spend` has raised so far; 0 at first. */
  ofUser(userId: string): Promise<readonly (RegisteredMethod & { readonly counter: number })[]>;
  passkey(credentialId: string): Promise<(PasskeyMethod & { readonly counter: number }) | undefined>;
  /** A new Temporary Access Pass replaces the user's old one. Throws `nothingFound` for an unknown user. */
  add(method: RegisteredMethod, actor: string): Promise<void>;
  /** Kinds of what these users have registered, Windows Hello keys too; nothing is unsealed. */
  kindsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly RegisteredKind[]>>;
  /** How many users have each kind, and a password. */
  usersByKind(): Promise<Readonly<Record<RegisteredKind | 'password', number>>>;
  /** False when the user has none of this id. */
  remove(userId: string, id: string, actor: string): Promise<boolean>;
  /** Raises the counter. Atomic: of ten callers with one number one gets true; a lower or equal number never does. */
  spend(id: string, counter: number): Promise<boolean>;
}
