import { fault } from '#core/trace/fault.ts';

/** A Graph path, read (graph-api §1.1). Names are lower case; keys and what stands in parentheses keep theirs. */
export interface GraphPath {
  readonly version: 'v1.0' | 'beta';
  /** The tenant that the path names before its first segment, in lower case; the tenant of the token where it names none. */
  readonly tenant?: string;
  readonly segments: readonly Segment[];
}
export interface Segment {
  /** Lower case: paths are matched without regard to case. */
  readonly name: string;
  /** As the request wrote it. */
  readonly spelled: string;
  /** `('x')`: the key; `(appId='x')`: an alternate key. */
  readonly key?: Key;
}
export interface Key {
  /** Lower case, undefined for the object's own key. */
  readonly property: string | undefined;
  readonly value: string;
  /** Of a function with parameters, `summary(interval='PT1H',from=…)`, by name in lower case. */
  readonly parameters?: Readonly<Record<string, string>>;
}

const versions = { 'v1.0': 'v1.0', beta: 'beta' } as const;
const longestPath = 4096;

/** Is this a path of Graph at all? */
export function isGraphPath(pathname: string): boolean {
  return /^\/+(?:v1\.0|beta)(?:\/|$)/i.test(pathname);
}

/**
 * Reads `/v1.0/users('ana@x.com')/authentication/methods`. Double slashes are one; `/myorganization` is skipped (CLI for
 * Microsoft 365 writes it), and a tenant is read apart. @throws graphPathUnknown
 */
export function parsePath(pathname: string): GraphPath {
  if (pathname.length > longestPath) throw fault('graphPathUnknown', { segment: pathname.slice(0, 40) });
  const [first = '', ...rest] = pathname.split('/').filter((part) => part !== '');
  const version = versions[first.toLowerCase() as keyof typeof versions];
  if (!version) throw fault('graphPathUnknown', { segment: first });
  const segments = rest.map(readSegment);
  const head = segments[0];
  if (head?.name === 'myorganization') return { version, segments: segments.slice(1) };
  if (head && !head.key && isTenant(head.name)) return { version, tenant: head.name, segments: segments.slice(1) };
  return { version, segments };
}

/** A tenant's id or a domain: no collection of Graph has a name with a dot, but for casts. */
const isTenant = (name: string): boolean =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name) ||
  (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(name) && !name.startsWith('microsoft.graph.'));

/** Microsoft's own pages write `graph.user` for the cast `microsoft.graph.user`. */
const wholeType = (text: string): string => text.replace(/^graph\.(?=\w)/i, 'microsoft.graph.');

/** `users`, `users('k')`, `directoryRoles(roleTemplateId='k')`, `roleTemplateId=k`; also `usage()`, which has no key. */
function readSegment(raw: string): Segment {
  const spelling = wholeType(plain(raw));
  const call = /^([^(]*)\((.*)\)$/s.exec(spelling);
  if (!call) return { name: spelling.toLowerCase(), spelled: spelling };
  const [, name = '', inside = ''] = call;
  if (inside === '') return { name: `${name.toLowerCase()}()`, spelled: spelling };
  return { name: name.toLowerCase(), spelled: name, key: readKey(inside) };
}

/** What stands in the parentheses, or in a segment `appId=…`. */
function readKey(text: string): Key {
  const withName = /^([A-Za-z]\w*)\s*=\s*(.*)$/s.exec(text);
  const value = withName ? withName[2]! : text;
  const key = { property: withName?.[1]?.toLowerCase(), value: withoutQuotes(value) };
  return withName ? { ...key, parameters: parametersIn(text) } : key;
}

const withoutQuotes = (value: string): string => /^'(.*)'$/s.exec(value)?.[1]?.replaceAll("''", "'") ?? value;

/** `interval='PT1H',from=2027-03-01T00:00:00Z`: names in lower case, values without their quotes. */
function parametersIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.match(/[A-Za-z]\w*\s*=\s*(?:'(?:[^']|'')*'|[^,']*)/g) ?? [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim().toLowerCase(), withoutQuotes(pair.slice(at + 1).trim())];
    }),
  );
}

/** A key given as its own segment: `/users/ana@x.com`, `/directoryRoles/roleTemplateId=…`. */
export function keyOf(segment: Segment): Key {
  const withName = /^(\w+)='?([^']+)'?$/s.exec(segment.spelled);
  if (withName && ['appid', 'roletemplateid', 'deviceid'].includes(withName[1]!.toLowerCase())) {
    return { property: withName[1]!.toLowerCase(), value: withName[2]! };
  }
  return { property: undefined, value: segment.spelled };
}

function plain(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    throw fault('graphPathUnknown', { segment: raw.slice(0, 40) });
  }
}
