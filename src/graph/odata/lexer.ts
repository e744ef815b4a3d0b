import { fault } from '#core/trace/fault.ts';

/** A piece of an OData expression. Names keep their spelling; texts have their doubled quotes undone. */
export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'date' | 'guid' | 'sign';
  readonly text: string;
  /** Where it begins, for messages. */
  readonly at: number;
}

/** OData 4.01 Part 2 §7 (ABNF `commonExpr`), as far as Graph's filters go. Order matters: dates begin like numbers. */
const shapes: readonly (readonly [Token['kind'], RegExp])[] = [
  ['text', /'(?:[^']|'')*'/y],
  ['guid', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy],
  ['date', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d))?(?![\w-])/iy],
  ['number', /-?\d+(?:\.\d+)?(?![\w.])/y],
  ['name', /[A-Za-z_@$][\w.@$]*/y],
  ['sign', /[(),/:]/y],
];

/** More than any real filter; an outsider's longer one is refused before it is read. */
const longestExpression = 8192;

/** Takes an expression apart. `option` is for the message. @throws graphQueryUnreadable */
export function tokensOf(expression: string, option: string): readonly Token[] {
  if (expression.length > longestExpression) {
    throw fault('graphQueryUnreadable', { option, problem: `it is longer than ${longestExpression} characters` });
  }
  const tokens: Token[] = [];
  let at = blanks(expression, 0);
  while (at < expression.length) {
    const token = tokenAt(expression, at);
    if (!token) throw fault('graphQueryUnreadable', { option, problem: `unexpected character at position ${at}` });
    tokens.push(token.read);
    at = blanks(expression, token.end);
  }
  return tokens;
}

function blanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

function tokenAt(expression: string, at: number): { readonly read: Token; readonly end: number } | undefined {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const match = shape.exec(expression)?.[0];
    if (match === undefined) continue;
    const text = kind === 'text' ? match.slice(1, -1).replaceAll("''", "'") : match;
    return { read: { kind, text, at }, end: at + match.length };
  }
  return undefined;
}
