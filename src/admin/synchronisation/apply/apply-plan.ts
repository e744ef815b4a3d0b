import { messageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Ruling, success } from '#core/trace/ruling.ts';
import type { SynchronisedObject } from '#model/synchronisation.ts';
import { changeTenant, type GuardPorts } from '../../safety/guard.ts';
import type { PlannedChange } from '../planned-change.ts';
import { type ApplyContext, applyChange } from './apply-change.ts';
import { applyMemberChange, joinGroups, type MemberChange, memberChangeOf } from './memberships.ts';

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
 * Writes a plan batch by batch. Refuses as a change of the tenant does: what was written before stays. Each batch is one guarded
 * transaction, which writes its objects and their state of the synchronization together, so that a run that ends early leaves whole batches. Deletions come last. `alive` is called after every batch: it may
 * let others have their turn. @throws what `alive` throws
 */
export async function applyPlan(
  changes: readonly PlannedChange[],
  context: ApplyContext,
  ports: GuardPorts,
  alive: () => Promise<void>,
): Promise<Ruling<Applied>> {
  const counts = { added: 0, updated: 0, deleted: 0, memberships: 0, problems: 0 };
  const written = changes.filter(({ action }) => action !== 'delete');
  const deletions = changes.filter(({ action }) => action === 'delete');
  const note = (change: PlannedChange, row: SynchronisedObject) => {
    if (row.problems.length > 0) counts.problems += 1;
    if (change.action === 'delete') counts.deleted += row.isLive ? 0 : 1;
    else if (row.objectId !== undefined) counts[change.action === 'add' ? 'added' : 'updated'] += 1;
  };
  const writes = [
    () => inBatches(written, (batch) => writeBatch(batch, context, ports, note), alive),
    () => writeJoins(context, ports, alive),
    ...written.map((change) => () => writeMembers(change, context, ports, alive)),
    () => inBatches(deletions, (batch) => writeBatch(batch, context, ports, note), alive),
  ];
  for (const write of writes) {
    const ruling = await write();
    if (ruling.outcome !== 'passed') return ruling;
    counts.memberships += ruling.value;
  }
  return success(counts);
}

async function inBatches<T>(
  items: readonly T[],
  work: (batch: readonly T[]) => Promise<Ruling<void>>,
  alive: () => Promise<void>,
): Promise<Ruling<number>> {
  for (let from = 0; from < items.length; from += writtenAtOnce) {
    const ruling = await work(items.slice(from, from + writtenAtOnce));
    if (ruling.outcome !== 'passed') return ruling;
    await alive();
  }
  return success(0);
}

const isFreeing = (change: PlannedChange): boolean => 'frees' in change && change.frees === true;

type Note = (change: PlannedChange, row: SynchronisedObject) => void;

async function writeBatch(
  batch: readonly PlannedChange[],
  context: ApplyContext,
  ports: GuardPorts,
  note: Note,
): Promise<Ruling<void>> {
  const ruling = await changeTenant(ports, { at: context.at, isForced: false }, async (inside) =>
    success(await applyBatch(batch, context, inside)),
  );
  // The batch would shut the last administrator out: the object that would is found and left as it is.
  if (ruling.outcome !== 'passed' && ruling.because.code === 'lastAdministratorShutOut') {
    if (batch.length === 1) return refuseOne(batch[0]!, ruling.because, context, { ports, note });
    for (const change of batch) {
      const single = await writeBatch([change], context, ports, note);
      if (single.outcome !== 'passed') return single;
    }
    return success();
  }
  if (ruling.outcome !== 'passed') return ruling;
  const noted = batch.filter((change) => !isFreeing(change));
  for (const [index, change] of noted.entries()) note(change, ruling.value[index]!);
  return success();
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
): Promise<Ruling<void>> {
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
  return success();
}

async function writeJoins(
  { at, domain }: ApplyContext,
  ports: GuardPorts,
  alive: () => Promise<void>,
): Promise<Ruling<number>> {
  let count = 0;
  for (;;) {
    const due = await ports.synchronisation.due(domain, writtenAtOnce);
    if (due.length === 0) return success(count);
    const work = async (inside: GuardPorts) => success(await joinGroups(due, inside));
    const ruling = await changeTenant(ports, { at, isForced: false }, work);
    if (ruling.outcome !== 'passed') return ruling;
    count += ruling.value;
    await alive();
  }
}

/** The group counts as written when its last member is. */
async function writeMembers(
  change: PlannedChange,
  { at }: ApplyContext,
  ports: GuardPorts,
  alive: () => Promise<void>,
): Promise<Ruling<number>> {
  if (!('target' in change) || change.target.kind !== 'group') return success(0);
  const { sourceId, memberIds } = change.target;
  const [row] = await ports.synchronisation.byIds([sourceId]);
  if (row?.objectId === undefined || row.digest !== '' || row.problems.length > 0) return success(0);
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
    const ruling = await changeTenant(ports, { at, isForced: false }, work);
    if (ruling.outcome !== 'passed') return ruling;
    count += ruling.value;
    await alive();
  }
  return success(count);
}

const portions = (ids: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / writtenAtOnce) }, (_, index) =>
    ids.slice(index * writtenAtOnce, (index + 1) * writtenAtOnce),
  );
