import { cardeaAnswer, opensslAnswer, relationOf } from './compare.ts';
import { itemsIn } from './items.ts';

export interface Tally {
  /** Kind, relation, count, the two answers, an example. */
  readonly rows: readonly (readonly string[])[];
  readonly items: number;
  /** How many Cardea reads and OpenSSL does not. */
  readonly laxer: number;
}

/** Compares everything in a folder; equal answers are counted in one row. */
export function tally(folder: string): Tally {
  const items = itemsIn(folder);
  const groups = new Map<string, { readonly cells: readonly string[]; readonly example: string; count: number }>();
  let laxer = 0;
  for (const item of items) {
    const [cardea, openssl] = [cardeaAnswer(item), opensslAnswer(item)];
    const relation = relationOf(cardea, openssl);
    if (relation === 'Cardea is laxer') laxer += 1;
    const facts = relation === 'facts differ' ? [cardea.facts ?? '', openssl.facts ?? ''] : ['', ''];
    const cells = [item.kind, relation, `${cardea.words}${facts[0]}`, `${openssl.words}${facts[1]}`];
    const group = groups.get(cells.join('|')) ?? { cells, example: item.name, count: 0 };
    group.count += 1;
    groups.set(cells.join('|'), group);
  }
  const sorted = [...groups.values()].sort((a, b) => compareText(a.cells, b.cells) || b.count - a.count);
  const rows = sorted.map(({ cells: [kind, relation, ours, theirs], count, example }) => [
    kind!,
    relation!,
    `${count}`,
    ours!,
    theirs!,
    example,
  ]);
  return { rows, items: items.length, laxer };
}

const compareText = ([kind, relation]: readonly string[], [kind2, relation2]: readonly string[]): number =>
  `${kind} ${relation}`.localeCompare(`${kind2} ${relation2}`);
