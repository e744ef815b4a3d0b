import { fault } from '#core/trace/fault.ts';
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
 * An operation that is no read answers no page of a collection: an option that it ignored could be one that the caller relies on,
 * as in `DELETE /groups/{id}?$filter=…`. @throws graphQueryUnreadable
 */
export function requireNoListOptions({ query }: Call, { method }: Route): void {
  const [option] = method === 'GET' ? [] : listOptionsIn(query);
  if (option) throw fault('graphQueryUnreadable', { option, problem: `it cannot be applied to ${method}` });
}

/** The answer of a read, which is a collection where the query has an option for one. @throws graphQueryUnreadable */
export function requireCollection({ query }: Call, answer: Answer): Answer {
  const [option] = listOptionsIn(query);
  const { value } = (answer.body ?? {}) as { readonly value?: unknown };
  if (option === undefined || Array.isArray(value) || typeof answer.body === 'string') return answer;
  throw fault('graphQueryUnreadable', { option, problem: 'it can be applied only to collections' });
}
