import { fault } from '#core/trace/fault.ts';
import type { ListMark, SliceOptions } from '#ports/directory/lists.ts';
import type { Item } from '../odata/evaluate.ts';
import { isWanted, pageOf } from '../odata/page.ts';
import type { Order } from '../odata/query.ts';
import { requireProperties } from '../odata/search.ts';
import type { PageMark } from '../odata/skip-token.ts';
import {
  boundTo,
  choice,
  contextOf,
  type GraphResource,
  nextLink,
  pageMark,
  preferredSize,
  requireEventual,
} from '../protocol/answers.ts';
import type { Answer, Call } from '../protocol/call.ts';
import { checkProperties } from '../protocol/properties/check.ts';
import { rest, rowsAtOnce } from './rest.ts';

/** Objects of the directory as Graph shows them, slice by slice. */
export interface Reader {
  read(options: SliceOptions): Promise<{
    readonly rows: readonly { readonly mark: ListMark; readonly item: Item }[];
    readonly next: ListMark | undefined;
  }>;
}

/** A collection of the directory, from which no more is read than an answer needs. */
export interface DirectoryList {
  readonly view: GraphResource;
  /** Items of several types: each says which. */
  readonly isMixed?: boolean;
  /** Everything that the query may be true of, in an order of the list's own. */
  readonly reader: Reader;
  /** Everything that the query may be true of in this order; undefined where no index has it. */
  ordered?(order: Order): Reader | undefined;
  /** Whether the query is true of everything that `reader` reads. */
  readonly isExact?: boolean;
  /** Whether `ordered` reads less than the whole collection, as `reader` does. */
  readonly isNarrow?: boolean;
  /** Everything that the query is true of, with its id and this property alone; undefined where indexes do not know it. */
  brief?(property: string): Promise<readonly Item[] | 'tooMany' | undefined>;
  /** Objects by their ids, in that order. */
  find?(ids: readonly string[]): Promise<readonly Item[]>;
  /** How many objects the query is true of, where that is known without reading them. */
  count(isExactWanted: boolean): Promise<ListCount | undefined>;
}

interface ListCount {
  readonly count: number;
  /** There may be more. */
  readonly isCeiling?: boolean;
}

/** How much a request may read. */
const limits = {
  page: 100,
  most: 999,
  slice: rowsAtOnce,
  examined: 20_000,
  milliseconds: 2000,
  sorted: 5000,
  counted: 200_000,
} as const;

/**
 * 200 with a page of a directory collection (graph-api §1.5, §1.6). Objects that no index can tell apart are compared one by one;
 * a page ends after so many of them, or so much time, even when it is not full, and its link continues from there.
 */
export async function directoryPage(call: Call, list: DirectoryList): Promise<Answer> {
  const { query } = call;
  if (query.search) requireProperties(query.search);
  checkProperties(call, list.view);
  if ((query.top ?? 0) > limits.most)
    throw fault('graphQueryUnreadable', { option: '$top', problem: `it must be at most ${limits.most}` });
  const bound = boundTo(call);
  const mark = pageMark(call);
  const size = query.top ?? preferredSize(call, limits.page, limits.most);
  const { items, next } = await pageFrom(call, list, { size, after: mark?.after });
  const eventual = mark?.eventual ?? call.request.header('consistencylevel')?.toLowerCase() === 'eventual';
  const body: Record<string, unknown> = { ...contextOf(call, list.view.set) };
  if (query.count && !mark && (eventual || !call.strict)) {
    const { count, isCeiling } = (await list.count(false)) ?? { count: await countOneByOne(call, list) };
    Object.assign(body, { '@odata.count': count }, isCeiling ? { '@cardea.countIsCeiling': true } : {});
  }
  if (next) body['@odata.nextLink'] = nextLink(call, call.tokens.write({ after: next, eventual }, bound));
  const withType = (item: Item) => (list.isMixed ? { '@odata.type': item['@odata.type'], ...item } : item);
  body.value = items.map((item) => withType(choice(call, item, list.view)));
  return { status: 200, body };
}

/** 200 `text/plain`: how many there are. */
export async function directoryCount(call: Call, list: DirectoryList): Promise<Answer> {
  requireEventual(call, '$count');
  if (call.query.search) requireProperties(call.query.search);
  checkProperties(call, list.view);
  return { status: 200, body: String(await countIn(call, list)) };
}

interface PageOptions {
  readonly size: number;
  readonly after: PageMark['after'] | undefined;
  readonly isExact?: boolean;
}
interface PageOfItems {
  readonly items: readonly Item[];
  readonly next: PageMark['after'] | undefined;
}

