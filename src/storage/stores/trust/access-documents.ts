import type { AuthenticationStrength, CombinationConfiguration } from '#core/access/strengths.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { PolicyAdmin } from '#ports/policies.ts';
import type { Change } from '../../database/audit.ts';
import { type Edit, type Step, write } from '../../database/edits.ts';

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
export function openAccess(list: List, edit: Edit, tenantId: string): AccessPort {
  const read = async (db?: Step): Promise<AccessDocuments> => ({
    policies: await list(kinds.policies, db),
    strengths: await list(kinds.strengths, db),
    namedLocations: await list(kinds.namedLocations, db),
  });
  const changeAccess: AccessPort['changeAccess'] = (actor, work) =>
    edit(async (step) => {
      const old = await read(step);
      const now = { ...old, ...work(old) };
      const changes = changesBetween(old, now).map((change) => ({ ...change, actor }));
      const isOther = (part: keyof AccessDocuments) => JSON.stringify(old[part]) !== JSON.stringify(now[part]);
      if (changes.length > 0)
        for (const part of parts.filter(isOther)) await write(step, tenantId, kinds[part], now[part]);
      return { changes, result: now };
    });
  return {
    conditionalAccess: () => list(kinds.policies),
    strengths: () => list(kinds.strengths),
    namedLocations: () => list(kinds.namedLocations),
    changeAccess,
  };
}

type Unsigned = Omit<Change, 'actor'>;
interface Identified {
  readonly id: string;
}
/** What the audit log calls a thing that came, changed or went (graph-api §12.3). */
interface Activities {
  readonly added: string;
  readonly changed: string;
  readonly removed: string;
}
const before = (what: string) => ({ added: `Add ${what}`, changed: `Update ${what}`, removed: `Delete ${what}` });
const behind = (what: string) => ({ added: `${what} Create`, changed: `${what} Update`, removed: `${what} Delete` });

function changesBetween(old: AccessDocuments, now: AccessDocuments): readonly Unsigned[] {
  return [
    ...difference(old.policies, now.policies, before('Conditional Access policy')),
    ...difference(old.namedLocations, now.namedLocations, before('named location')),
    ...difference(old.strengths.map(plain), now.strengths.map(plain), behind('Authentication Strength Policy')),
    ...difference(
      configurationsOf(old.strengths),
      configurationsOf(now.strengths),
      behind('Authentication Strength Combination Configuration'),
    ),
  ];
}

/** A strength without what has rows of its own. */
const plain = ({ combinationConfigurations: _, ...strength }: AuthenticationStrength) => strength;
const configurationsOf = (strengths: readonly AuthenticationStrength[]): readonly CombinationConfiguration[] =>
  strengths.flatMap(({ combinationConfigurations }) => combinationConfigurations);

function difference<T extends Identified>(
  old: readonly T[],
  now: readonly T[],
  { added, changed, removed }: Activities,
): readonly Unsigned[] {
  const [were, are] = [old, now].map((list) => new Map(list.map((one) => [one.id, one])));
  const gone = old.filter(({ id }) => !are!.has(id)).map((one) => rowOf(removed, one.id, one, undefined));
  const here = now.flatMap((one) => {
    const was = were!.get(one.id);
    if (was === undefined) return [rowOf(added, one.id, undefined, one)];
    return JSON.stringify(was) === JSON.stringify(one) ? [] : [rowOf(changed, one.id, was, one)];
  });
  return [...gone, ...here];
}

const rowOf = (activity: string, targetId: string, old: unknown, now: unknown): Unsigned => ({
  activity,
  targetId,
  old,
  new: now,
});
