import { canonicalJson, isSameJson } from '#core/canonical-json.ts';

/** One thing that differs between two documents. */
export interface Difference {
  /** `conditionalAccessPolicies[Require MFA].state` */
  readonly path: string;
  /** Undefined for what is only after. */
  readonly before: unknown;
  /** Undefined for what is only before. */
  readonly after: unknown;
}

/** By what members of a list are distinguished: the first that all of them have, and no two the same. */
const names = ['userPrincipalName', 'certificate', 'id', 'sha256Thumbprint', 'feature', 'priority', 'displayName'];

/** What differs, leaf by leaf; members of lists are compared by name where they have one, else as wholes. */
export function differences(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (isSameJson(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return inLists(before, after, path);
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return [{ path, before, after }];
}

/** A line for people: `~ path: "old" → "new"`, `+ path: "new"`, `- path: "old"`. */
export function lineOf({ path, before, after }: Difference): string {
  if (before === undefined) return `+ ${path}: ${view(after)}`;
  if (after === undefined) return `- ${path}: ${view(before)}`;
  return `~ ${path}: ${view(before)} → ${view(after)}`;
}

type Members = readonly unknown[];

function inLists(before: Members, after: Members, path: string): readonly Difference[] {
  const name = names.find((key) => [before, after].every((list) => isNamedBy(key, list)));
  const [beforeByName, afterByName] = [byName(before, name), byName(after, name)];
  if (beforeByName.size !== before.length || afterByName.size !== after.length) return [{ path, before, after }];
  const inMembers = [...new Set([...beforeByName.keys(), ...afterByName.keys()])].flatMap((key) =>
    differences(
      beforeByName.get(key),
      afterByName.get(key),
      `${path}[${labelOf(afterByName.get(key) ?? beforeByName.get(key), key)}]`,
    ),
  );
  return inMembers.length > 0
    ? inMembers
    : [{ path: `${path} (order)`, before: [...beforeByName.keys()], after: [...afterByName.keys()] }];
}

/** Every member has it, and no two the same. */
function isNamedBy(key: string, list: Members): boolean {
  const memberNames = list.flatMap((item) => (isObject(item) && isName(item[key]) ? [item[key]] : []));
  return memberNames.length === list.length && new Set(memberNames).size === list.length;
}

const byName = (list: Members, name: string | undefined): Map<string, unknown> =>
  new Map(
    list.map((item) => [name ? String((item as Record<string, unknown>)[name]) : String(canonicalJson(item)), item]),
  );

/** What a person calls it. */
function labelOf(item: unknown, key: string): string {
  const label = isObject(item) ? (item.displayName ?? item.userPrincipalName ?? key) : key;
  return short(String(label));
}

const isName = (value: unknown) => typeof value === 'string' || typeof value === 'number';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const view = (value: unknown): string => short(JSON.stringify(value));
const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