/** A token says how its page was read, so that the pages of one list are read alike. */
async function pageFrom(call: Call, list: DirectoryList, { size, after }: PageOptions): Promise<PageOfItems> {
  const [way, ...mark] = after ?? [];
  const { orderby } = call.query;
  const walk = (reader: Reader) => {
    const isExact = list.isExact === true && reader === list.reader;
    return walkPage(call, reader, { size, after: after && mark, isExact });
  };
  if (orderby.length === 0) return walk(list.reader);
  const brief = orderby.length === 1 && way !== 'walk' ? await list.brief?.(orderby[0]!.property) : undefined;
  if (brief && brief !== 'tooMany' && list.find) return briefPage(call, list, brief, { size, after: after && mark });
  const inOrder = orderby.length === 1 ? list.ordered?.(orderby[0]!) : undefined;
  const isWalk = way === 'walk' || list.isNarrow !== true || brief === 'tooMany';
  if (inOrder && isWalk && way !== 'sort') return walk(inOrder);
  const items = await collect(list);
  if (items) return sortedPage(call, items, { size, after: after && mark });
  if (way === 'sort') throw fault('graphPageTokenStale', {});
  if (inOrder) return walk(inOrder);
  const problem = `more than ${limits.sorted} objects cannot be sorted by ${orderby.map(({ property }) => property).join(', ')}`;
  throw fault('graphQueryUnsupported', { problem: problem.slice(0, 200) });
}

function sortedPage(call: Call, items: readonly Item[], options: PageOptions): PageOfItems {
  const page = pageOf(items, call.query, options);
  return { items: page.items, next: page.next && ['sort', ...page.next] };
}

/** Only the objects of the page are read whole. */
async function briefPage(
  call: Call,
  { find }: DirectoryList,
  brief: readonly Item[],
  options: PageOptions,
): Promise<PageOfItems> {
  const page = pageOf(brief, { ...call.query, filter: undefined, search: undefined }, options);
  const items = await find!(page.items.map(({ id }) => String(id)));
  return { items, next: page.next && ['sort', ...page.next] };
}

async function walkPage(call: Call, reader: Reader, { size, after, isExact }: PageOptions): Promise<PageOfItems> {
  const items: Item[] = [];
  const { filter, search, skip } = call.query;
  const isSifted = !isExact && (filter !== undefined || search !== undefined);
  const start = performance.now();
  let mark = after && markOf(after);
  let left = after ? 0 : (skip ?? 0);
  // As many as the page takes, and more where few of them belong to it.
  let sliceSize = left > 0 ? limits.slice : Math.min(limits.slice, size + 1);
  for (let readCount = 0; ; sliceSize = Math.min(limits.slice, 2 * sliceSize)) {
    const top = isSifted || left > 0 ? sliceSize : Math.min(limits.slice, size - items.length + 1);
    const { rows, next } = await reader.read({ top, after: mark });
    for (const { mark: at, item } of rows) {
      if (isWanted(item, call.query) && left-- <= 0) {
        if (items.length === size) return { items, next: mark && tokenOf(mark) };
        items.push(item);
      }
      mark = at;
    }
    if (!next) return { items, next: undefined };
    mark = next;
    readCount += top;
    if (readCount >= limits.examined || performance.now() - start > limits.milliseconds) break;
    await rest();
  }
  if (left > 0)
    throw fault('graphQueryUnsupported', { problem: 'so many objects cannot be skipped: follow @odata.nextLink' });
  return { items, next: tokenOf(mark!) };
}

const tokenOf = ({ range, key, id }: ListMark): PageMark['after'] => ['walk', range, key, id];
const markOf = ([range, key, id]: PageMark['after']): ListMark => ({
  range: Number(range),
  key: String(key),
  id: String(id),
});

/** Everything that the query may be true of; undefined where that is too much to be sorted for an answer. */
async function collect({ reader }: DirectoryList): Promise<readonly Item[] | undefined> {
  const items: Item[] = [];
  for (let after: ListMark | undefined; ; ) {
    const { rows, next } = await reader.read({ top: limits.slice, after });
    items.push(...rows.map(({ item }) => item));
    if (!next) return items;
    if (items.length > limits.sorted) return undefined;
    after = next;
    await rest();
  }
}

async function countIn(call: Call, list: DirectoryList): Promise<number> {
  return (await list.count(true))?.count ?? countOneByOne(call, list);
}

/** @throws graphQueryUnsupported where too much would have to be compared */
async function countOneByOne(call: Call, list: DirectoryList): Promise<number> {
  let count = 0;
  let readCount = 0;
  for (let after: ListMark | undefined; readCount < limits.counted; readCount += limits.slice) {
    const { rows, next } = await list.reader.read({ top: limits.slice, after });
    count += rows.filter(({ item }) => isWanted(item, call.query)).length;
    if (!next) return count;
    after = next;
    await rest();
  }
  const problem = `more than ${limits.counted} objects would have to be compared for the count: leave out $count or narrow the filter`;
  throw fault('graphQueryUnsupported', { problem });
}
