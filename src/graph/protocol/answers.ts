import { fault } from '#core/trace/fault.ts';
import { type Item, memberOf } from '../odata/evaluate.ts';
import type { Path } from '../odata/filter.ts';
import type { EnumerationWords } from '../odata/filter-words.ts';
import { pageOf } from '../odata/page.ts';
import type { Order } from '../odata/query.ts';
import { requireProperties } from '../odata/search.ts';
import type { PageMark } from '../odata/skip-token.ts';
import type { Answer, Call } from './call.ts';
import { etagHeader } from './etag.ts';
import { checkProperties } from './properties/check.ts';

/** How one type of Graph is shown. */
export interface GraphResource {
  /** `user`: what `@odata.type` and messages call it. */
  readonly type: string;
  /** `users`: what the context calls the collection. */
  readonly set: string;
  /** Properties of an answer without `$select`; undefined shows all. */
  readonly defaults?: readonly string[];
  /** Properties that can be requested and are null here. The others are in `properties/`. */
  readonly alsoKnown?: readonly string[];
  /** Its enumerations, for the filter. */
  readonly words?: EnumerationWords;
}
interface ListOptions {
  readonly page?: number;
  readonly most?: number;
  readonly order?: readonly Order[];
  /** Items of several types: each says which. */
  readonly isMixed?: boolean;
  /** The list has an order of its own, which is kept where the query names none. */
  readonly isInOrder?: boolean;
}

/** An object without its type, where the address says what it is. */
export const untyped = ({ '@odata.type': _, ...item }: Item): Item => item;

/** 200 with one object. */
export function entity(call: Call, item: Item, view: GraphResource, status = 200): Answer {
  const location = `${call.request.origin}/${call.version}/${view.set}/${item.id}`;
  const context = contextOf(call, `${view.set}/$entity`);
  checkProperties(call, view);
  const headers = { ...etagHeader(item), ...(status === 201 ? { location } : {}) };
  return { status, body: { ...context, ...choice(call, item, view) }, headers };
}

/** 200 with a page of objects: filtered, searched, sorted, counted, cut (graph-api §1.3, §1.5, §1.6). */
export function collection(call: Call, items: readonly Item[], view: GraphResource, options: ListOptions = {}): Answer {
  const { query } = call;
  if (query.search) requireProperties(query.search);
  checkProperties(call, view);
  const { page = listLimits.page, most = listLimits.most } = options;
  if ((query.top ?? 0) > most) {
    throw fault('graphQueryUnreadable', { option: '$top', problem: `it must be at most ${most}` });
  }
  const bound = boundTo(call);
  const mark = pageMark(call);
  const size = query.top ?? preferredSize(call, page, most);
  const match = pageOf(items, query, { ...options, size, after: mark?.after });
  const isEventual = mark?.eventual ?? call.request.header('consistencylevel')?.toLowerCase() === 'eventual';
  const body: Record<string, unknown> = { ...contextOf(call, view.set) };
  if (query.count && !mark && (isEventual || !call.strict)) body['@odata.count'] = match.count;
  if (match.next) {
    const token = call.tokens.write({ after: match.next, eventual: isEventual }, bound);
    body['@odata.nextLink'] = nextLink(call, token);
  }
  const typedText = (item: Item) => (options.isMixed ? { '@odata.type': item['@odata.type'], ...item } : item);
  body.value = match.items.map((item) => typedText(choice(call, item, view)));
  return { status: 200, body };
}

/**
 * Which objects {@link collection} needs for this page of a collection without an order of its own: those after the mark, and one
 * more than the page has. Undefined for all of them, where the query filters, searches, sorts, counts or skips.
 * @throws graphQueryUnreadable for a token of another address
 */
export function sliceById(call: Call): { readonly top: number; readonly after: string | undefined } | undefined {
  const { filter, search, orderby, count, skip, skiptoken, top } = call.query;
  if (filter || search || orderby.length > 0 || count || skip !== undefined) return undefined;
  const after = skiptoken === undefined ? undefined : call.tokens.read(skiptoken, boundTo(call)).after[0];
  const size = Math.min(top ?? preferredSize(call, listLimits.page, listLimits.most), listLimits.most);
  return { top: size + 1, after: after === undefined ? undefined : String(after) };
}

const listLimits = { page: 100, most: 999 } as const;

/**
 * 200 with a page of values that are no objects, such as texts: they are counted and cut. @param type of a value, `Edm.String`
 * @throws graphQueryUnsupported for an option about properties, which values do not have
 */
