import { setImmediate as nextTurn } from 'node:timers/promises';
import { changeTenant, type GuardPorts } from '#admin/safety/guard.ts';
import { type ApplyContext, applyChange } from '#admin/synchronisation/apply-change.ts';
import {
  applyMemberChange,
  joinGroups,
  type MemberChange,
  memberChangeOf,
} from '#admin/synchronisation/memberships.ts';
import type { PlannedChange } from '#admin/synchronisation/planned-change.ts';
import { messageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { SynchronisedObject } from '#model/synchronisation.ts';

/** Objects, and members of groups, that are written in one transaction. Sign-ins wait for it where the database is SQLite. */
const writtenAtOnce = 50;

export interface Applied {
  readonly added: number;
  readonly updated: number;
  readonly deleted: number;
  readonly memberships: number;
  readonly problems: number;
}

/**
 * Writes a plan batch by batch. Each batch is one guarded transaction with what is remembered of its objects, so that a run that
 * ends early leaves whole batches. Deletions come last. `alive` is called after every batch. @throws what `alive` throws
 */
export async function applyPlan(
  changes: readonly PlannedChange[],
  context: ApplyContext,
  ports: GuardPorts,
  alive: () => Promise<void>,
): Promise<Applied> {
  const counts = { added: 0, updated: 0, deleted: 0, memberships: 0, problems: 0 };
  const written = changes.filter(({ action }) => action !== 'delete');
  const deletions = changes.filter(({ action }) => action === 'delete');
  const note = (change: PlannedChange, row: SynchronisedObject) => {
    if (row.problems.length > 0) counts.problems += 1;
    if (change.action === 'delete') counts.deleted += row.isLive ? 0 : 1;
    else if (row.objectId !== undefined) counts[change.action === 'add' ? 'added' : 'updated'] += 1;
  };
  await inBatches(written, (batch) => writeBatch(batch, context, ports, note), alive);
  counts.memberships += await writeJoins(context, ports, alive);
  for (const change of written) counts.memberships += await writeMembers(change, context, ports, alive);
  await inBatches(deletions, (batch) => writeBatch(batch, context, ports, note), alive);
  return counts;
}

async function inBatches<T>(
  items: readonly T[],
  work: (batch: readonly T[]) => Promise<void>,
  alive: () => Promise<void>,
) {
  for (let from = 0; from < items.length; from += writtenAtOnce) {
    await work(items.slice(from, from + writtenAtOnce));
    await alive();
    await nextTurn();
  }
}

const isFreeing = (change: PlannedChange): boolean => 'frees' in change && change.frees === true;

type Note = (change: PlannedChange, row: SynchronisedObject) => void;

async function writeBatch(
  batch: readonly PlannedChange[],
  context: ApplyContext,
  ports: GuardPorts,
  note: Note,
): Promise<void> {
  const ruling = await changeTenant(ports, { at: context.at, isForced: false }, async (inside) =>
    success(await applyBatch(batch, context, inside)),
  );
  // The batch would shut the last administrator out: the object that would is found and left as it is.
  if (ruling.outcome !== 'passed' && ruling.because.code === 'lastAdministratorShutOut') {
    if (batch.length === 1) return refuseOne(batch[0]!, ruling.because, context, { ports, note });
    for (const change of batch) await writeBatch([change], context, ports, note);
    return;
  }
  const rows = orThrow(ruling);
  const noted = batch.filter((change) => !isFreeing(change));
  for (const [index, change] of noted.entries()) note(change, rows[index]!);
}

/** Returns what is remembered of each object, except of a change that only frees values. */
async function applyBatch(
  batch: readonly PlannedChange[],
  context: ApplyContext,
  inside: GuardPorts,
): Promise<readonly SynchronisedObject[]> {
  const rows: SynchronisedObject[] = [];
  for (const change of batch) {
    const row = await applyChange(change, context, inside);
    // What frees values is remembered at once: a run that ends before the change that follows writes the object again.
    if (isFreeing(change)) await inside.synchronisation.save([row]);
    else rows.push(row);
  }
  await inside.synchronisation.save(rows);
  return rows;
}

async function refuseOne(
  change: PlannedChange,
  because: Because,
  { at, domain }: ApplyContext,
  { ports, note }: { readonly ports: GuardPorts; readonly note: Note },
) {
  const { known } = change;
  const before = 'target' in change ? change.target : undefined;
  const problem = {
    category: 'Other',
    propertyCausingError: because.code,
    value: messageOf(because),
  } as const;
  const row: SynchronisedObject = {
    sourceId: before?.sourceId ?? known!.sourceId,
    domain,
    kind: before?.kind ?? known!.kind,
    objectId: known?.objectId,
    digest: '',
    isLive: true,
    joinsDue: false,
    name: known?.name ?? before!.displayName,
    problems: [{ ...problem, occurredDateTime: at.toISOString() }],
  };
  await ports.synchronisation.save([row]);
  note(change, row);
}

async function writeJoins(
  { at, domain }: ApplyContext,
  ports: GuardPorts,
  alive: () => Promise<void>,
): Promise<number> {
  let count = 0;
  for (;;) {
    const due = await ports.synchronisation.due(domain, writtenAtOnce);
    if (due.length === 0) return count;
    const work = async (inside: GuardPorts) => success(await joinGroups(due, inside));
    count += orThrow(await changeTenant(ports, { at, isForced: false }, work));
    await alive();
    await nextTurn();
  }
}

/** The group counts as written when its last member is. */
async function writeMembers(
  change: PlannedChange,
  { at }: ApplyContext,
  ports: GuardPorts,
  alive: () => Promise<void>,
): Promise<number> {
  if (!('target' in change) || change.target.kind !== 'group') return 0;
  const { sourceId, memberIds } = change.target;
  const [row] = await ports.synchronisation.byIds([sourceId]);
  if (row?.objectId === undefined || row.digest !== '' || row.problems.length > 0) return 0;
  const { added, removed } = await memberChangeOf(sourceId, memberIds, ports);
  const parts: MemberChange[] = [...portions(added), ...portions(removed).map((ids) => ({ removed: ids }))].map(
    (part) =>
      'removed' in part
        ? { groupId: sourceId, added: [], removed: part.removed }
        : { groupId: sourceId, added: part, removed: [] },
  );
  let count = 0;
  for (const part of parts.length > 0 ? parts : [{ groupId: sourceId, added: [], removed: [] }]) {
    const isLast = part === parts.at(-1) || parts.length === 0;
    const work = async (inside: GuardPorts) => {
      const changed = await applyMemberChange(part, inside);
      if (isLast) await inside.synchronisation.save([{ ...row, joinsDue: false, digest: change.digest }]);
      return success(changed);
    };
    count += orThrow(await changeTenant(ports, { at, isForced: false }, work));
    await alive();
    await nextTurn();
  }
  return count;
}

const portions = (ids: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / writtenAtOnce) }, (_, index) =>
    ids.slice(index * writtenAtOnce, (index + 1) * writtenAtOnce),
  );
