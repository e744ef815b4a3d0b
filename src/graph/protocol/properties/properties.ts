import { directoryProperties } from './directory.ts';
import { logProperties } from './logs.ts';
import { policyProperties } from './policies.ts';

/**
 * The properties of a type, in the notation of `$expand`: `status(errorCode failureReason)`. After a property whose parts are not
 * known, because it is always null or empty here, there is a `*`.
 */
type PropertyTable = Readonly<Record<string, string>>;

const { user, group, device, application, servicePrincipal, directoryRole } = directoryProperties;
const table: PropertyTable = {
  ...directoryProperties,
  ...policyProperties,
  ...logProperties,
  directoryObject: [user, group, device, application, servicePrincipal, directoryRole].join(' '),
};

const sets = new Map(Object.entries(table).map(([type, text]) => [type.toLowerCase(), pathsOf(text)]));
const betaSets = new Map(
  [...sets].map(([type, paths]) => [type, new Set([...paths, ...(sets.get(`${type} beta`) ?? [])])] as const),
);

/**
 * Every path of a property that the type has in a version, in lower case, and `path/*` where anything can follow; undefined for a
 * type that is not known.
 */
export const propertiesOf = (type: string, version: 'v1.0' | 'beta'): ReadonlySet<string> | undefined =>
  (version === 'beta' ? betaSets : sets).get(type.toLowerCase());

function pathsOf(text: string): ReadonlySet<string> {
  const paths = new Set<string>();
  const above: string[] = [];
  let last = '';
  for (const [token] of text.toLowerCase().matchAll(/[()*]|[^\s()*]+/g)) {
    if (token === '(') above.push(last);
    else if (token === ')') last = above.pop()!;
    else if (token === '*') paths.add(`${last}/*`);
    else {
      last = [...above.slice(-1), token].join('/');
      paths.add(last);
    }
  }
  return paths;
}
