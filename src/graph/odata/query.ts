import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { longest, pairsIn, parseForm, single } from '#schema/form.ts';
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

const wholeNumber = (least: number) =>
  single(longest.word)
    .refine(
      (text) => text === undefined || (/^\d{1,9}$/.test(text) && Number(text) >= least),
      `it must be a whole number from ${least}`,
    )
    .transform((text) => (text === undefined ? undefined : Number(text)));

/** Every option that there is. Their names are matched without case. */
const options = z.object({
  filter: single(longest.document),
  search: single(longest.document),
  select: single(longest.document),
  expand: single(longest.document),
  orderby: single(longest.document),
  top: wholeNumber(1),
  skip: wholeNumber(0),
  count: single(longest.word)
    .refine((text) => text === undefined || /^(?:true|false)$/i.test(text), 'it must be true or false')
    .transform((text) => text?.toLowerCase() === 'true'),
  skiptoken: single(longest.document),
  deltatoken: single(longest.document),
  format: single(longest.word).refine(
    (text) => text === undefined || /^(?:application\/)?json(?:;|$)/i.test(text),
    'responses are application/json',
  ),
});

/**
 * Reads the query string. Names of options are matched without case, with or without `%24`; `+` is a blank.
 * @throws graphQueryUnreadable
 */
export function parseQuery(search: string): Query {
  const named = pairsIn(search).flatMap(([name, value]) => {
    if (!name.startsWith('$')) return []; // what is not OData's is ignored, as Graph does (`api-version`, `tenant`)
    const option = name.slice(1).toLowerCase();
    if (!Object.hasOwn(options.shape, option)) throw unreadable(name, 'there is no query option of this name');
    return [[option, value] as const];
  });
  const parsed = parseForm(options, named);
  if ('issue' in parsed) throw unreadable(`$${parsed.issue.path[0]}`, parsed.issue.problem);
  const { filter, search: searchText, select, expand, orderby, format: _, ...rest } = parsed.value.fields;
  return {
    ...rest,
    filter: filter === undefined ? undefined : parseFilter(filter),
    search: searchText === undefined ? undefined : parseSearch(searchText, true),
    select: select === undefined ? undefined : namesIn('$select', select),
    expand: namesIn('$expand', expand ?? ''),
    orderby: orderby === undefined ? [] : namesIn('$orderby', orderby).map(readOrder),
    fingerprint: JSON.stringify([filter ?? '', searchText ?? '', orderby ?? '']),
  };
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
