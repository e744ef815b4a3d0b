import type { AuthenticationStrength, CombinationConfiguration } from '#core/access/strengths.ts';
import { isSameJson } from '#core/canonical-json.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { Clock } from '#ports/clock.ts';
import type { PolicyAdmin } from '#ports/policies.ts';
import type { Change } from '../../database/audits/audit.ts';
import { type Edit, type Step, write } from '../../database/audits/edits.ts';
import type { TenantDatabase } from '../../database/schema.ts';
import { softDelete } from '../directory/deleted.ts';

type List = <T>(kind: string, db?: Step) => Promise<readonly T[]>;
type AccessPort = Pick<PolicyAdmin, 'conditionalAccess' | 'strengths' | 'namedLocations' | 'changeAccess'>;

/** Where each part is kept. */
const kinds = {
  policies: 'conditionalAccessPolicies',
  strengths: 'authenticationStrengths',
  namedLocations: 'namedLocations',
} as const satisfies Record<keyof AccessDocuments, string>;
const parts = Object.keys(kinds) as (keyof AccessDocuments)[];

/** Conditional Access and what its policies refer to: each kind is one document, and an audit row each thing in it. */
export function openAccess(list: List, edit: Edit, { tenantId, clock }: Place): AccessPort {
  const read = async (db?: Step): Promise<AccessDocuments> => ({
    policies: await list(kinds.policies, db),
    strengths: await list(kinds.strengths, db),
    namedLocations: await list(kinds.namedLocations, db),
  });
  const changeAccess: AccessPort['changeAccess'] = (actor, work) =>
    edit(async (step) => {
      const current = await read(step);
      const proposed = { ...current, ...work(current) };
      const activityOf = await moveDeleted({ database: step, tenantId }, clock.now(), { current, proposed });
      const changes = changesBetween(current, proposed).map((change) => ({ ...change, ...activityOf(change), actor }));
      const isOther = (part: keyof AccessDocuments) => !isSameJson(current[part], proposed[part]);
      if (changes.length > 0)
        for (const part of parts.filter(isOther))
          await write({ database: step, tenantId }, kinds[part], proposed[part]);
      return { changes, result: proposed };
    });
  return {
    conditionalAccess: () => list(kinds.policies),
    strengths: () => list(kinds.strengths),
    namedLocations: () => list(kinds.namedLocations),
    changeAccess,
  };
}

interface Place {
  readonly tenantId: string;
  readonly clock: Clock;
}

type Unsigned = Omit<Change, 'actor'>;

/** Policies and named locations can be restoredIds; a strength that is deleted is gone. */
const restorable = ['policies', 'namedLocations'] as const;

/**
 * Keeps what the change removes among the deleted objects, and takes out what it brings back. The answer names the activity of
 * a row about something that was brought back.
 */
async function moveDeleted(
  context: TenantDatabase<Step>,
  at: Date,
  { current, proposed }: { readonly current: AccessDocuments; readonly proposed: AccessDocuments },
) {
  const restoredIds = new Set<string>();
  for (const part of restorable) {
    const kind = kinds[part];
    for (const item of missingFrom(proposed[part], current[part])) {
      await dropDeleted(context, item.id);
      await softDelete(context, at, { id: item.id, kind, document: item });
    }
    for (const { id } of missingFrom(current[part], proposed[part]))
      if (await dropDeleted(context, id, kind)) restoredIds.add(id);
  }
  return ({ activity, targetId }: Unsigned): Partial<Unsigned> =>
    restoredIds.has(targetId) && activity.startsWith('Add ') ? { activity: `Restore ${activity.slice(4)}` } : {};
}

const missingFrom = (list: readonly Identified[], items: readonly Identified[]): readonly Identified[] =>
  items.filter(({ id }) => !list.some((item) => item.id === id));

/** False when there is none of this id. */
async function dropDeleted(
  { database: step, tenantId }: TenantDatabase<Step>,
  id: string,
  kind?: string,
): Promise<boolean> {
  let query = step.deleteFrom('deleted_objects').where('tenant_id', '=', tenantId).where('id', '=', id);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  return (await query.executeTakeFirstOrThrow()).numDeletedRows > 0n;
}

interface Identified {
  readonly id: string;
}
/** What the audit log calls a thing that came, changed or went (graph-api §12.3). */
interface Activities {
  readonly added: string;
  readonly changed: string;
  readonly removed: string;
}
const before = (label: string) => ({ added: `Add ${label}`, changed: `Update ${label}`, removed: `Delete ${label}` });
const behind = (label: string) => ({
  added: `${label} Create`,
  changed: `${label} Update`,
  removed: `${label} Delete`,
});

function changesBetween(current: AccessDocuments, proposed: AccessDocuments): readonly Unsigned[] {
  return [
    ...difference(current.policies, proposed.policies, before('Conditional Access policy')),
    ...difference(current.namedLocations, proposed.namedLocations, before('named location')),
    ...difference(
      current.strengths.map(plain),
      proposed.strengths.map(plain),
      behind('Authentication Strength Policy'),
    ),
    ...difference(
      configurationsOf(current.strengths),
      configurationsOf(proposed.strengths),
      behind('Authentication Strength Combination Configuration'),
    ),
  ];
}

/** A strength without what has rows of its own. */
const plain = ({ combinationConfigurations: _, ...strength }: AuthenticationStrength) => strength;
const configurationsOf = (strengths: readonly AuthenticationStrength[]): readonly CombinationConfiguration[] =>
  strengths.flatMap(({ combinationConfigurations }) => combinationConfigurations);

function difference<T extends Identified>(
  current: readonly T[],
  proposed: readonly T[],
  { added, changed, removed }: Activities,
): readonly Unsigned[] {
  const [currentById, proposedById] = [current, proposed].map((list) => new Map(list.map((item) => [item.id, item])));
  const removal = current
    .filter(({ id }) => !proposedById!.has(id))
    .map((item) => rowOf(removed, item.id, item, undefined));
  const here = proposed.flatMap((item) => {
    const was = currentById!.get(item.id);
    if (was === undefined) return [rowOf(added, item.id, undefined, item)];
    return isSameJson(was, item) ? [] : [rowOf(changed, item.id, was, item)];
  });
  return [...removal, ...here];
}

const rowOf = (activity: string, targetId: string, current: unknown, proposed: unknown): Unsigned => ({
  activity,
  targetId,
  old: current,
  new: proposed,
});
