import { z } from 'zod';
import { checkNamesIn } from '#admin/entered.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { jsonShapeProblem } from '#net/bodies.ts';
import { parseAnnotated } from '#schema/read.ts';
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
 * `@odata.id` and `…@odata.bind`. Of an object that has types in the schema, `@odata.type` must be one of them. @throws graphPropertyInvalid naming the first wrong property
 */
export function readBody<T extends z.ZodType>(call: Call, shape: T): z.infer<T> {
  const result = parseAnnotated(shape, jsonBody(call.request));
  if ('issue' in result)
    throw fault('graphPropertyInvalid', { target: result.issue.path.join('/'), problem: result.issue.problem });
  orThrow(checkNamesIn(result.value));
  return result.value;
}

/** For an operation that takes nothing: no body, or an empty object. @throws graphPropertyInvalid */
export function readNoBody(call: Call): void {
  if (call.request.body !== undefined && call.request.body.trim() !== '') readBody(call, z.strictObject({}));
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
