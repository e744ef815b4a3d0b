import { fault } from '#core/trace/fault.ts';
import { type Item, memberOf } from './evaluate.ts';

/** A `$search`: clauses `"property:term"` joined by AND and OR, AND first (graph-api §1.6). */
export type Search = readonly (readonly Clause[])[];
interface Clause {
  readonly property: string;
  readonly term: string;
}

const mostClauses = 20;

/** Reads `"displayName:an" OR "mail:an"`. @throws graphQueryUnreadable */
export function parseSearch(text: string): Search {
  const pieces = text.trim().match(/"(?:[^"\\]|\\.)*"|AND|OR|\S+/gi) ?? [];
  const anyItem: Clause[][] = [[]];
  pieces.forEach((piece, i) => {
    if (i % 2 === 0) anyItem.at(-1)!.push(readClause(piece));
    else if (/^or$/i.test(piece)) anyItem.push([]);
    else if (!/^and$/i.test(piece)) throw unreadable('clauses are joined by AND or OR');
  });
  if (pieces.length % 2 === 0 || pieces.length > 2 * mostClauses)
    throw unreadable(`it has 1 to ${mostClauses} clauses`);
  return anyItem;
}

const unreadable = (problem: string) => fault('graphQueryUnreadable', { option: '$search', problem });

function readClause(piece: string): Clause {
  const match = /^"(\w+):((?:[^"\\]|\\.)*)"$/s.exec(piece);
  if (!match) throw unreadable('a clause is "property:term" in double quotes');
  return { property: match[1]!, term: match[2]!.replaceAll(/\\(.)/gs, '$1') };
}

/** Does one alternative hold? A term matches where a word of the property begins with it, words of a name or address. */
export function isFound(search: Search, item: Item): boolean {
  return search.some((clauses) => clauses.every(({ property, term }) => begins(memberOf(item, property), term)));
}

function begins(value: unknown, term: string): boolean {
  if (typeof value !== 'string') return false;
  const [text, wanted] = [value.toLowerCase(), term.toLowerCase().trim()];
  if (wanted === '') return false;
  return text.startsWith(wanted) || text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted));
}
