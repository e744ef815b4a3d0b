import type { FeatureRollout, IdentityProvider } from '#core/binding/realm.ts';
import type { DirectoryAnswer, DirectoryQuestion, User } from '#core/binding/user.ts';
import type { RelatedObjects, Restoration } from '#model/directory-object.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { Profile, UserEntry } from '#model/user.ts';

export interface Directory {
  /** One answer a question, in the order asked. */
  answer(questions: readonly DirectoryQuestion[]): Promise<readonly DirectoryAnswer[]>;
  /** A user by object id. */
  user(id: string): Promise<User | undefined>;
  /** The stored password hash (a PHC string), or undefined. Never part of a User, so that it cannot leak by accident. */
  passwordHash(userId: string): Promise<string | undefined>;
  /** The method of the last completed sign-in, per user and not per device (MRU-3). */
  lastMethod(userId: string): Promise<string | undefined>;
  rememberMethod(userId: string, method: string): Promise<void>;
}

export interface UserAdmin {
  list(query: { readonly top: number; readonly after?: string }): Promise<readonly User[]>;
  find(idOrUserPrincipalName: string): Promise<User | undefined>;
  /** As `list` and `find`, with the profile. */
  entries(query: { readonly top: number; readonly after?: string }): Promise<readonly UserEntry[]>;
  entriesOf(ids: readonly string[]): Promise<readonly UserEntry[]>;
  count(): Promise<number>;
  /** How many have a user principal name in this domain. */
  countIn(domain: string): Promise<number>;
  /** Those with a user principal name in this domain, at most that many. */
  listIn(domain: string, top: number): Promise<readonly User[]>;
  /** Throws `userPrincipalNameTaken`, `mailTaken` or `certificateUserIdTaken`. */
  add(user: User, actor: string, profile?: Profile): Promise<void>;
  /** As `add`; throws `nothingFound` where there is no such user. Groups and profile are not changed by it. */
  update(user: User, actor: string): Promise<void>;
  /** Reads and writes under one lock, so that two writers never lose each other's changes. Throws as `update`. */
  change(
    userId: string,
    actor: string,
    work: (entry: UserEntry) => { readonly user: User; readonly profile: Profile },
  ): Promise<UserEntry>;
  /** Throws `nothingFound`. */
  setPasswordHash(userId: string, phc: string | undefined, actor: string): Promise<void>;
  /**
   * Soft: kept among the deleted objects with values, memberships, password and what is `related`. False when there is
   * none of this id.
   */
  remove(userId: string, actor: string, related?: RelatedObjects): Promise<boolean>;
  /** The audit row says the `restoration`. Throws `nothingFound`, or what `add` throws when a name was taken meanwhile. */
  restore(userId: string, actor: string, restoration?: Restoration, names?: RestoredNames): Promise<UserEntry>;
}

/** How a user comes back whose names other users have meanwhile. */
export interface RestoredNames {
  readonly userPrincipalName?: string | undefined;
  /** The address in `mail` is left out where it is another user's. */
  readonly leavesTakenMail?: boolean | undefined;
}

export interface GroupAdmin {
  list(query: { readonly top: number; readonly after?: string }): Promise<readonly Group[]>;
  /** The groups that lend roles to their members, perhaps with a few others. */
  listRoleAssignable(): Promise<readonly Group[]>;
  find(id: string): Promise<Group | undefined>;
  add(group: Group, actor: string): Promise<void>;
  /** Reads and writes under one lock. Throws `nothingFound`. */
  change(groupId: string, actor: string, work: (group: Group) => Group): Promise<Group>;
  /** Soft, with its memberships and what is `related`; false when there is none of this id. */
  remove(id: string, actor: string, related?: RelatedObjects): Promise<boolean>;
  /** Throws `nothingFound`. Memberships come back where the other side is still there. */
  restore(id: string, actor: string, restoration?: Restoration): Promise<Group>;
  /** The direct ones. `User.groupIds` has the nested ones too. */
  members(id: string): Promise<readonly GroupMember[]>;
  /** Ids of the groups a member is directly in. */
  directGroups(member: GroupMember): Promise<readonly string[]>;
  /** False when it was one already; throws `nothingFound` for a group or member this tenant does not have. */
  addMember(groupId: string, member: GroupMember, actor: string): Promise<boolean>;
  removeMember(groupId: string, member: GroupMember, actor: string): Promise<boolean>;
}

/** What decides about users of a federated domain: who signs in here anyway, and where the others do (§7.2). */
export interface Federations {
  rollouts(): Promise<readonly FeatureRollout[]>;
  /** Ids of the groups a user is directly in: rollouts know no nesting (REALM-4). */
  directGroups(userId: string): Promise<readonly string[]>;
  /** Undefined when no identity provider is configured for the domain. */
  identityProviderOf(domain: string): Promise<IdentityProvider | undefined>;
}
