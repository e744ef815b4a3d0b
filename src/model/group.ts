import type { Profile } from './user.ts';

export interface Group {
  /** A GUID. */
  readonly id: string;
  readonly displayName: string;
  readonly profile?: Profile;
  /** ISO 8601 UTC. */
  readonly createdDateTime?: string;
}

export interface GroupMember {
  readonly kind: 'user' | 'group';
  readonly id: string;
}
