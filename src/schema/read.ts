import type { z } from 'zod';
import { typeProblem } from './odata-type.ts';

/** The first thing wrong with the form of an input, and where. */
export interface ShapeIssue {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}
/** What JSON makes of a schema's type: nothing is changed later, and an absent member is absent. */
export type Plain<T> = T extends readonly (infer Element)[]
  ? readonly Plain<Element>[]
  : T extends object
    ? { readonly [Name in keyof T as undefined extends T[Name] ? never : Name]: Plain<T[Name]> } & {
        readonly [Name in keyof T as undefined extends T[Name] ? Name : never]?: Plain<Exclude<T[Name], undefined>>;
      }
    : T;
export type Parsed<T> = { readonly value: T } | { readonly issue: ShapeIssue };

/** Checks the form of an input. Only the first issue is returned; the rest may follow from it. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): Parsed<z.infer<T>> {
  const { success, data, error } = schema.safeParse(input);
  return success ? { value: data } : { issue: issueOf(error.issues[0]!) };
}

/**
 * Checks the form of a body of OData, without its annotations. The type that an object names must be one of those that the
 * schema has for its place (`odataTypes`).
 */
export function parseAnnotated<T extends z.ZodType>(schema: T, body: unknown): Parsed<z.infer<T>> {
  const issue = typeIssue(body, schema, []);
  return issue ? { issue } : parse(schema, withoutAnnotations(body, schema));
}

function typeIssue(value: unknown, schema: unknown, path: ShapeIssue['path']): ShapeIssue | undefined {
  const below = inner(schema);
  if (typeof value !== 'object' || value === null || !below) return undefined;
  const members = Object.entries((below.shape ?? {}) as Record<string, unknown>);
  for (const [name, member] of Object.entries(value)) {
    const isType = !Array.isArray(value) && name.toLowerCase() === '@odata.type';
    const problem = isType ? typeProblem(member, below) : undefined;
    if (problem !== undefined) return { path: [...path, '@odata.type'], problem };
    const [properName, memberSchema] = Array.isArray(value)
      ? [Number(name), below.element]
      : (members.find(([item]) => item.toLowerCase() === name.toLowerCase()) ?? [name, undefined]);
    const issue = typeIssue(member, memberSchema, [...path, properName]);
    if (issue) return issue;
  }
  return undefined;
}

/** The value that was read. @throws what `refuse` makes of what is wrong, such as `record/deviceId: it is required` */
export function required<T>(parsed: Parsed<T>, refuse: (problem: string) => Error): T {
  if ('value' in parsed) return parsed.value;
  const { path, problem } = parsed.issue;
  throw refuse(path.length === 0 ? problem : `${path.join('/')}: ${problem}`);
}

function issueOf(issue: z.core.$ZodIssue): ShapeIssue {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys')
    return { path: [...path, issue.keys[0]!.slice(0, 120)], problem: 'there is no property of this name' };
  return { path, problem: problemOf(issue) };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The messages of schemas are kept; the usual ones of the library are said in the words of a JSON document. */
function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    if (issue.message.endsWith('received undefined')) return 'it is required';
    return `it must be ${typeNames[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid'))
    return `it must be one of ${issue.values.map(String).join(', ')}`;
  return issue.message;
}

/**
 * Spells names as the schema does, and drops OData's annotations unless the schema has them: `@odata.context`,
 * `includeTargets@odata.context` (OData JSON Format 4.01 §4.6). A second spelling of a name stays as it is, and so is no property.
 */
function withoutAnnotations(value: unknown, schema: unknown): unknown {
  if (Array.isArray(value)) {
    const element = inner(schema)?.element;
    return value.map((item) => withoutAnnotations(item, element));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = (inner(schema)?.shape ?? {}) as Record<string, unknown>;
  const spelling = new Map(Object.keys(members).map((name) => [name.toLowerCase(), name]));
  const namesTaken = new Set(Object.keys(value));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isAnnotation(name) || spelling.has(name.toLowerCase()))
      .map(([name, member]) => {
        const schemaName = spelling.get(name.toLowerCase()) ?? name;
        const properName = schemaName !== name && namesTaken.has(schemaName) ? name : schemaName;
        namesTaken.add(properName);
        return [properName, withoutAnnotations(member, members[properName])];
      }),
  );
}

/** The names of a body, as it spells them, that the schema of an object does not have. Annotations are no such names. */
export function namesOutside(schema: z.ZodType, body: object): readonly string[] {
  const members = new Set(Object.keys(inner(schema)?.shape ?? {}).map((name) => name.toLowerCase()));
  return Object.keys(body).filter((name) => !isAnnotation(name) && !members.has(name.toLowerCase()));
}

const isAnnotation = (name: string) => name.includes('@odata.') || name.startsWith('@');

interface Inner {
  readonly shape?: unknown;
  readonly element?: unknown;
}
/** Through optional, nullable and default to the object or array below. */
function inner(schema: unknown): Inner | undefined {
  let below = schema as { unwrap?: () => unknown; def?: { innerType?: unknown } } & Inner;
  while (below && below.shape === undefined && below.element === undefined && below.def?.innerType !== undefined) {
    below = below.def.innerType as typeof below;
  }
  return below;
}
