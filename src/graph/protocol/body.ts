import { z } from 'zod';
import { checkNamesIn } from '#admin/entered.ts';
import { isSameJson } from '#core/canonical-json.ts';
import { fault } from '#core/trace/fault.ts';
import { isFault } from '#core/trace/faults.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { jsonShapeProblem } from '#net/bodies.ts';
import { namesOutside, parseAnnotated } from '#schema/read.ts';
import { type Item, memberOf } from '../odata/evaluate.ts';
import { parseQuery } from '../odata/query.ts';
import type { Call, GraphRequest } from './call.ts';

/** The JSON object of a body. Annotations (`@odata.type` and the like) stay in. @throws graphContentTypeUnsupported, graphBodyUnreadable */
export function jsonBody(request: GraphRequest): Record<string, unknown> {
  if (request.body === undefined || request.body.trim() === '') {
    throw fault('graphBodyUnreadable', { problem: 'there is none' });
  }
  const type = request.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw fault('graphContentTypeUnsupported', { type: type.slice(0, 80) });
  const shape = jsonShapeProblem(request.body);
  if (shape) throw fault('graphBodyUnreadable', { problem: shape });
  let value: unknown;
  try {
    value = JSON.parse(request.body);
  } catch (problem) {
    throw fault('graphBodyUnreadable', { problem: `it is not JSON (${(problem as Error).message.slice(0, 120)})` });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fault('graphBodyUnreadable', { problem: 'it is not a JSON object' });
  }
  return value as Record<string, unknown>;
}

/**
 * The body, checked against what the operation takes. Names are matched without case; annotations are dropped but for
 * `@odata.id` and `…@odata.bind`. Of an object that has types in the schema, `@odata.type` must be one of them. A read-only
 * property can be sent back with the value that it is read with.
 * @throws graphPropertyInvalid naming the first wrong property
 */
export async function readBody<T extends z.ZodType>(call: Call, shape: T): Promise<z.infer<T>> {
  const result = parseAnnotated(shape, await withoutUnchanged(call, jsonBody(call.request), shape));
  if ('issue' in result) throw invalid(result.issue.path.join('/'), result.issue.problem);
  orThrow(checkNamesIn(result.value));
  return result.value;
}

const invalid = (target: string, problem: string) => fault('graphPropertyInvalid', { target, problem });

/** For an operation that takes nothing: no body, or an empty object. @throws graphPropertyInvalid */
export async function readNoBody(call: Call): Promise<void> {
  if (call.request.body !== undefined && call.request.body.trim() !== '') await readBody(call, z.strictObject({}));
}

/**
 * The body of a change without the read-only properties that have the value of the object: a client can read an object, change
 * one property and send all of them. @throws graphPropertyInvalid for a read-only property with another value
 */
async function withoutUnchanged(call: Call, body: Item, shape: z.ZodType): Promise<Item> {
  const names = namesOutside(shape, body);
  if (names.length === 0 || !['PATCH', 'PUT'].includes(call.request.method)) return body;
  const current = await currentValues(call, names);
  for (const name of Object.keys(current))
    if (!isSameJson(current[name], body[name])) throw invalid(name.slice(0, 120), 'it is read-only');
  return Object.fromEntries(Object.entries(body).filter(([name]) => !Object.hasOwn(current, name)));
}

/** These properties of the object at the address; none where it does not have one of them, or the caller may not read it. */
async function currentValues(call: Call, names: readonly string[]): Promise<Item> {
  const header = (name: string) => (name === 'accept' ? undefined : call.request.header(name));
  const query = { ...parseQuery(''), select: names };
  try {
    const item = (await call.read?.({ ...call, query, request: { ...call.request, header } }))?.body as
      | Item
      | undefined;
    return Object.fromEntries(
      names.map((name) => [name, item && memberOf(item, name)]).filter(([, value]) => value !== undefined),
    );
  } catch (problem) {
    if (!isFault(problem)) return {};
    throw problem;
  }
}

/** How a body becomes text: that of a picture keeps every octet as one character. */
export const encodingOf = (contentType: string | null | undefined): 'utf8' | 'latin1' =>
  isBinary(contentType ?? '') ? 'latin1' : 'utf8';

const isBinary = (type: string): boolean => /^(?:image\/|application\/octet-stream)/i.test(type);

/** The octets of a picture. What it is is read from them. @throws graphContentTypeUnsupported, graphBodyUnreadable */
export function octetsIn(request: GraphRequest): Uint8Array {
  const type = request.header('content-type') ?? '';
  if (!isBinary(type)) throw fault('graphContentTypeUnsupported', { type: type.slice(0, 80) });
  if (request.body === undefined) throw fault('graphBodyUnreadable', { problem: 'there is none' });
  return new Uint8Array(Buffer.from(request.body, 'latin1'));
}
