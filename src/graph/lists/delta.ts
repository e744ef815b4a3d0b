import { changeRetention } from '#core/directory/retention.ts';
import { fault } from '#core/trace/fault.ts';
import type { DirectoryChange, ListMark } from '#ports/directory/lists.ts';
import type { Item } from '../odata/evaluate.ts';
import { propertiesIn } from '../odata/evaluate.ts';
import { isWanted } from '../odata/page.ts';
import { boundTo, choice, contextOf, type GraphResource, nextLink, preferredSize } from '../protocol/answers.ts';
import type { Answer, Call } from '../protocol/call.ts';
import { checkProperties } from '../protocol/properties/check.ts';

/** How objects of a kind are described to a client that keeps a copy of them. */
export interface DeltaOf {
  readonly kind: 'user' | 'group';
  readonly view: GraphResource;
  /** The next objects of the directory as it is now, in any order that continues from a mark. */
  first(options: { readonly top: number; readonly after: ListMark | undefined }): Promise<{
    readonly items: readonly Item[];
    readonly next: ListMark | undefined;
  }>;
  /** Objects that were changed, as they are now. One that is not there is left out. */
  find(ids: readonly string[]): Promise<readonly Item[]>;
  /** What the changes of the parts of an object are, such as `members@delta`. */
  parts?(changes: readonly DirectoryChange[]): Item;
}

const limits = { page: 100, most: 999 } as const;

/**
 * 200 with the objects that were changed since the caller asked last; without a token with every object. The last page has an
 * `@odata.deltaLink` for the next time. @throws graphDeltaTokenStale
 */
export async function deltaPage(call: Call, delta: DeltaOf): Promise<Answer> {
  refuseOptions(call);
  checkProperties(call, delta.view);
  const token = tokenIn(call);
  const size = Math.min(call.query.top ?? preferredSize(call, limits.page, limits.most), limits.most);
  if (token === 'latest') return answerOf(call, delta, [], endOf(call, await call.ports.lists.version()));
  if (token?.kind === 'changes') return changedPage(call, delta, token, size);
  const version = token?.version ?? (await call.ports.lists.version());
  const { items, next } = await delta.first({ top: size, after: token?.mark });
  const value = items.filter((item) => isWanted(item, call.query)).map((item) => show(call, item, delta));
  return answerOf(
    call,
    delta,
    value,
    next ? more(call, ['first', version, next.range, next.key, next.id]) : endOf(call, version),
  );
}

type Token =
  | { readonly kind: 'first'; readonly version: number; readonly mark: ListMark }
  | { readonly kind: 'changes'; readonly version: number };

/** @throws graphQueryUnsupported */
function refuseOptions({ query }: Call): void {
  const { filter, search, orderby, skip, expand, count } = query;
  const isOfIds = !filter || propertiesIn(filter).every((name) => name.toLowerCase() === 'id');
  if (search || orderby.length > 0 || skip !== undefined || expand.length > 0 || count || !isOfIds)
    throw fault('graphQueryUnsupported', { problem: 'a delta query takes $select, $top and a $filter of ids' });
}

/** @throws graphDeltaTokenStale */
function tokenIn(call: Call): Token | 'latest' | undefined {
  const { deltatoken, skiptoken } = call.query;
  if (deltatoken?.toLowerCase() === 'latest') return 'latest';
  const text = skiptoken ?? deltatoken;
  if (text === undefined) return undefined;
  const [kind, version, ...rest] = readToken(call, text);
  if (kind === 'first') {
    const [range, key, id] = rest;
    return { kind, version: Number(version), mark: { range: Number(range), key: String(key), id: String(id) } };
  }
  if (kind !== 'changes' || Number(rest[0]) < call.at.getTime() - changeRetention)
    throw fault('graphDeltaTokenStale', {});
  return { kind, version: Number(version) };
}

function readToken(call: Call, text: string) {
  try {
    return call.tokens.read(text, boundTo(call)).after;
  } catch {
    throw fault('graphDeltaTokenStale', {});
  }
}

async function changedPage(
  call: Call,
  delta: DeltaOf,
  { version }: { readonly version: number },
  size: number,
): Promise<Answer> {
  const changes = await call.ports.lists.changes(delta.kind, { after: version, top: size });
  const byObject = Map.groupBy(changes, ({ id }) => id);
  const current = new Map((await delta.find([...byObject.keys()])).map((item) => [String(item.id), item]));
  const items: Item[] = [];
  for (const [id, ofObject] of byObject) {
    const item = current.get(id);
    if (!item) items.push({ id, '@removed': { reason: await reasonOf(call, id) } });
    else if (isWanted(item, call.query)) items.push(changedItem(call, delta, item, ofObject));
  }
  const last = changes.at(-1)?.version ?? version;
  return answerOf(call, delta, items, changes.length < size ? endOf(call, last) : more(call, tokenOf(call, last)));
}

/** A deleted object can be restored for a while: then it was changed, says Graph. */
const reasonOf = async ({ ports }: Call, id: string) => ((await ports.deleted.find(id)) ? 'changed' : 'deleted');

function changedItem(call: Call, delta: DeltaOf, item: Item, changes: readonly DirectoryChange[]): Item {
  const parts = changes.filter(({ member }) => member !== undefined);
  const isWhole = parts.length < changes.length;
  const itemPart: Item = isWhole ? show(call, item, delta) : { id: item.id };
  return parts.length > 0 && delta.parts ? { ...itemPart, ...delta.parts(parts) } : itemPart;
}

/** The item as selected, with what the first answers say of its parts. */
function show(call: Call, item: Item, { view }: DeltaOf): Item {
  const { 'members@delta': members, ...rest } = item;
  const withoutMembers = {
    ...call,
    query: { ...call.query, select: call.query.select?.filter((name) => name !== 'members') },
  };
  const { '@odata.etag': _, ...selection } = choice(withoutMembers, rest, view);
  return members === undefined ? selection : { ...selection, 'members@delta': members };
}

const tokenOf = (call: Call, version: number) => ['changes', version, call.at.getTime()];
type Link = Readonly<Record<string, string>>;

function more(call: Call, after: readonly (string | number)[]): Link {
  return { '@odata.nextLink': nextLink(call, call.tokens.write({ after, eventual: false }, boundTo(call))) };
}

function endOf(call: Call, version: number): Link {
  const token = call.tokens.write({ after: tokenOf(call, version), eventual: false }, boundTo(call));
  return { '@odata.deltaLink': nextLink(call, token).replace(/\$skiptoken=/, '$deltatoken=') };
}

const answerOf = (call: Call, { view }: DeltaOf, value: readonly Item[], link: Link): Answer => ({
  status: 200,
  body: { ...contextOf(call, `${view.set}`), ...link, value },
});
