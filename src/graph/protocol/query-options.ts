import { fault } from '#core/trace/fault.ts';
import { type Item, memberOf } from '../odata/evaluate.ts';
import type { Query } from '../odata/query.ts';
import type { Answer, Call } from './call.ts';
import type { Route } from './route.ts';

/** The query options that a request has and that say which objects of a collection are answered (OData 4.01 Part 2 §5.1). */
function listOptionsIn(query: Query): readonly string[] {
  const { filter, search, orderby, top, skip, count, skiptoken, deltatoken } = query;
  const options = { filter, search, orderby: orderby[0], top, skip, count: count || undefined, skiptoken, deltatoken };
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`$${name}`]));
}

/**
 * An operation other than a read does not answer a page of a collection: an option that it ignored could be one that the caller relies on,
 * as in `DELETE /groups/{id}?$filter=…`. @throws graphQueryUnreadable
 */
export function requireNoListOptions({ query }: Call, { method }: Route): void {
  const [option] = method === 'GET' ? [] : listOptionsIn(query);
  if (option) throw fault('graphQueryUnreadable', { option, problem: `it cannot be applied to ${method}` });
}

/**
 * The answer of a read. Where it is one object, the query has no option for a collection, and the object has the properties that
 * are selected: an operation that shows a document of its own does not look at `$select`. @throws graphQueryUnreadable
 */
export function checkAnswer({ query }: Call, answer: Answer): Answer {
  const { body } = answer;
  const isJson = typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
  if (typeof body === 'string' || (isJson && Array.isArray((body as Item).value))) return answer;
  const [option] = listOptionsIn(query);
  if (option) throw fault('graphQueryUnreadable', { option, problem: 'it can be applied only to collections' });
  // A reference has no properties: clients send the same $select to every address.
  const hasProperties = isJson && !('@odata.id' in body);
  return hasProperties && query.select ? { ...answer, body: selection(body as Item, query) } : answer;
}

function selection(item: Item, { select = [], expand }: Query): Item {
  const names = [...select, ...expand].map((text) => text.split(/[/(]/)[0]!.trim().toLowerCase());
  if (names.includes('*')) return item;
  const stranger = names.find((name) => !name.startsWith('@') && memberOf(item, name) === undefined);
  if (stranger !== undefined) {
    const problem = `Could not find a property named '${stranger.slice(0, 60)}'`;
    throw fault('graphQueryUnreadable', { option: '$select', problem });
  }
  const isSelected = (name: string) => name === 'id' || name.includes('@') || names.includes(name.toLowerCase());
  return Object.fromEntries(Object.entries(item).filter(([name]) => isSelected(name)));
}
