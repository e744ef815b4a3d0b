import { fault } from '#core/trace/fault.ts';
import type { Item } from '../odata/evaluate.ts';
import { checkFilterWords } from '../odata/filter-words.ts';
import { isWanted } from '../odata/page.ts';
import { requireProperties } from '../odata/search.ts';
import {
  boundTo,
  choice,
  contextOf,
  type GraphResource,
  nextLink,
  pageMark,
  preferredSize,
} from '../protocol/answers.ts';
import type { Answer, Call } from '../protocol/call.ts';
import { checkProperties } from '../protocol/properties/check.ts';
import { rest, rowsAtOnce } from './rest.ts';

/** A log in its store, from which a page at a time is read. */
export interface Log {
  /** What the log is ordered by. */
  readonly time: string;
  /** How many there are, where `$count=true` asks for it; the log says what it can count. */
  count?(): Promise<{ readonly count: number; readonly isCeiling: boolean }>;
  /** The one order that the log can also be read in, by its time; other lists have no order that may be chosen. */
  readonly isOrdered?: true;
  /** Whether an entry passes the search, for a log that searches by itself. */
  isMatch?(item: Item): boolean;
  /** Whether an entry that was read belongs to the list. */
  isListed?(item: Item): boolean;
  /** Entries after the mark, as Graph shows them; fewer than `top` only when there are no more. */
  read(query: { readonly top: number; readonly after: LogMark | undefined }): Promise<readonly Item[]>;
}
export interface LogMark {
  readonly id: string;
  readonly at: Date;
}
const logLimits = { page: 1000, examined: 2500 } as const;

/**
 * 200 with a page of a log (graph-api §1.5). What the store cannot look up is compared here, entry by entry; a page ends
 * after so many of them even when it is not full, and its link continues from there.
 */
export async function logPage(call: Call, log: Log, view: GraphResource): Promise<Answer> {
  const { query } = call;
  refuseOptions(call, log);
  checkProperties(call, view);
  checkFilterWords(query.filter, view.words ?? {});
  const bound = boundTo(call);
  const mark = pageMark(call);
  const size = query.top ?? preferredSize(call, logLimits.page, logLimits.page);
  const { items, next } = await readLog(call, log, { size, after: mark && readMark(mark.after) });
  const link =
    next && nextLink(call, call.tokens.write({ after: [next.at.getTime(), next.id], eventual: false }, bound));
  const value = items.map((item) => choice(call, item, view));
  const countPart = query.count && !mark ? await countInLog(log) : {};
  const body = { ...contextOf(call, view.set), ...countPart, ...(link ? { '@odata.nextLink': link } : {}), value };
  return { status: 200, body };
}

/** @throws graphQueryUnreadable, graphQueryUnsupported */
function refuseOptions({ query: { top = 0, skip, orderby } }: Call, log: Log): void {
  if (top > logLimits.page)
    throw fault('graphQueryUnreadable', { option: '$top', problem: `it must be at most ${logLimits.page}` });
  if (skip !== undefined)
    throw fault('graphQueryUnsupported', { problem: 'this list takes no $skip: follow @odata.nextLink' });
  if (orderby.length > 0 && !log.isOrdered)
    throw fault('graphQueryUnsupported', { problem: 'the order of this list is fixed: leave out $orderby' });
}

/** @throws graphQueryUnsupported */
async function countInLog(log: Log): Promise<Record<string, unknown>> {
  if (!log.count) throw fault('graphQueryUnsupported', { problem: 'this list is not counted: leave out $count' });
  const { count, isCeiling } = await log.count();
  return { '@odata.count': count, ...(isCeiling ? { '@cardea.countIsCeiling': true } : {}) };
}

const readMark = ([at, id]: readonly unknown[]): LogMark => ({ at: new Date(Number(at)), id: String(id) });

async function readLog(
  call: Call,
  log: Log,
  { size, after }: { readonly size: number; readonly after: LogMark | undefined },
) {
  const items: Item[] = [];
  // A log that has a search of its own takes words without a property.
  const query = log.isMatch ? { ...call.query, search: undefined } : call.query;
  if (query.search) requireProperties(query.search);
  let last = after;
  // As many as the page takes, and more where few of them belong to it.
  let top = Math.min(rowsAtOnce, size + 1);
  for (let examinedCount = 0; examinedCount < logLimits.examined; top = Math.min(rowsAtOnce, 2 * top)) {
    const entries = await log.read({ top, after: last });
    for (const entry of entries) {
      if (isWanted(entry, query) && (log.isMatch?.(entry) ?? true) && (log.isListed?.(entry) ?? true)) {
        if (items.length === size) return { items, next: last };
        items.push(entry);
      }
      last = { id: entry.id as string, at: new Date(entry[log.time] as string) };
    }
    if (entries.length < top) return { items, next: undefined };
    examinedCount += entries.length;
    await rest();
  }
  return { items, next: last };
}
