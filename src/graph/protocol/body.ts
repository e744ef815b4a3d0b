import type { z } from 'zod';
import { checkNamesIn } from '#admin/entered.ts';
import { fault } from '#core/trace/fault.ts';
import { jsonShapeProblem } from '#net/bodies.ts';
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
    throw fault('graphBodyUnreadable', { problem: `it is no JSON (${(problem as Error).message.slice(0, 120)})` });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fault('graphBodyUnreadable', { problem: 'it is no JSON object' });
  }
  return value as Record<string, unknown>;
}

/**
 * The body, checked against what the operation takes. Names are matched without case; annotations are dropped but for
 * `@odata.id` and `…@odata.bind`. @throws graphPropertyInvalid naming the first wrong property
 */
export function readBody<T extends z.ZodType>(call: Call, shape: T): z.infer<T> {
  const body = withoutAnnotations(jsonBody(call.request), shape);
  const parse = shape.safeParse(body);
  if (parse.success) {
    checkNamesIn(parse.data);
    return parse.data;
  }
  const [issue] = parse.error.issues;
  throw fault('graphPropertyInvalid', issueOf(issue!));
}

function issueOf(issue: z.core.$ZodIssue): { target: string; problem: string } {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return { target: path.join('/'), problem: issue.message };
  const target = [...path, issue.keys[0]!].join('/').slice(0, 120);
  return { target, problem: `there is no property of this name` };
}

/** Spells names as the shape does, and drops what OData says about the body rather than in it. */
function withoutAnnotations(value: unknown, shape: unknown): unknown {
  if (Array.isArray(value)) {
    const element = inner(shape)?.element;
    return value.map((item) => withoutAnnotations(item, element));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = (inner(shape)?.shape ?? {}) as Record<string, unknown>;
  const spelling = new Map(Object.keys(members).map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isAnnotation(name) || spelling.has(name.toLowerCase()))
      .map(([name, member]) => {
        const properName = spelling.get(name.toLowerCase()) ?? name;
        return [properName, withoutAnnotations(member, members[properName])];
      }),
  );
}

const isAnnotation = (name: string) => name.includes('@odata.') || name.startsWith('@');

interface Inner {
  readonly shape?: unknown;
  readonly element?: unknown;
}
/** Through optional, nullable and default to the object or array below. */
function inner(shape: unknown): Inner | undefined {
  let below = shape as { unwrap?: () => unknown; def?: { innerType?: unknown } } & Inner;
  while (below && below.shape === undefined && below.element === undefined && below.def?.innerType !== undefined) {
    below = below.def.innerType as typeof below;
  }
  return below;
}
