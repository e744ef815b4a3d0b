import { fault } from '#core/trace/fault.ts';
import type { Filter, Path, Value } from './filter.ts';

/** The members of enumerations, by property: a filter can compare with no other text. */
export type EnumerationWords = Readonly<Record<string, readonly string[]>>;

/** OData 4.01 Part 2 §5.1.1.6.2: a text that the enumeration does not have is an error. As a comparison it would never be true. @throws graphQueryUnreadable */
export function checkFilterWords(filter: Filter | undefined, words: EnumerationWords): void {
  for (const { path, value } of filter ? comparisonsIn(filter) : []) {
    if (value.kind !== 'text') continue;
    const [name, members] =
      Object.entries(words).find(([item]) => item.toLowerCase() === path.join('/').toLowerCase()) ?? [];
    if (!members || members.some((member) => member.toLowerCase() === value.text.toLowerCase())) continue;
    const problem = `'${value.text.slice(0, 60)}' is not a value of ${name}, which has ${members.join(', ')}`;
    throw fault('graphQueryUnreadable', { option: '$filter', problem });
  }
}

interface Comparison {
  readonly path: Path;
  readonly value: Value;
}

/** Every value that the filter compares a property with; that of a lambda's variable is compared with the collection. */
function comparisonsIn(filter: Filter): readonly Comparison[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...comparisonsIn(filter.left), ...comparisonsIn(filter.right)];
    case 'not':
      return comparisonsIn(filter.of);
    case 'compare':
      return [filter];
    case 'in':
      return filter.values.map((value) => ({ path: filter.path, value }));
    case 'call':
      return [];
    default: {
      const { path, variable, condition } = filter;
      const ofMember = (inner: Path) => (inner[0] === variable ? [...path, ...inner.slice(1)] : inner);
      return (condition ? comparisonsIn(condition) : []).map((item) => ({ ...item, path: ofMember(item.path) }));
    }
  }
}
