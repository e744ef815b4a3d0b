import {
  type IndexedKind,
  type IndexedProperty,
  indexedProperties,
  indexKey,
  timeKey,
  wordsIn,
} from '#core/directory/index-keys.ts';
import type { IndexRange } from '#ports/directory/lists.ts';
import type { Filter, Path, Value } from './filter.ts';
import type { Search } from './search.ts';

/**
 * Where in the indexes every object is for which a filter is true. Others may be there as well: who reads the ranges compares
 * each object with the whole filter.
 */
export interface Plan {
  readonly ranges: readonly IndexRange[];
  /** How many objects the ranges are expected to have, as an order: a key, a value, a beginning, a part of the order. */
  readonly cost: number;
  /** The filter is true of every object in the one range, and each has one row there. */
  readonly isExact: boolean;
  /** The filter is true of every object in every range; an object may be in several. */
  readonly isUnion?: boolean;
}

export interface PlanOptions {
  readonly kind: IndexedKind;
  /** Names of properties, in lower case, whose values are in the index under other names. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
}

/** How names in a filter are read. */
interface View extends Required<PlanOptions> {
  readonly naming: (path: Path) => Path;
}

const costs = { id: 0, value: 1, beginning: 2, part: 3 } as const;
const farthest = '\u{10ffff}\u{10ffff}';
const activities: Readonly<Record<string, string>> = {
  lastsignindatetime: 'interactive',
  lastnoninteractivesignindatetime: 'silent',
  lastsuccessfulsignindatetime: 'success',
};

/** The ranges of a filter and a search, the better of the two; undefined where every object must be read. */
export function planOf(
  { kind, aliases = {} }: PlanOptions,
  filter: Filter | undefined,
  search: Search | undefined,
): Plan | undefined {
  const view: View = { kind, aliases, naming: (path) => path };
  const plans = [filter && ofFilter(view, filter), search && ofSearch(view, search)].filter(
    (plan) => plan !== undefined,
  );
  const best = plans.sort((plan, second) => plan.cost - second.cost)[0];
  const isWhole = !(filter && search);
  return best && { ...best, isExact: best.isExact && isWhole, isUnion: best.isUnion === true && isWhole };
}

/** Every object of the kind in the order of a property; undefined where no index has that order. */
export function orderedBy(kind: IndexedKind, path: string, isDescending: boolean): IndexRange | undefined {
  const name = path.toLowerCase();
  if (name !== 'id' && !indexedProperties[kind][name]?.isOrder) return undefined;
  return { property: `${kind}/${name}`, from: '', until: farthest, ...(isDescending ? { isDescending } : {}) };
}

/** Every object of the kind. */
export const everything = (kind: IndexedKind): IndexRange => orderedBy(kind, 'id', false)!;

function ofFilter(view: View, filter: Filter): Plan | undefined {
  switch (filter.kind) {
    case 'and':
      return conjunction(ofFilter(view, filter.left), ofFilter(view, filter.right));
    case 'or':
      return either([ofFilter(view, filter.left), ofFilter(view, filter.right)]);
    case 'not':
    case 'all':
      return undefined;
    case 'compare':
      return ofComparison(view, filter);
    case 'in':
      return either(filter.values.map((value) => ofComparison(view, { ...filter, operator: 'eq', value })));
    case 'call':
      return filter.name === 'startswith' ? ofCall(view, filter) : undefined;
    case 'any':
      return ofAny(view, filter);
  }
}

/** Inside of `any` the variable is the name of the collection. */
function ofAny(view: View, filter: Extract<Filter, { kind: 'any' | 'all' }>): Plan | undefined {
  if (!filter.condition) return undefined;
  const collection = view.naming(filter.path);
  const variable = filter.variable.toLowerCase();
  const naming = (path: Path) =>
    path[0]!.toLowerCase() === variable ? [...collection, ...path.slice(1)] : ['', ...path];
  const plan = ofFilter({ ...view, naming }, filter.condition);
  return plan && { ...plan, isExact: false, isUnion: false };
}

/** The names under which the index has a property. */
function namesOf({ aliases, naming }: View, path: Path): readonly string[] {
  const name = naming(path).join('/').toLowerCase();
  return aliases[name] ?? [name];
}
const ofCall = (view: View, { path, value }: Extract<Filter, { kind: 'call' }>) =>
  either(namesOf(view, path).map((name) => ofBeginning(view.kind, name, value)));

/** Where both hold, either one's ranges have every object. */
function conjunction(plan: Plan | undefined, second: Plan | undefined): Plan | undefined {
  const best = !plan || (second && second.cost < plan.cost) ? second : plan;
  const rest = best === plan ? second : plan;
  const [range, restRange] = [best?.ranges[0], rest?.ranges[0]];
  const isPart = best?.cost === costs.part && best.ranges.length === 1 && rest?.ranges.length === 1;
  if (isPart && range && restRange && range.property === restRange.property)
    return {
      cost: costs.part,
      isExact: false,
      isUnion: false,
      ranges: [{ ...range, from: later(range.from, restRange.from), until: earlier(range.until, restRange.until) }],
    };
  return best && { ...best, isExact: false, isUnion: false };
}
const later = (text: string, second: string) => (text > second ? text : second);
const earlier = (text: string, second: string) => (text < second ? text : second);

const mostRanges = 100;
function either(plans: readonly (Plan | undefined)[]): Plan | undefined {
  const plansOfAll = plans.filter((plan) => plan !== undefined);
  const ranges = plansOfAll.flatMap((plan) => plan.ranges);
  if (plansOfAll.length < plans.length || plansOfAll.length === 0 || ranges.length > mostRanges) return undefined;
  if (ranges.some(({ property }) => property.includes('/signinactivity/')) && ranges.length > 1) return undefined;
  return {
    ranges,
    cost: Math.max(...plansOfAll.map(({ cost }) => cost)),
    isExact: plansOfAll.length === 1 && plansOfAll[0]!.isExact,
    isUnion: plansOfAll.every(({ isExact, isUnion }) => isExact || isUnion === true),
  };
}

type Comparison = Pick<Extract<Filter, { kind: 'compare' }>, 'operator' | 'path' | 'value'>;

const ofComparison = (view: View, { path, ...rest }: Comparison) =>
  either(namesOf(view, path).map((name) => ofNamed(view.kind, name, rest)));

function ofNamed(
  kind: IndexedKind,
  name: string,
  { operator, value }: Pick<Comparison, 'operator' | 'value'>,
): Plan | undefined {
  if (name === 'id' && operator === 'eq' && value.kind === 'text') {
    const id = value.text.toLowerCase();
    return { ranges: [{ property: `${kind}/id`, from: id, until: id }], cost: costs.id, isExact: true };
  }
  const activity = kind === 'user' ? activities[name.replace(/^signinactivity\//, '')] : undefined;
  if (activity !== undefined && name.startsWith('signinactivity/') && value.kind === 'date')
    return ofOrder(`user/signinactivity/${activity}`, operator, timeKey(value.milliseconds));
  const property = indexedProperties[kind][name];
  const key = property && keyOf(value, property);
  if (!property || key === undefined) return undefined;
  const isWhole = !property.isList && key.length < 200 && !key.includes('\ufffd');
  if (operator === 'ne' && value.kind === 'boolean' && property.usual !== undefined)
    return ofKey(`${kind}/${name}`, String(!value.boolean), property.usual, true);
  if (operator === 'eq') return ofKey(`${kind}/${name}`, key, property.usual, isWhole);
  const isOrdered = property.usual === undefined && (value.kind === 'date' || isPlain(key));
  return isOrdered ? ofOrder(`${kind}/${name}`, operator, key) : undefined;
}

/** Texts are ordered by code units when they are compared and by octets in an index: the same order up to here. */
const isPlain = (key: string): boolean => /^[\0-\ud7ff]*$/.test(key);

function keyOf(value: Value, { isTime, isFlag }: IndexedProperty): string | undefined {
  if (value.kind === 'text' && !isTime && !isFlag) return indexKey(value.text);
  if (value.kind === 'boolean' && isFlag) return String(value.boolean);
  return value.kind === 'date' && isTime && !Number.isNaN(value.milliseconds) ? timeKey(value.milliseconds) : undefined;
}

const ofKey = (property: string, key: string, usual: string | undefined, isExact: boolean): Plan | undefined =>
  key === usual ? undefined : { ranges: [{ property, from: key, until: key }], cost: costs.value, isExact };

function ofOrder(property: string, operator: Comparison['operator'], key: string): Plan | undefined {
  const [isLow, isHigh] = [/^(?:eq|ge|gt)$/.test(operator), /^(?:eq|le|lt)$/.test(operator)];
  if (!isLow && !isHigh) return undefined;
  const range = { property, from: isLow ? key : '', until: isHigh ? key : farthest };
  return { ranges: [range], cost: operator === 'eq' ? costs.value : costs.part, isExact: false };
}

/** A beginning of a usual value may be that of a value that has no row. */
function ofBeginning(kind: IndexedKind, name: string, text: string): Plan | undefined {
  const property = indexedProperties[kind][name];
  const key = indexKey(text);
  if (name === 'id') return { ...ofPrefix(`${kind}/id`, key), isExact: true };
  if (
    !property ||
    property.usual !== undefined ||
    property.isTime ||
    property.isFlag ||
    text === '' ||
    !text.isWellFormed()
  )
    return undefined;
  if (key.length > 100) return { ...ofPrefix(`${kind}/${name}`, key.slice(0, 99).toWellFormed()), isExact: false };
  return { ...ofPrefix(`${kind}/${name}`, key), isExact: !property.isList && !key.includes('\ufffd') };
}
const ofPrefix = (property: string, key: string): Plan => ({
  ranges: [{ property, from: key, until: `${key}${farthest}` }],
  cost: costs.beginning,
  isExact: true,
});

function ofSearch(view: View, search: Search): Plan | undefined {
  return either(
    search.map((clauses) => {
      const plans = clauses.map(({ property, term }) =>
        either(namesOf(view, [property]).map((name) => ofTerm(view.kind, name, term.trim()))),
      );
      const plan = plans.find((item) => item !== undefined);
      // A property under several names is shown under one of them.
      const isUnion =
        clauses.length === 1 && namesOf(view, [clauses[0]!.property]).length === 1 && plan?.isUnion === true;
      return plan && { ...plan, isExact: false, isUnion };
    }),
  );
}

function ofTerm(kind: IndexedKind, name: string, term: string): Plan | undefined {
  const beginning = ofBeginning(kind, name, term);
  if (!beginning || !indexedProperties[kind][name]?.hasWords) return beginning;
  const isWord = wordsIn(term).join('') === term.toLowerCase();
  return isWord ? either([beginning, ofPrefix(`${kind}/${name}~`, indexKey(term))]) : beginning;
}