export function valueCollection(call: Call, values: readonly string[], type: string): Answer {
  const { filter, search, select, orderby, expand } = call.query;
  if (filter || search || select || orderby.length > 0 || expand.length > 0)
    throw fault('graphQueryUnsupported', { problem: 'a list of values takes only $count, $top and $skip' });
  const items = values.map((value) => ({ value }));
  const { body, ...answer } = collection(call, items, { type, set: `Collection(${type})` });
  const page = body as { readonly value: readonly { readonly value: string }[] };
  return { ...answer, body: { ...page, value: page.value.map(({ value }) => value) } };
}

/** 200 `text/plain`: how many there are. */
export function countOf(call: Call, items: readonly Item[]): Answer {
  requireEventual(call, '$count');
  const { count } = pageOf(items, call.query, { size: 1, after: undefined });
  return { status: 200, body: String(count) };
}

/** @throws graphQueryUnsupported when strict and the header is not there (graph-api §1.6) */
export function requireEventual(call: Call, label: string): void {
  if (!call.strict || call.request.header('consistencylevel')?.toLowerCase() === 'eventual') return;
  throw fault('graphQueryUnsupported', { problem: `${label} needs the header ConsistencyLevel: eventual` });
}

/** 200 with a value that is not an object. */
export const primitive = (call: Call, type: string, value: unknown): Answer => ({
  status: 200,
  body: { ...contextOf(call, type), value },
});

export const nothing: Answer = { status: 204 };

/** `@odata.context`, which clients that ask for no metadata do not want (graph-api §1.2). */
export function contextOf(call: Call, label: string): Record<string, unknown> {
  if (/odata\.metadata=none/i.test(call.request.header('accept') ?? '')) return {};
  return { '@odata.context': `${call.request.origin}/${call.version}/$metadata#${label}` };
}

/** What `$select` wants of an object. `id` is always included, the ETag when it is selected as `@odata.etag`. */
export function choice(call: Call, item: Item, view: GraphResource): Item {
  const target = call.query.select ?? view.defaults;
  if (!target || target.includes('*')) return item;
  const result: Record<string, unknown> = { ...(item['@odata.type'] ? { '@odata.type': item['@odata.type'] } : {}) };
  if (item['@odata.etag'] && !call.query.select) result['@odata.etag'] = item['@odata.etag'];
  if (item.id !== undefined) result.id = item.id;
  for (const name of target) select(item, name.split('/'), result);
  for (const name of call.query.expand.map((text) => text.split('(')[0]!)) {
    const value = memberOf(item, name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** Puts the value at a path into `result`, within the objects that it is in. */
function select(item: Item, [name = '', ...rest]: Path, result: Record<string, unknown>): void {
  const spelling = Object.keys(item).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
  const value = item[spelling] ?? null;
  const isWhole = rest.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value);
  if (isWhole) result[spelling] = value;
  else {
    const inner = { ...(result[spelling] as object | undefined) };
    select(value as Item, rest, inner);
    result[spelling] = inner;
  }
}

/** The size of a page that the caller prefers, at most `most`. */
export function preferredSize(call: Call, page: number, most: number): number {
  const query = /odata\.maxpagesize=(\d{1,4})/i.exec(call.request.header('prefer') ?? '')?.[1];
  return query === undefined ? page : Math.min(Math.max(1, Number(query)), most);
}

/** What a page token belongs to: tenant, address and query. */
export const boundTo = (call: Call) =>
  JSON.stringify([call.ports.tenant.id, call.request.pathname.toLowerCase(), call.query.fingerprint]);

/** Where the page of the request begins; undefined for the first page. @throws graphQueryUnreadable, graphPageTokenStale */
export function pageMark(call: Call): PageMark | undefined {
  const { skiptoken, deltatoken } = call.query;
  if (deltatoken !== undefined)
    throw fault('graphQueryUnreadable', { option: '$deltatoken', problem: 'this is not a delta query' });
  return skiptoken === undefined ? undefined : call.tokens.read(skiptoken, boundTo(call));
}

/** Where the next page is: this address with another token. */
export function nextLink({ request }: Call, token: string): string {
  const rest = request.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !/^(\$|%24)(skip|skiptoken|deltatoken)=/i.test(pair));
  return `${request.origin}${request.pathname}?${[...rest, `$skiptoken=${token}`].join('&')}`;
}
