import type { IndexedKind } from '#core/directory/index-keys.ts';
import type { Application } from '#model/application.ts';
import type { Device } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { UserEntry } from '#model/user.ts';

/** What each kind of object is read as. The groups of a user are not read. */
export interface ListedObject {
  readonly user: UserEntry;
  readonly group: Group;
  readonly device: StoredObject<Device>;
  readonly application: Application;
}

/** A part of an index, in the order of its keys and then of ids. Both ends belong to it. */
export interface IndexRange {
  /**
   * A property of `indexedProperties` after its kind, `user/mail`, with `~` for its later words. `user/id` is every kind's own
   * key; `user/signinactivity/success` and its like are times of sign-ins, which are the only range of a query.
   */
  readonly property: string;
  readonly from: string;
  readonly until: string;
  readonly isDescending?: boolean;
}

/** Where a reader is: the number of the range, and the key and the id of the row that was read last. */
export interface ListMark {
  readonly range: number;
  readonly key: string;
  readonly id: string;
}

export interface ListSlice<T> {
  readonly rows: readonly { readonly mark: ListMark; readonly object: T }[];
  /** Where the next slice begins; undefined at the end. */
  readonly next: ListMark | undefined;
}

export interface SliceOptions {
  /** At most so many rows of the index are read. */
  readonly top: number;
  readonly after?: ListMark | undefined;
}

/** A change of an object, or of a member of a group. */
export interface DirectoryChange {
  readonly id: string;
  /** Versions grow with every change of the tenant. */
  readonly version: number;
  readonly isRemoved: boolean;
  readonly member?: GroupMember;
}

/** Reads a directory of any size slice by slice, in the order of an index and never by offset. */
export interface DirectoryLists {
  /** The objects in the ranges, range after range, each object once. */
  read<K extends IndexedKind>(
    kind: K,
    ranges: readonly IndexRange[],
    options: SliceOptions,
  ): Promise<ListSlice<ListedObject[K]>>;
  /** Counts the rows of one range, in statements of some milliseconds. Without a range the objects of the kind. */
  count(kind: IndexedKind, range?: IndexRange): Promise<number>;
  /** Ids of the objects in the ranges, each once and at most `most` of them. Ranges of times of sign-ins are not among them. */
  ids(kind: IndexedKind, ranges: readonly IndexRange[], most: number): Promise<readonly string[]>;
  /** The texts of a property that is a column of the objects, by id; undefined where it is not a column. */
  texts(kind: IndexedKind, ids: readonly string[], property: string): Promise<ReadonlyMap<string, string> | undefined>;
  /** Objects by id, in the order of the ids; one that is missing is left out. */
  find<K extends IndexedKind>(kind: K, ids: readonly string[]): Promise<readonly ListedObject[K][]>;
  /** Ids of the group and of every group inside it, in the order of ids. A circle ends. */
  nestedGroups(groupId: string): Promise<readonly string[]>;
  /** Members of the groups, group after group, each member once. The mark's `key` is the id of the group. */
  members(groupIds: readonly string[], options: SliceOptions): Promise<ListSlice<GroupMember>>;
  /** The version of the directory: every change until now is one of it or of an earlier one. */
  version(): Promise<number>;
  /** Changes after a version, in their order; of each object and each member of a group the last one. Kept for thirty days. */
  changes(
    kind: 'user' | 'group',
    query: { readonly after: number; readonly top: number },
  ): Promise<readonly DirectoryChange[]>;
  /** Members of one group. */
  countMembers(groupId: string, kind?: GroupMember['kind']): Promise<number>;
}
