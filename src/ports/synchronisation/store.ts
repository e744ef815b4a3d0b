import type { NameOwner, SynchronisedObject, SyncState } from '#model/synchronisation.ts';

/** What a synchronization remembers in one tenant. Lists are asked in portions by the store. */
export interface SynchronisationStore {
  byIds(sourceIds: readonly string[]): Promise<readonly SynchronisedObject[]>;
  /** Those that are live. */
  ofDomain(domain: string): Promise<readonly SynchronisedObject[]>;
  /** Of one domain where it is named. */
  count(domain?: string): Promise<{ readonly live: number; readonly withProblems: number }>;
  /** Live ones with problems, in the order of their ids; of one domain where it is named. */
  withProblems(top: number, domain?: string): Promise<readonly SynchronisedObject[]>;
  /** Adds or replaces. */
  save(objects: readonly SynchronisedObject[]): Promise<void>;
  /** Live ones of a domain that still have to enter groups. */
  due(domain: string, top: number): Promise<readonly SynchronisedObject[]>;
  /** Ids of the members that Active Directory names, whether or not they are here. */
  membersOf(groupId: string): Promise<readonly string[]>;
  changeMembers(groupId: string, added: readonly string[], removed: readonly string[]): Promise<void>;
  /** Each group that names one of these. */
  groupsNaming(
    memberIds: readonly string[],
  ): Promise<readonly { readonly groupId: string; readonly memberId: string }[]>;
  /** Users that no synchronization manages and that have an immutable id. */
  anchoredUsers(): Promise<ReadonlyMap<string, string>>;
  /** Groups that no synchronization manages and that have an address or a security identifier of Active Directory. */
  cloudGroups(): Promise<readonly { readonly id: string; readonly profile: Readonly<Record<string, unknown>> }[]>;
  /** The users who have one of these values. `mail` is looked up among the names that users sign in with too. */
  owners(keys: Readonly<Record<NameOwner['property'], readonly string[]>>): Promise<readonly NameOwner[]>;
  /** Of these users, those that a synchronization manages. */
  synchronised(userIds: readonly string[]): Promise<ReadonlySet<string>>;
  state(domain: string): Promise<SyncState>;
  states(): Promise<ReadonlyMap<string, SyncState>>;
  saveState(domain: string, state: SyncState): Promise<void>;
  /** Takes or renews the right to run; false while another holder has it. */
  take(holder: string, at: Date, until: Date): Promise<boolean>;
  release(holder: string): Promise<void>;
}
