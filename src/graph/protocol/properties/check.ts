import { isExtensionName } from '#core/directory/extension-property.ts';
import { fault } from '#core/trace/fault.ts';
import { pathsIn } from '../../odata/evaluate.ts';
import type { Path } from '../../odata/filter.ts';
import type { Query } from '../../odata/query.ts';
import type { Call } from '../call.ts';
import { propertiesOf } from './properties.ts';

/** The part of a `GraphResource` that names of properties depend on. */
interface CheckedType {
  readonly type: string;
  readonly alsoKnown?: readonly string[];
}

/**
 * Refuses a property that the type does not have, and an expansion that is not answered. What objects there are does not count,
 * so that an empty list refuses what a full one refuses. Nothing is known of the types of collections that are always empty.
 * @throws graphQueryUnreadable
 */
export function checkProperties(
  { query, version }: Pick<Call, 'query' | 'version'>,
  { type, alsoKnown = [] }: CheckedType,
): void {
  const properties = propertiesOf(type, version);
  if (!properties) return;
  const nullNames = new Set(alsoKnown.map((name) => name.toLowerCase()));
  const hasExtensions = type === 'user' || type === 'directoryObject';
  const isOther = (name: string) =>
    name === '*' || name.startsWith('@') || nullNames.has(name) || (hasExtensions && isExtensionName(name));
  /** The first part of a path where the type does not have a property; undefined where each is one. */
  const strangerIn = (spelled: Path): string | undefined => {
    const names = spelled.map((name) => name.toLowerCase());
    if (isOther(names[0]!) && !properties.has(names[0]!)) return undefined;
    for (const i of names.keys()) {
      const path = names.slice(0, i + 1).join('/');
      if (!properties.has(path) && names[i] !== '$count') return spelled[i];
      if (properties.has(`${path}/*`)) return undefined;
    }
    return undefined;
  };
  for (const [option, paths] of Object.entries(pathsNamed(query))) {
    const stranger = paths.map(strangerIn).find((name) => name !== undefined);
    if (stranger === undefined) continue;
    const problem = `Could not find a property named '${stranger.slice(0, 60)}' on type 'microsoft.graph.${type}'`;
    throw fault('graphQueryUnreadable', { option, problem });
  }
  const stranger = query.expand
    .map((text) => text.split('(')[0]!.trim())
    .find((name) => name !== '*' && !properties.has(name.toLowerCase()));
  if (stranger === undefined) return;
  const problem = `'${stranger.slice(0, 60)}' of type 'microsoft.graph.${type}' is not expanded here: read it at its own address`;
  throw fault('graphQueryUnreadable', { option: '$expand', problem });
}

/** The properties that each option of a query is about. */
const pathsNamed = ({
  select = [],
  filter,
  search = [],
  orderby,
}: Query): Readonly<Record<string, readonly Path[]>> => ({
  $select: select.map((name) => name.split('/')),
  $filter: filter ? pathsIn(filter) : [],
  $search: search.flat().flatMap(({ property }) => (property === '' ? [] : [[property]])),
  $orderby: orderby.map(({ property }) => property.split('/')),
});
