import { CardeaError, fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Item } from '../odata/evaluate.ts';
import { parseQuery, type Query } from '../odata/query.ts';
import type { Answer, Call } from '../protocol/call.ts';
import { permit } from '../protocol/caller.ts';
import type { Route } from '../protocol/route.ts';

/** As many objects of a link come with an object as Graph sends; the rest is read at the address of the link. */
const mostLinked = 20;
const mostExpanded = 100;

/** A link of an object, which has an operation of its own. */
interface Link {
  readonly name: string;
  readonly query: Query;
  readonly route: Route;
  /** The key that the operation reads the object by; undefined where its path has that of the request. */
  readonly key: string | undefined;
}
type LinkFinder = (
  route: Route,
  name: string,
) => { readonly route: Route; readonly key: string | undefined } | undefined;

/**
 * Answers a read with what its objects are readLink to, for each name in `$expand` at which there is an operation to read; the
 * other names are left to the operation itself (graph-api §1.6).
 * @throws graphQueryUnsupported for a page of more objects than are expanded, and what the operation of a link throws
 */
export async function answerExpanded(call: Call, route: Route, find: LinkFinder): Promise<Answer> {
  const links = call.query.expand.flatMap((text) => linkIn(text, route, find));
  if (links.length === 0) return route.answer(call);
  const rest = call.query.expand.filter((text) => !links.some(({ name }) => name === nameIn(text)));
  if ((call.query.top ?? 0) > mostExpanded)
    throw fault('graphQueryUnsupported', { problem: `$expand takes a $top of at most ${mostExpanded}` });
  const answer = await route.answer({ ...call, query: { ...call.query, expand: rest } });
  const body = answer.body as Item & { readonly value?: readonly Item[] };
  if (!Array.isArray(body.value)) return { ...answer, body: await withLinks(call, body, links) };
  const value: Item[] = [];
  for (const item of body.value) value.push(await withLinks(call, item, links));
  return { ...answer, body: { ...body, value } };
}

const nameIn = (text: string): string => text.split('(')[0]!.trim();

function linkIn(text: string, route: Route, find: LinkFinder): readonly Link[] {
  const name = nameIn(text);
  const link = route.expands?.includes(name.toLowerCase()) ? undefined : find(route, name.toLowerCase());
  const options = /\((.*)\)$/s.exec(text)?.[1] ?? '';
  const search = options.split(';').map((option) => {
    const at = option.indexOf('=');
    return at < 0 ? option : `${option.slice(0, at).trim()}=${encodeURIComponent(option.slice(at + 1))}`;
  });
  return link ? [{ ...link, name, query: parseQuery(`?${search.join('&')}`) }] : [];
}

async function withLinks(call: Call, item: Item, links: readonly Link[]): Promise<Item> {
  const result: Record<string, unknown> = { ...item };
  for (const { name, query, route, key } of links) {
    const keys =
      key === undefined ? call.keys : { ...call.keys, [key]: { property: undefined, value: String(item.id) } };
    const inner = { ...call, keys, query: { ...query, top: Math.min(query.top ?? mostLinked, mostLinked) } };
    orThrow((await permit(inner, route)).ruling);
    result[name] = await readLink(inner, route);
  }
  return result;
}

/** The objects of a link, or its one object; null where there is none. */
async function readLink(call: Call, route: Route): Promise<unknown> {
  try {
    const { '@odata.context': _, value, ...item } = (await route.answer(call)).body as Item;
    return Array.isArray(value) ? value : item;
  } catch (problem) {
    if (problem instanceof CardeaError && problem.because.code === 'graphObjectMissing') return null;
    throw problem;
  }
}
