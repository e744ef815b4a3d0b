import { setImmediate } from 'node:timers/promises';
import { isExtensionName } from '#core/directory/extension-property.ts';
import { fault } from '#core/trace/fault.ts';
import { type Item, memberOf, propertiesIn } from '../odata/evaluate.ts';
import { isWanted, pageOf } from '../odata/page.ts';
import type { Order } from '../odata/query.ts';
import { requireProperties } from '../odata/search.ts';
import type { Answer, Call } from './call.ts';
import { etagHeader } from './etag.ts';

/** How one type of Graph is shown. */
export interface Shown {
  /** `user`: what `@odata.type` and messages call it. */
  readonly type: string;
  /** `users`: what the context calls the collection. */
  readonly set: string;
  /** Properties of an answer without `$select`; undefined shows all. */
  readonly defaults?: readonly string[];
  /** Properties that may be asked for and are null here. */
  readonly alsoKnown?: readonly string[];
}
interface ListOptions {
  readonly page?: number;
  readonly most?: number;
  readonly order?: readonly Order[];
  /** Items of several types: each says which. */
  readonly isMixed?: boolean;
  /** `$filter`, `$orderby` and `$count` are for advanced queries only, when strict. */
  readonly skip?: boolean;
}

/** An object without its type, where the address says what it is. */
export const untyped = ({ '@odata.type': _, ...item }: Item): Item => item;

/** 200 with one object. */
export function entity(call: Call, item: Item, view: Shown, status = 200): Answer {
  const location = `${call.request.origin}/${call.version}/${view.set}/${item.id}`;
  const context = contextOf(call, `${view.set}/$entity`);
  const headers = { ...etagHeader(item), ...(status === 201 ? { location } : {}) };
  return { status, body: { ...context, ...choice(call, item, view) }, headers };
}

