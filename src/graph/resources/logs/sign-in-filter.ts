import { type SignInCondition, type SignInCount, signInEventKinds } from '#model/sign-in.ts';
import { mustBeWithin, propertiesIn } from '../../odata/evaluate.ts';
import type { Filter, Path, Value } from '../../odata/filter.ts';
import type { Call } from '../../protocol/call.ts';

type Comparison = Extract<SignInCondition, { kind: 'compare' }>;
type Keys = Pick<SignInCount, 'userId' | 'userPrincipalName' | 'ipAddress' | 'sessionId'>;

/** Properties that are looked up by a value of their own. */
const keyNames: Readonly<Record<string, keyof Keys>> = {
  userid: 'userId',
  userprincipalname: 'userPrincipalName',
  ipaddress: 'ipAddress',
  sessionid: 'sessionId',
};

/** Kinds of entries by the words of `signInEventTypes`; there are no managed identities. */
const kinds: Readonly<Record<string, number>> = { ...lowerCase(signInEventKinds), managedidentity: -1 };

function lowerCase(names: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(names).map(([name, kind]) => [name.toLowerCase(), kind]));
}

/** Does the filter of the call leave the kinds of entries open? Then beta shows what people did (graph-api §12.1). */
export const isOfPeople = ({ version, query: { filter } }: Call): boolean =>
  version === 'beta' &&
  !(filter && propertiesIn(filter).some((name) => /^(signInEventTypes|isInteractive)$/i.test(name)));

/** What the log is to count for the filter of the call; undefined where its indexes cannot tell. */
export function countOfFilter(call: Call): SignInCount | undefined {
  const { filter } = call.query;
  const people = isOfPeople(call) ? compare('eventKind', 'eq', signInEventKinds.interactiveUser) : undefined;
  const range = mustBeWithin(filter, 'createdDateTime');
  const parts = filter ? partsOf(filter) : { keys: {}, condition: undefined };
  if (!parts) return undefined;
  const condition = conjunction(parts.condition, people);
  return { ...parts.keys, ...range, ...(condition ? { condition } : {}) };
}

const compare = (
  column: Comparison['column'],
  operator: Comparison['operator'],
  value: string | number,
): SignInCondition => ({ kind: 'compare', column, operator, value });

const conjunction = (
  left: SignInCondition | undefined,
  right: SignInCondition | undefined,
): SignInCondition | undefined => (left && right ? { kind: 'and', left, right } : (left ?? right));

interface Parts {
  readonly keys: Keys;
  readonly condition: SignInCondition | undefined;
}

/** Keys are named once, and joined with everything else by `and`. */
function partsOf(filter: Filter): Parts | undefined {
  if (filter.kind === 'and') {
    const [left, right] = [partsOf(filter.left), partsOf(filter.right)];
    if (!left || !right || Object.keys(left.keys).some((name) => name in right.keys)) return undefined;
    return { keys: { ...left.keys, ...right.keys }, condition: conjunction(left.condition, right.condition) };
  }
  const key = filter.kind === 'compare' && filter.operator === 'eq' ? keyNames[nameOf(filter.path)] : undefined;
  if (key !== undefined && filter.kind === 'compare') {
    if (filter.value.kind !== 'text') return undefined;
    const value = key === 'sessionId' ? filter.value.text : filter.value.text.toLowerCase();
    return { keys: { [key]: value }, condition: undefined };
  }
  const condition = conditionOf(filter);
  return condition && { keys: {}, condition };
}

function conditionOf(filter: Filter): SignInCondition | undefined {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const [left, right] = [conditionOf(filter.left), conditionOf(filter.right)];
      return left && right && { kind: filter.kind, left, right };
    }
    case 'not': {
      const of = conditionOf(filter.of);
      return of && { kind: 'not', of };
    }
    case 'compare':
      return comparisonOf(filter.path, filter.operator, filter.value);
    case 'in':
      return anyOf(filter.values.map((value) => comparisonOf(filter.path, 'eq', value)));
    case 'any':
      return eventTypeOf(filter);
    default:
      return undefined;
  }
}

const nameOf = (path: Path) => path.join('/').toLowerCase();

function anyOf(conditions: readonly (SignInCondition | undefined)[]): SignInCondition | undefined {
  return conditions.reduce((left, right) => left && right && { kind: 'or', left, right });
}

function comparisonOf(path: Path, operator: string, value: Value): SignInCondition | undefined {
  const name = nameOf(path);
  if (operator === 'has') return undefined;
  const by = operator as Comparison['operator'];
  if (name === 'status/errorcode' && value.kind === 'number') return compare('errorNumber', by, value.number);
  if (name === 'createddatetime' && value.kind === 'date') return compare('createdDateTime', by, value.milliseconds);
  if (by !== 'eq' && by !== 'ne') return undefined;
  if (name === 'appid' && value.kind === 'text') return compare('appId', by, value.text.toLowerCase());
  if (name !== 'isinteractive' || value.kind !== 'boolean') return undefined;
  const isWanted = value.boolean === (by === 'eq');
  return compare('eventKind', isWanted ? 'eq' : 'ne', signInEventKinds.interactiveUser);
}

/** `signInEventTypes/any(t: t eq 'interactiveUser' or …)`: an entry has one type. */
function eventTypeOf(filter: Extract<Filter, { kind: 'any' | 'all' }>): SignInCondition | undefined {
  if (nameOf(filter.path) !== 'signineventtypes' || !filter.condition) return undefined;
  return ofType(filter.condition, filter.variable.toLowerCase());
}

function ofType(filter: Filter, variable: string): SignInCondition | undefined {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const [left, right] = [ofType(filter.left, variable), ofType(filter.right, variable)];
    return left && right && { kind: filter.kind, left, right };
  }
  if (filter.kind !== 'compare' || nameOf(filter.path) !== variable || filter.value.kind !== 'text') return undefined;
  const kind = kinds[filter.value.text.toLowerCase()] ?? -1;
  return filter.operator === 'eq' || filter.operator === 'ne' ? compare('eventKind', filter.operator, kind) : undefined;
}
