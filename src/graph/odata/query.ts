import { fault } from '#core/trace/fault.ts';
import { type Filter, parseFilter } from './filter.ts';
import { propertyName } from './property-name.ts';
import { parseSearch, type Search } from './search.ts';

/** The system query options of a request, read (graph-api §1.6). */
export interface Query {
  readonly filter: Filter | undefined;
  readonly search: Search | undefined;
  readonly select: readonly string[] | undefined;
  readonly expand: readonly string[];
  readonly orderby: readonly Order[];
  readonly top: number | undefined;
  readonly skip: number | undefined;
  readonly count: boolean;
  readonly skiptoken: string | undefined;
  /** Where a delta query continues. */
  readonly deltatoken: string | undefined;
  /** What a page token is bound to: the options that say which objects in which order. */
  readonly fingerprint: string;
}
export interface Order {
  readonly property: string;
  readonly descending: boolean;
}

const optionNames = [
  'filter',
  'search',
  'select',
  'expand',
  'orderby',
  'top',
  'skip',
  'count',
  'skiptoken',
  'deltatoken',
  'format',
];

/**
 * Reads the query string. Names of options are matched without case, with or without `%24`; `+` is a blank.
 * @throws graphQueryUnreadable
 */
export function parseQuery(search: string): Query {
  const body = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!name.startsWith('$')) continue; // what is not OData's is ignored, as Graph does (`api-version`, `tenant`)
    const option = name.slice(1).toLowerCase();
    if (!optionNames.includes(option)) throw unreadable(name, 'there is no query option of this name');
    if (body.has(option)) throw unreadable(name, 'it is specified twice');
    body.set(option, value);
  }
  requireJson(body.get('format'));
  const [filter, searchText, orderby] = [body.get('filter'), body.get('search'), body.get('orderby')];
  return {
    filter: filter === undefined ? undefined : parseFilter(filter),
    search: searchText === undefined ? undefined : parseSearch(searchText, true),
    select: body.has('select') ? namesIn('$select', body.get('select')!) : undefined,
    expand: namesIn('$expand', body.get('expand') ?? ''),
    orderby: orderby === undefined ? [] : namesIn('$orderby', orderby).map(readOrder),
    top: wholeNumber('$top', body.get('top'), 1),
    skip: wholeNumber('$skip', body.get('skip'), 0),
    count: readCount(body.get('count')),
    skiptoken: body.get('skiptoken'),
    deltatoken: body.get('deltatoken'),
    fingerprint: JSON.stringify([filter ?? '', searchText ?? '', orderby ?? '']),
  };
}

/** @throws graphQueryUnreadable */
function requireJson(format: string | undefined): void {
  if (format !== undefined && !/^(?:application\/)?json(?:;|$)/i.test(format))
    throw unreadable('$format', 'responses are application/json');
}

const unreadable = (option: string, problem: string) =>
  fault('graphQueryUnreadable', { option: option.slice(0, 40), problem });

/** As many as the properties of the largest type, and more. */
const mostNames = 200;

/** Commas inside parentheses belong to the name: `members($select=id,displayName)`. One pass, whatever the text. */
function namesIn(option: string, text: string): readonly string[] {
  const names: string[] = [];
  let [depth, start] = [0, 0];
  const end = (at: number) => {
    const name = text.slice(start, at).trim();
    if (name !== '' && names.push(name) > mostNames) throw unreadable(option, `it has more than ${mostNames} names`);
    start = at + 1;
  };
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth = Math.max(0, depth - 1);
    else if (text[at] === ',' && depth === 0) end(at);
  }
  end(text.length);
  return names;
}

function readOrder(text: string): Order {
  const [property = '', direction = 'asc', ...more] = text.split(/\s+/);
  if (more.length > 0 || !['asc', 'desc'].includes(direction.toLowerCase())) {
    throw unreadable('$orderby', 'it must be a property, optionally with asc or desc');
  }
  for (const name of property.split('/')) propertyName('$orderby', name);
  return { property, descending: direction.toLowerCase() === 'desc' };
}

function wholeNumber(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,9}$/.test(text) || number < least) throw unreadable(option, `it must be a whole number from ${least}`);
  return number;
}

function readCount(text: string | undefined): boolean {
  if (text === undefined || /^false$/i.test(text)) return false;
  if (/^true$/i.test(text)) return true;
  throw unreadable('$count', 'it must be true or false');
}
