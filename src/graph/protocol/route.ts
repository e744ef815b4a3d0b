import type { Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import type { PreparedCrl } from '#ports/revocation.ts';
import { derivedOf, memberOfList } from '../lists/derived.ts';
import { type GraphPath, type Key, keyOf } from '../odata/path.ts';
import type { Answer, Call, Prepared } from './call.ts';
import { isOfGraph, isOperation } from './graph-names.ts';

/** One operation of the API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Lower case, `users/{id}/memberof`; keys in braces. */
  readonly path: string;
  /** What the caller must hold; asked before the operation sees the call. */
  readonly need: Need | ((call: Call) => Need | Promise<Need>);
  readonly answer: (call: Call) => Promise<Answer> | Answer;
  /** Links that the operation itself expands whole, in lower case; others are expanded by the operation that reads them. */
  readonly expands?: readonly string[];
  /** Makes what takes long and needs no lock, such as a password's hash, before the transaction. `answer` gets it with the call. */
  readonly prepare?: (call: Call) => Promise<Prepared>;
  /**
   * Why the operation does not run in the guarded transaction of a change: it only reads, it waits for the network and
   * makes its changes through the guard itself, or it checks the password of the caller, who changes it. Everything else but
   * GET runs in it.
   */
  readonly unguarded?: 'reads only' | 'waits for the network' | 'checks a password';
  /** What a dry run makes of an operation that makes its changes through the guard itself. */
  readonly rehearsal?: (call: Call) => Promise<Rehearsal>;
  /** Path of the object that is changed, where it is neither at this path nor above it. */
  readonly object?: string;
}
/** A change as a dry run makes it, in a transaction that is rolled back. */
export interface Rehearsal {
  readonly preparedCrls: readonly PreparedCrl[];
  readonly work: (inside: Call) => Promise<Ruling<unknown>>;
}

/** Does the operation run in the guarded transaction of a change? */
export const isChange = ({ method, unguarded }: Route): boolean => method !== 'GET' && unguarded === undefined;

export interface Matched {
  readonly route: Route;
  readonly keys: Readonly<Record<string, Key>>;
}
type Part = { readonly text: string; readonly key: Key };

/** Every operation, found by path and method. */
export class Routes {
  readonly #routes: readonly (Route & { readonly pattern: readonly string[] })[];
  /** @param routes where two match, the one with more names spelled out wins */
  constructor(routes: readonly Route[]) {
    this.#routes = routes
      .map((route) => ({ ...route, pattern: route.path.split('/') }))
      .sort((item, second) => keysIn(item.pattern) - keysIn(second.pattern));
  }

  /** Is there exactly this operation? */
  has(method: string, path: GraphPath): boolean {
    const parts = this.#partsOf(path);
    return this.#routes.some((route) => route.method === method && keysOf(route.pattern, parts) !== undefined);
  }

  /** Every operation. */
  get all(): readonly Route[] {
    return this.#routes;
  }

