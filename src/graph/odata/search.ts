import { wordsIn } from '#core/directory/index-keys.ts';
import { fault } from '#core/trace/fault.ts';
import { type Item, memberOf } from './evaluate.ts';
import { propertyName } from './property-name.ts';

/** A `$search`: clauses `"property:term"` joined by AND and OR, AND first (graph-api §1.6). */
export type Search = readonly (readonly Clause[])[];
interface Clause {
  /** Empty for a word without a property, which only logs take. */
  readonly property: string;
  readonly term: string;
}

const mostClauses = 20;

/** Reads `"displayName:an" OR "mail:an"`, with `takesWords` also words without a property, as one term. @throws graphQueryUnreadable */
export function parseSearch(text: string, takesWords = false): Search {
  if (takesWords && !text.includes('"')) return [[{ property: '', term: text.trim() }]];
  const pieces = text.trim().match(/"(?:[^"\\]|\\.)*"|AND|OR|\S+/gi) ?? [];
  const anyItem: Clause[][] = [[]];
  pieces.forEach((piece, i) => {
    if (i % 2 === 0) anyItem.at(-1)!.push(readClause(piece, takesWords));
    else if (/^or$/i.test(piece)) anyItem.push([]);
    else if (!/^and$/i.test(piece)) throw unreadable('clauses are joined by AND or OR');
  });
  if (pieces.length % 2 === 0 || pieces.length > 2 * mostClauses)
    throw unreadable(`it has 1 to ${mostClauses} clauses`);
  return anyItem;
}

const clauseForm = 'a clause is "property:term" in double quotes';
const unreadable = (problem: string) => fault('graphQueryUnreadable', { option: '$search', problem });

function readClause(piece: string, takesWords: boolean): Clause {
  const match = /^"(\w+):((?:[^"\\]|\\.)*)"$/s.exec(piece);
  if (!match && !takesWords) throw unreadable(clauseForm);
  if (!match) return { property: '', term: piece.replace(/^"(.*)"$/s, '$1').replaceAll(/\\(.)/gs, '$1') };
  return { property: propertyName('$search', match[1]!), term: match[2]!.replaceAll(/\\(.)/gs, '$1') };
}

/** The word of a search that is one word without a property. */
export function wordOf(search: Search | undefined): string | undefined {
  const [clauses, ...more] = search ?? [];
  const [clause, ...furtherClauses] = clauses ?? [];
  return clause?.property === '' && more.length + furtherClauses.length === 0 ? clause.term.trim() : undefined;
}

/** @throws graphQueryUnreadable for a clause without a property */
export function requireProperties(search: Search): void {
  if (search.flat().some(({ property }) => property === '')) throw unreadable(clauseForm);
}

/**
 * Does one alternative hold? A term matches where the property begins with it, and where a word of a `displayName` or a
 * `description` does: Graph takes no other property apart.
 */
export function isMatch(search: Search, item: Item): boolean {
  return search.some((clauses) => clauses.every(({ property, term }) => begins(item, property, term)));
}

const inWords = ['displayname', 'description'];

function begins(item: Item, property: string, term: string): boolean {
  const value = memberOf(item, property);
  if (typeof value !== 'string') return false;
  const wanted = term.toLowerCase().trim();
  if (wanted === '') return false;
  if (value.toLowerCase().startsWith(wanted)) return true;
  return inWords.includes(property.toLowerCase()) && wordsIn(value).some((word) => word.startsWith(wanted));
}
