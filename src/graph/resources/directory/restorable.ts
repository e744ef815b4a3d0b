import type { Need } from '#core/roles/authorise.ts';
import type { DeletedObject } from '#model/directory-object.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { Call } from '../../protocol/call.ts';

/** What of one kind can be restored: how it is shown, who may, and how it comes back. */
export interface Restorable {
  /** As the store of deleted objects calls it. */
  readonly kind: string;
  /** As a path calls it, lower case: `microsoft.graph.user`. */
  readonly type: string;
  readonly read: Need;
  readonly write: Need;
  show(call: Call, object: DeletedObject): Item | Promise<Item>;
  /** Whether this caller may restore or purge this object; throws where not. */
  requireRights?(call: Call, object: DeletedObject): void | Promise<void>;
  restore(call: Call, object: DeletedObject): Promise<Item>;
  /** Whether this is the object that a path's id means; the store's own id where it is not said. */
  isNamed?(object: DeletedObject, id: string): boolean;
  /** Removes it for good, where more than the one object goes. */
  purge?(call: Call, object: DeletedObject): Promise<void>;
}