/** 200 with a page of objects: filtered, searched, sorted, countPart, cut (graph-api §1.3, §1.5, §1.6). */
export function collection(call: Call, items: readonly Item[], view: Shown, options: ListOptions = {}): Answer {
  const { query } = call;
  if (query.search) requireProperties(query.search);
  for (const item of items.slice(0, 1)) checkProperties(call, item, view);
  const { page = 100, most = 999 } = options;
  if ((query.top ?? 0) > most) {
    throw fault('graphQueryUnreadable', { option: '$top', problem: `it is at most ${most}` });
  }
  const bound = boundTo(call);
  const mark = query.skiptoken === undefined ? undefined : call.tokens.read(query.skiptoken, bound);
  const size = query.top ?? preferredSize(call, page, most);
  const match = pageOf(items, query, { size, after: mark?.after, order: options.order ?? [] });
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

/** A log in its store, from which a page at a time is read. */
export interface Log {
  /** What the log is ordered by. */
  readonly time: string;
  /** How many there are, where `$count=true` asks for it; the log says what it can count. */
  count?(): Promise<{ readonly count: number; readonly isCeiling: boolean }>;
  /** Whether an entry passes the search, for a log that searches by itself. */
  isFound?(item: Item): boolean;
  /** Entries after the mark, as Graph shows them; fewer than `top` only when there are no more. */
  read(query: { readonly top: number; readonly after: LogMark | undefined }): Promise<readonly Item[]>;
}
export interface LogMark {
  readonly id: string;
  readonly at: Date;
}
const logLimits = { page: 1000, atOnce: 250, examined: 10_000 } as const;

/**
 * 200 with a page of a log (graph-api §1.5). What the store cannot look up is compared here, entry by entry; a page ends
 * after so many of them even when it is not full, and its link goes on from there.
 */
export async function logPage(call: Call, log: Log, view: Shown): Promise<Answer> {
  const { query } = call;
  if ((query.top ?? 0) > logLimits.page) {
    throw fault('graphQueryUnreadable', { option: '$top', problem: `it is at most ${logLimits.page}` });
  }
  const bound = boundTo(call);
  const mark = query.skiptoken === undefined ? undefined : call.tokens.read(query.skiptoken, bound);
  const size = query.top ?? preferredSize(call, logLimits.page, logLimits.page);
  const { items, next } = await readLog(call, log, view, { size, after: mark && readMark(mark.after) });
  const link =
    next && nextLink(call, call.tokens.write({ after: [next.at.getTime(), next.id], eventual: false }, bound));
  const value = items.map((item) => choice(call, item, view));
  const countPart = query.count && !mark ? await countInLog(log) : {};
  const body = { ...contextOf(call, view.set), ...countPart, ...(link ? { '@odata.nextLink': link } : {}), value };
  return { status: 200, body };
}

/** @throws graphQueryUnsupported */
async function countInLog(log: Log): Promise<Record<string, unknown>> {
  if (!log.count) throw fault('graphQueryUnsupported', { problem: 'this log is not countPart: leave out $count' });
  const { count, isCeiling } = await log.count();
  return { '@odata.count': count, ...(isCeiling ? { '@cardea.countIsCeiling': true } : {}) };
}

const readMark = ([at, id]: readonly unknown[]): LogMark => ({ at: new Date(Number(at)), id: String(id) });

async function readLog(
  call: Call,
  log: Log,
  view: Shown,
  { size, after }: { readonly size: number; readonly after: LogMark | undefined },
) {
  const items: Item[] = [];
  // A log that has a search of its own takes words without a property.
  const query = log.isFound ? { ...call.query, search: undefined } : call.query;
  if (query.search) requireProperties(query.search);
  let last = after;
  for (let examinedCount = 0; examinedCount < logLimits.examined; ) {
    const isSifted = call.query.filter !== undefined || log.isFound !== undefined;
    const top = Math.min(logLimits.atOnce, isSifted ? logLimits.atOnce : size + 1);
    const entries = await log.read({ top, after: last });
    for (const entry of entries) {
      if (last === after) checkProperties(call, entry, view);
      if (isWanted(entry, query) && (log.isFound?.(entry) ?? true)) {
        if (items.length === size) return { items, next: last };
        items.push(entry);
      }
      last = { id: entry.id as string, at: new Date(entry[log.time] as string) };
    }
    if (entries.length < top) return { items, next: undefined };
    examinedCount += entries.length;
    await setImmediate(); // other requests have a turn
  }
  return { items, next: last };
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

/** What `$select` wants of an object. `id` always comes along, the ETag when it is selected as `@odata.etag`. */
export function choice(call: Call, item: Item, view: Shown): Item {
  checkProperties(call, item, view);
  const target = call.query.select ?? view.defaults;
  if (!target || target.includes('*')) return item;
  const result: Record<string, unknown> = { ...(item['@odata.type'] ? { '@odata.type': item['@odata.type'] } : {}) };
  if (item['@odata.etag'] && !call.query.select) result['@odata.etag'] = item['@odata.etag'];
  if (item.id !== undefined) result.id = item.id;
  for (const name of target) {
    const spelling = Object.keys(item).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
    result[spelling] = memberOf(item, name) ?? null;
  }
  for (const name of call.query.expand.map((text) => text.split('(')[0]!)) {
    const value = memberOf(item, name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** A property that the type does not have is a mistake worth hearing of. @throws graphQueryUnreadable */
export function checkProperties(call: Call, item: Item, { type, alsoKnown = [] }: Shown): void {
  const knownKeys = new Set([...Object.keys(item), ...alsoKnown].map((name) => name.toLowerCase()));
  const check = (option: string, names: readonly string[]) => {
    const isKnown = (name: string) =>
      name === '*' || knownKeys.has(name.toLowerCase()) || (type === 'user' && isExtensionName(name));
    const unknown = names.find((name) => !isKnown(name));
    if (unknown !== undefined) {
      const problem = `Could not find a property named '${unknown.slice(0, 60)}' on type 'microsoft.graph.${type}'`;
      throw fault('graphQueryUnreadable', { option, problem });
    }
  };
  const { select = [], filter, orderby } = call.query;
  check(
    '$select',
    select.map((name) => name.split('/')[0]!),
  );
  if (filter) check('$filter', propertiesIn(filter));
  check(
    '$orderby',
    orderby.map(({ property }) => property.split('/')[0]!),
  );
}

/** The size of a page that the caller prefers, at most `most`. */
export function preferredSize(call: Call, page: number, most: number): number {
  const query = /odata\.maxpagesize=(\d{1,4})/i.exec(call.request.header('prefer') ?? '')?.[1];
  return query === undefined ? page : Math.min(Math.max(1, Number(query)), most);
}

/** What a page token belongs to: tenant, address and query. */
export const boundTo = (call: Call) =>
  JSON.stringify([call.ports.tenant.id, call.request.pathname.toLowerCase(), call.query.fingerprint]);

/** Where the next page is: this address with another token. */
export function nextLink({ request }: Call, token: string): string {
  const rest = request.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !/^(\$|%24)(skip|skiptoken|deltatoken)=/i.test(pair));
  return `${request.origin}${request.pathname}?${[...rest, `$skiptoken=${token}`].join('&')}`;
}