  /** @throws graphPathUnknown, graphNotOffered, graphMethodNotAllowed */
  find(method: string, path: GraphPath): Matched {
    const parts = this.#partsOf(path);
    const here = this.#routes.flatMap((route) => {
      const keys = keysOf(route.pattern, parts);
      return keys ? [{ route, keys }] : [];
    });
    const match = here.find(({ route }) => route.method === method && !isCastOfId(route, parts));
    if (match) return match;
    const derivation = method === 'GET' ? this.#derived(parts) : undefined;
    if (derivation) return derivation;
    if (here.length === 0) {
      const stranger = this.#stranger(parts);
      throw fault(isOfGraph(stranger) ? 'graphNotOffered' : 'graphPathUnknown', { segment: stranger });
    }
    const allowedValues = [...new Set(here.map(({ route }) => route.method))];
    throw fault('graphMethodNotAllowed', { method: method.slice(0, 20), allowed: allowedValues });
  }

  /** The parts of a path. An operation has its own name or the qualified one, `microsoft.graph.restore` (graph-api §1.1). */
  #partsOf({ segments }: GraphPath): readonly Part[] {
    const parts: Part[] = segments.flatMap((segment) => {
      const name: Part = { text: segment.name, key: keyOf(segment) };
      return segment.key ? [name, { text: '{}', key: segment.key }] : [name];
    });
    const last = parts.at(-1);
    const text = /^microsoft\.graph\.(.+)$/.exec(last?.text ?? '')?.[1];
    if (!last || text === undefined) return parts;
    const renamed = [...parts.slice(0, -1), { ...last, text }];
    const hasRoute = this.#routes.some(
      ({ pattern }) => pattern.at(-1) === text && keysOf(pattern, renamed) !== undefined,
    );
    return hasRoute ? renamed : parts;
  }

  /** `…/$count`, `…/$ref`, `…/{id}` and `…/{id}/$ref` of a collection whose operations do not have it. */
  #derived(parts: readonly Part[]): Matched | undefined {
    const name = parts.at(-1)?.text ?? '';
    const list = this.#reader(parts.slice(0, -1));
    const route = list && derivedOf(list.route, name);
    if (route) return { route, keys: list.keys };
    const isReference = name === '$ref';
    const object = isReference ? parts.slice(0, -1) : parts;
    const member = object.at(-1);
    const listOfMember = member && isId(member) ? this.#reader(object.slice(0, -1)) : undefined;
    if (!member || !listOfMember) return undefined;
    const keys = { ...listOfMember.keys, member: member.key };
    return { route: memberOfList(listOfMember.route, isReference), keys };
  }

  /** The operation that reads what is at this path. */
  #reader(parts: readonly Part[]): Matched | undefined {
    for (const route of this.#routes) {
      const keys = route.method === 'GET' && !isCastOfId(route, parts) ? keysOf(route.pattern, parts) : undefined;
      if (keys) return { route, keys };
    }
    return undefined;
  }

  /** The operation that reads a link of the object that another one reads, or of each object that it lists; with the key of those. */
  linkOf({ path }: Route, name: string): { readonly route: Route; readonly key: string | undefined } | undefined {
    const below = this.#routes.filter((route) => route.method === 'GET' && route.path.startsWith(`${path}/`));
    const direct = below.find((route) => route.path === `${path}/${name}`);
    if (direct) return { route: direct, key: undefined };
    for (const route of below) {
      const [key = '', link, ...more] = route.path.slice(path.length + 1).split('/');
      if (key.startsWith('{') && link === name && more.length === 0) return { route, key: key.slice(1, -1) };
    }
    return undefined;
  }

  /** Reads the object that an operation changes: at its own path, else the nearest one above. Undefined where there is none. */
  readerOf(route: Route): Route | undefined {
    const parts = (route.object ?? route.path).split('/');
    const above = parts.flatMap((part, i) => (part.startsWith('{') ? [parts.slice(0, i + 1).join('/')] : []));
    return [...above, parts.join('/')]
      .map((path) => this.#routes.find((item) => item.method === 'GET' && item.path === path))
      .findLast((reader) => reader !== undefined && !this.#isCollection(reader));
  }

  /** Does a path lead on to objects by a key? Then it lists them. */
  #isCollection({ path }: Route): boolean {
    return this.#routes.some((route) => route.path.startsWith(`${path}/{`));
  }

  /** The first segment that leads nowhere. */
  #stranger(parts: readonly Part[]): string {
    const leads = (length: number) =>
      this.#routes.some(({ pattern }) => keysOf(pattern.slice(0, length), parts.slice(0, length)) !== undefined);
    const index = parts.findIndex((_, i) => !leads(i + 1));
    return (parts[Math.max(0, index)]?.text ?? '').slice(0, 80);
  }
}

const isId = ({ text }: Part): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
/** Where a path has the name of a type, an id is no name of one. */
const isCastOfId = ({ path }: Route, parts: readonly Part[]): boolean =>
  path.endsWith('/{cast}') && parts.slice(-1).some(isId);
const keysIn = (pattern: readonly string[]) => pattern.filter((part) => part.startsWith('{')).length;

function keysOf(pattern: readonly string[], parts: readonly Part[]): Record<string, Key> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const keys: Record<string, Key> = {};
  for (const [i, wanted] of pattern.entries()) {
    const part = parts[i]!;
    if (wanted.startsWith('{')) {
      if (isOperation(part.text)) return undefined;
      keys[wanted.slice(1, -1)] = part.key;
    }
    if (!wanted.startsWith('{') && wanted !== part.text) return undefined;
  }
  return keys;
}
