import { fault } from '#core/trace/fault.ts';
import type { Item } from '../odata/evaluate.ts';
import { contextOf, requireEventual } from '../protocol/answers.ts';
import { type Answer, type Call, keyText } from '../protocol/call.ts';

/** An operation that lists a collection. */
interface Listing {
  readonly path: string;
  readonly answer: (call: Call) => Promise<Answer> | Answer;
}

/** Operations that every collection has, made of the operation that lists it. */
const makers: Readonly<Record<string, (list: Listing, call: Call) => Promise<Answer>>> = {
  $count: countOfList,
  $ref: referencesOfList,
};

/** `…/$count` and `…/$ref` of an operation that lists a collection; undefined for any other name. */
export function derivedOf<R extends Listing>(list: R, name: string): R | undefined {
  const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
  return make && { ...list, path: `${list.path}/${name}`, answer: (call) => make(list, call) };
}

/** `…/{member}` and `…/{member}/$ref` of an operation that lists a collection: its object with this id. */
export function memberOfList<R extends Listing>(list: R, isReference: boolean): R {
  const path = `${list.path}/{member}${isReference ? '/$ref' : ''}`;
  return { ...list, path, answer: (call) => memberIn(list, call, isReference) };
}

/** A list of many objects is read slice by slice; so many slices are looked through. */
const mostSlices = 100;

/** @throws graphObjectMissing, graphPathUnknown where the path is no collection */
async function memberIn(list: Listing, call: Call, isReference: boolean): Promise<Answer> {
  const id = keyText(call, 'member').toLowerCase();
  const filter = { kind: 'compare', operator: 'eq', path: ['id'], value: { kind: 'text', text: id } } as const;
  const { select } = call.query;
  let skiptoken: string | undefined;
  for (let count = 0; count < mostSlices; count++) {
    const query = { ...call.query, filter, skiptoken, select: isReference ? ['id'] : select };
    const body = ((await list.answer({ ...call, query })).body ?? {}) as Item;
    if (!Array.isArray(body.value)) throw fault('graphPathUnknown', { segment: id });
    const item = (body.value as readonly Item[])[0];
    if (item && isReference)
      return { status: 200, body: { ...contextOf(call, '$ref'), '@odata.id': addressOf(call, item) } };
    if (item) return { status: 200, body: { ...contextOf(call, 'directoryObjects/$entity'), ...item } };
    const next = /\$skiptoken=([^&]+)/.exec(String(body['@odata.nextLink'] ?? ''))?.[1];
    if (next === undefined) break;
    skiptoken = decodeURIComponent(next);
  }
  throw fault('graphObjectMissing', { id });
}

/** 200 `text/plain`: how many there are. @throws graphPathUnknown where the path is no collection */
async function countOfList(list: Listing, call: Call): Promise<Answer> {
  requireEventual(call, '$count');
  const query = { ...call.query, count: true, select: undefined, orderby: [] };
  const { body } = await list.answer({ ...call, query, strict: false });
  const { '@odata.count': count, value } = (body ?? {}) as { '@odata.count'?: number; value?: unknown };
  if (!Array.isArray(value)) throw fault('graphPathUnknown', { segment: '$count' });
  return { status: 200, body: String(count ?? value.length) };
}

/** The objects of a collection by their addresses alone; of a single object, its address. @throws graphPathUnknown */
async function referencesOfList(list: Listing, call: Call): Promise<Answer> {
  const answer = await list.answer({ ...call, query: { ...call.query, select: ['id'] } });
  const body = (answer.body ?? {}) as Item;
  const isList = Array.isArray(body.value);
  if (!isList && typeof body.id !== 'string') throw fault('graphPathUnknown', { segment: '$ref' });
  if (!isList) return { status: 200, body: { ...contextOf(call, '$ref'), '@odata.id': addressOf(call, body) } };
  const { '@odata.context': _, value, ...rest } = body;
  const references = (value as readonly Item[]).map((item) => ({ '@odata.id': addressOf(call, item) }));
  return { status: 200, body: { ...contextOf(call, 'Collection($ref)'), ...rest, value: references } };
}

const addressOf = ({ request, version }: Call, { id }: Item) =>
  `${request.origin}/${version}/directoryObjects/${String(id)}`;
