import type { Target } from '#core/synchronisation/target.ts';
import type { SynchronisedObject } from '#model/synchronisation.ts';

interface ObjectChange {
  readonly target: Target;
  /** Of the target: what {@link SynchronisedObject.digest} becomes. */
  readonly digest: string;
  /** As it was remembered before. */
  readonly known: SynchronisedObject | undefined;
  /** It frees values for other users, and a further change of the same object follows. */
  readonly frees?: boolean;
}

/** What a synchronization does with one object. */
export type PlannedChange =
  | (ObjectChange & { readonly action: 'add' | 'refuse' })
  | (ObjectChange & { readonly action: 'update' | 'restore'; readonly objectId: string })
  | (ObjectChange & { readonly action: 'takeOver'; readonly objectId: string; readonly match: 'hard' | 'soft' })
  | { readonly action: 'delete'; readonly known: SynchronisedObject };
