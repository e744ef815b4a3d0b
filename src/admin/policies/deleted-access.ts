import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { DeletedObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { changeAccess } from './change-access.ts';

/** What of Conditional Access can be original for thirty days (Graph: `identity/conditionalAccess/deletedItems`). */
export type RestorableAccess = 'policies' | 'namedLocations';
export type DeletedAccess<K extends RestorableAccess> = AccessDocuments[K][number] & {
  readonly deletedDateTime: Date;
};

/** How the store of deleted objects calls each, and the audit log its removal for good. */
const kinds = {
  policies: { kind: 'conditionalAccessPolicies', purge: 'Hard Delete Conditional Access policy' },
  namedLocations: { kind: 'namedLocations', purge: 'Hard Delete named location' },
} as const;

const itemOf = <K extends RestorableAccess>({ document, deletedDateTime }: DeletedObject): DeletedAccess<K> =>
  ({ ...(document as object), deletedDateTime }) as unknown as DeletedAccess<K>;

/** The deleted ones, newest first. */
export async function deletedAccess<K extends RestorableAccess>(
  part: K,
  ports: Pick<AdminPorts, 'deleted'>,
): Promise<readonly DeletedAccess<K>[]> {
  return (await ports.deleted.list(kinds[part].kind)).map((object) => itemOf<K>(object));
}

/**
 * Brings a policy or a named location back as it was. What it names must be there. Refuses with graphObjectMissing,
 * accessPolicyInvalid, graphLimitReached, graphPropertyInvalid.
 */
export async function restoreAccess<K extends RestorableAccess>(
  part: K,
  id: string,
  { actor, ports }: AdminContext,
): Promise<Ruling<AccessDocuments[K][number]>> {
  const itemRuling = await itemIn(part, id, ports);
  if (itemRuling.outcome !== 'passed') return itemRuling;
  const { deletedDateTime: _, ...item } = itemRuling.value;
  const original = item as unknown as AccessDocuments[K][number];
  const accessRuling = await changeAccess({ actor, ports }, (current) => ({ [part]: [...current[part], original] }));
  if (accessRuling.outcome !== 'passed') return accessRuling;
  return success(original);
}

/** Removes a deleted one for good. Refuses with graphObjectMissing. */
export async function purgeAccess(
  part: RestorableAccess,
  id: string,
  { actor, ports }: AdminContext,
): Promise<Ruling<void>> {
  const itemRuling = await itemIn(part, id, ports);
  if (itemRuling.outcome !== 'passed') return itemRuling;
  await ports.deleted.purge(id, { activity: kinds[part].purge, actor });
  return success();
}

/** Refuses with graphObjectMissing. */
export async function itemIn<K extends RestorableAccess>(
  part: K,
  id: string,
  ports: Pick<AdminPorts, 'deleted'>,
): Promise<Ruling<DeletedAccess<K>>> {
  const match = (await deletedAccess(part, ports)).find((item) => item.id === id);
  if (!match) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success(match);
}
