import type { Filter, Operator, Path, TextFunction, Value } from './filter.ts';

/** An object as Graph shows it. */
export type Item = Readonly<Record<string, unknown>>;

/** Is the filter true of the object? Property names compare without case; texts too, as the directory does (§1.1). */
export function matches(filter: Filter, item: Item): boolean {
  return holds(filter, { item, variables: new Map() });
}

interface Scope {
  readonly item: Item;
  readonly variables: ReadonlyMap<string, unknown>;
}

function holds(filter: Filter, scope: Scope): boolean {
  switch (filter.kind) {
    case 'and':
      return holds(filter.left, scope) && holds(filter.right, scope);
    case 'or':
      return holds(filter.left, scope) || holds(filter.right, scope);
    case 'not':
      return !holds(filter.of, scope);
    case 'compare':
      return compares(filter.operator, at(filter.path, scope), filter.value);
    case 'in':
      return filter.values.some((value) => compares('eq', at(filter.path, scope), value));
    case 'call':
      return calls(filter.name, at(filter.path, scope), filter.value);
    case 'any':
    case 'all':
      return quantified(filter, scope);
  }
}

function quantified(filter: Extract<Filter, { kind: 'any' | 'all' }>, scope: Scope): boolean {
  const value = at(filter.path, scope);
  const members: readonly unknown[] = Array.isArray(value) ? value : [];
  const { condition } = filter;
  if (!condition) return members.length > 0;
  const item = (member: unknown) =>
    holds(condition, { ...scope, variables: new Map([...scope.variables, [filter.variable.toLowerCase(), member]]) });
  return filter.kind === 'any' ? members.some(item) : members.every(item);
}

/** The value at a path; undefined where a part of it is missing. */
function at(path: Path, { item, variables }: Scope): unknown {
  const first = path[0]!.toLowerCase();
  return variables.has(first) ? valueAt(variables.get(first), path.slice(1)) : valueAt(item, path);
}

/** Follows a path through an object, names without regard to case. */
export function valueAt(from: unknown, path: Path): unknown {
  let value = from;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = memberOf(value as Item, name);
  }
  return value;
}

/** An own member by name, without regard to case. */
export function memberOf(item: Item, name: string): unknown {
  if (Object.hasOwn(item, name)) return item[name];
  const target = name.toLowerCase();
  const key = Object.keys(item).find((item) => item.toLowerCase() === target);
  return key === undefined ? undefined : item[key];
}

function compares(operator: Operator, actual: unknown, value: Value): boolean {
  if (operator === 'ne') return !compares('eq', actual, value);
  if (operator === 'has') return value.kind === 'text' && hasFlags(actual, value.text);
  if (value.kind === 'null') return operator === 'eq' && (actual === null || actual === undefined);
  const order = orderOf(actual, value);
  if (order === undefined) return false;
  return { eq: order === 0, gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[operator];
}

/** Negative, zero or positive as in a sort; undefined where the two cannot be compared. */
function orderOf(actual: unknown, value: Value): number | undefined {
  if (value.kind === 'boolean') return actual === value.boolean ? 0 : undefined;
  if (value.kind === 'number') return typeof actual === 'number' ? actual - value.number : undefined;
  if (typeof actual !== 'string') return undefined;
  if (value.kind === 'date') return Date.parse(actual) - value.milliseconds;
  if (value.kind === 'text') return compareTexts(actual, value.text);
  return undefined;
}

/** The order of texts everywhere in Graph's answers: case does not count. */
export function compareTexts(item: string, second: string): number {
  const [a, b] = [item.toLowerCase(), second.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Flags are texts joined by commas; the order is free (graph-api §11.2). */
function hasFlags(actual: unknown, target: string): boolean {
  if (typeof actual !== 'string') return false;
  const flags = (text: string) => text.split(',').map((flag) => flag.trim().toLowerCase());
  const valueFlags = flags(actual);
  return flags(target).every((flag) => valueFlags.includes(flag));
}

function calls(name: TextFunction, actual: unknown, target: string): boolean {
  if (typeof actual !== 'string') return false;
  const [text, part] = [actual.toLowerCase(), target.toLowerCase()];
  return { startswith: text.startsWith(part), endswith: text.endsWith(part), contains: text.includes(part) }[name];
}

/** Every path of the object that a filter asks about. Inside of `any` the variable is the name of the collection. */
export function pathsIn(filter: Filter): readonly Path[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...pathsIn(filter.left), ...pathsIn(filter.right)];
    case 'not':
      return pathsIn(filter.of);
    case 'any':
    case 'all': {
      const variable = filter.variable.toLowerCase();
      const inner = filter.condition ? pathsIn(filter.condition) : [];
      const whole = (path: Path) => (path[0]!.toLowerCase() === variable ? [...filter.path, ...path.slice(1)] : path);
      return [filter.path, ...inner.map(whole)];
    }
    default:
      return [filter.path];
  }
}

/** The first name of every path a filter asks about: what a resource must know. */
export const propertiesIn = (filter: Filter): readonly string[] => pathsIn(filter).map(([name]) => name!);

/**
 * The one value a property must have wherever the filter is true: what a store may look up instead of reading everything.
 * Only conditions joined by `and` say such a thing.
 */
export function mustEqual(filter: Filter | undefined, ...path: string[]): string | undefined {
  if (!filter) return undefined;
  if (filter.kind === 'and') return mustEqual(filter.left, ...path) ?? mustEqual(filter.right, ...path);
  if (filter.kind === 'compare')
    return filter.operator === 'eq' && isAt(filter.path, path) ? textIn(filter.value) : undefined;
  if (filter.kind !== 'any' || filter.condition?.kind !== 'compare' || !isAt(filter.path, path)) return undefined;
  const { operator, path: inner, value } = filter.condition;
  return operator === 'eq' && isAt(inner, [filter.variable]) ? textIn(value) : undefined;
}

/** The comparisons that hold wherever the filter is true: those joined by `and`. */
export function conditionsIn(filter: Filter | undefined): readonly Extract<Filter, { kind: 'compare' }>[] {
  if (filter?.kind === 'and') return [...conditionsIn(filter.left), ...conditionsIn(filter.right)];
  return filter?.kind === 'compare' ? [filter] : [];
}

/** The range of times a property must be in wherever the filter is true; both ends may belong to it. */
export function mustBeWithin(filter: Filter | undefined, ...path: string[]): { from?: Date; until?: Date } {
  const range: { from?: Date; until?: Date } = {};
  for (const { operator, path: conditionPath, value } of conditionsIn(filter)) {
    if (!isAt(conditionPath, path) || value.kind !== 'date') continue;
    const at = new Date(value.milliseconds);
    if (['eq', 'ge', 'gt'].includes(operator) && !(range.from && range.from > at)) range.from = at;
    if (['eq', 'le', 'lt'].includes(operator) && !(range.until && range.until < at)) range.until = at;
  }
  return range;
}

const isAt = (path: Path, second: Path) => path.join('/').toLowerCase() === second.join('/').toLowerCase();
const textIn = (value: Value) => (value.kind === 'text' ? value.text : undefined);
