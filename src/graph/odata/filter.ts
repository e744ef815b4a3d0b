import { fault } from '#core/trace/fault.ts';
import { type Token, tokensOf } from './lexer.ts';
import { propertyName } from './property-name.ts';

/** A `$filter`, read. Property names keep the spelling of the request; who evaluates compares them without case. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly path: Path; readonly value: Value }
  | { readonly kind: 'in'; readonly path: Path; readonly values: readonly Value[] }
  | { readonly kind: 'call'; readonly name: TextFunction; readonly path: Path; readonly value: string }
  | {
      readonly kind: 'any' | 'all';
      readonly path: Path;
      readonly variable: string;
      readonly condition: Filter | undefined;
    };
export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'has';
export type TextFunction = 'startswith' | 'endswith' | 'contains';
/** `status/errorCode` is `['status', 'errorCode']`; inside a lambda the first part may be its variable. */
export type Path = readonly string[];
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'date'; readonly milliseconds: number }
  | { readonly kind: 'boolean'; readonly boolean: boolean }
  | { readonly kind: 'null' };

/** The same filter with other names for what it asks about; names inside of a lambda stay. */
export function renamed(filter: Filter, rename: (path: Path) => Path): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, left: renamed(filter.left, rename), right: renamed(filter.right, rename) };
    case 'not':
      return { ...filter, of: renamed(filter.of, rename) };
    default:
      return { ...filter, path: rename(filter.path) };
  }
}

const operators = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'has'];
const functions = ['startswith', 'endswith', 'contains'];

/** How deep and how wide a filter may be: each condition costs a comparison an object. */
const limits = { depth: 20, conditions: 50, values: 100 } as const;

/** Reads a `$filter` (OData 4.01 Part 2 §5.1.1). @throws graphQueryUnreadable */
export function parseFilter(expression: string): Filter {
  return new FilterReader(tokensOf(expression, '$filter')).whole();
}

class FilterReader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #conditions = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Filter {
    const filter = this.#or(0);
    if (this.#next < this.#tokens.length) throw this.#wrong('the end of the filter');
    return filter;
  }

  #or(depth: number): Filter {
    let left = this.#and(depth);
    while (this.#takes('or')) left = { kind: 'or', left, right: this.#and(depth) };
    return left;
  }

  #and(depth: number): Filter {
    let left = this.#single(depth);
    while (this.#takes('and')) left = { kind: 'and', left, right: this.#single(depth) };
    return left;
  }

  #single(depth: number): Filter {
    if (depth > limits.depth) throw this.#fault(`it is nested deeper than ${limits.depth}`);
    if (this.#takes('not')) return { kind: 'not', of: this.#single(depth + 1) };
    if (this.#takes('(')) {
      const inner = this.#or(depth + 1);
      this.#expect(')');
      return inner;
    }
    this.#conditions += 1;
    if (this.#conditions > limits.conditions) throw this.#fault(`it has more than ${limits.conditions} conditions`);
    return this.#condition(depth);
  }

  #condition(depth: number): Filter {
    const name = this.#peek();
    if (name?.kind === 'name' && functions.includes(name.text.toLowerCase()) && this.#peek(1)?.text === '(') {
      return this.#call(name.text.toLowerCase() as TextFunction);
    }
    const path = this.#operand();
    const last = path.at(-1)!.toLowerCase();
    if ((last === 'any' || last === 'all') && this.#peek()?.text === '(') return this.#lambda(last, path, depth);
    if (this.#takes('in')) return { kind: 'in', path, values: this.#values() };
    const operator = this.#peek()?.text.toLowerCase() ?? '';
    if (!operators.includes(operator)) throw this.#wrong('a comparison such as eq');
    this.#next += 1;
    return { kind: 'compare', operator: operator as Operator, path, value: this.#value() };
  }

  #call(name: TextFunction): Filter {
    this.#next += 2;
    const path = this.#operand();
    this.#expect(',');
    const value = this.#value();
    this.#expect(')');
    if (value.kind !== 'text') throw this.#fault(`${name} compares with a text in single quotes`);
    const call: Filter = { kind: 'call', name, path, value: value.text };
    // OData allows the Boolean a function gives to be compared: `startswith(a,'b') eq true`.
    if (!this.#takes('eq')) return call;
    const target = this.#value();
    if (target.kind !== 'boolean') throw this.#fault(`${name} gives true or false`);
    return target.boolean ? call : { kind: 'not', of: call };
  }

  #lambda(kind: 'any' | 'all', path: Path, depth: number): Filter {
    const collection = path.slice(0, -1);
    if (collection.length === 0) throw this.#fault(`${kind} needs a collection before it`);
    this.#expect('(');
    if (kind === 'any' && this.#takes(')')) return { kind, path: collection, variable: '', condition: undefined };
    const variable = this.#name();
    this.#expect(':');
    const condition = this.#or(depth + 1);
    this.#expect(')');
    return { kind, path: collection, variable, condition };
  }

  /** A property, also within `tolower(…)` or `toupper(…)`: texts compare without case anyway. */
  #operand(): Path {
    const isFolded = /^to(lower|upper)$/i.test(this.#peek()?.text ?? '') && this.#peek(1)?.text === '(';
    if (!isFolded) return this.#path();
    this.#next += 2;
    const path = this.#path();
    this.#expect(')');
    return path;
  }

  #path(): Path {
    const parts = [this.#name()];
    while (this.#takes('/')) parts.push(this.#name());
    return parts;
  }

  #name(): string {
    const token = this.#peek();
    if (token?.kind !== 'name') throw this.#wrong('a property');
    this.#next += 1;
    return propertyName('$filter', token.text);
  }

  #values(): readonly Value[] {
    this.#expect('(');
    const values = [this.#value()];
    while (this.#takes(',')) values.push(this.#value());
    this.#expect(')');
    if (values.length > limits.values) throw this.#fault(`a list has more than ${limits.values} values`);
    return values;
  }

  #value(): Value {
    const token = this.#peek();
    if (!token || token.kind === 'sign') throw this.#wrong('a value');
    this.#next += 1;
    if (token.kind === 'number') return { kind: 'number', number: Number(token.text) };
    if (token.kind === 'date') return { kind: 'date', milliseconds: Date.parse(token.text.toUpperCase()) };
    if (token.kind === 'text' || token.kind === 'guid') return { kind: 'text', text: token.text };
    const word = token.text.toLowerCase();
    if (word === 'null') return { kind: 'null' };
    if (word === 'true' || word === 'false') return { kind: 'boolean', boolean: word === 'true' };
    this.#next -= 1;
    throw this.#wrong('a value');
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  /** Steps over a word or sign if it comes next. A text in quotes is never a word. */
  #takes(word: string): boolean {
    const token = this.#peek();
    if (!token || (token.kind !== 'name' && token.kind !== 'sign') || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #expect(word: string): void {
    if (!this.#takes(word)) throw this.#wrong(`"${word}"`);
  }

  #wrong(target: string) {
    const token = this.#peek();
    return this.#fault(`${target} was expected ${token ? `at position ${token.at}` : 'at the end'}`);
  }

  #fault(problem: string) {
    return fault('graphQueryUnreadable', { option: '$filter', problem });
  }
}
