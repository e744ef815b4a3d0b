import { type Ruling, refused, success } from '../../trace/ruling.ts';
import type { DeviceFacts } from './device-facts.ts';

/** A rule of the filter for devices, parsed (Microsoft Learn, "Filter for devices"). */
export type FilterRule =
  | { readonly kind: 'and' | 'or'; readonly rules: readonly FilterRule[] }
  | { readonly kind: 'not'; readonly rule: FilterRule }
  | {
      readonly kind: 'compare';
      readonly property: string;
      readonly operator: Operator;
      readonly values: readonly string[];
    };

type Operator = (typeof operators)[number];
const operators = [
  'eq',
  'ne',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'contains',
  'notContains',
  'in',
  'notIn',
] as const;

/** Values of each property that is known here; a list where a device has several. */
const properties: Readonly<Record<string, (device: DeviceFacts) => readonly string[]>> = {
  deviceId: ({ deviceId }) => [deviceId],
  displayName: ({ displayName }) => [displayName],
  deviceOwnership: ({ deviceOwnership }) => present(deviceOwnership),
  isCompliant: ({ isCompliant }) => [String(isCompliant === true)],
  operatingSystem: ({ operatingSystem }) => [operatingSystem],
  operatingSystemVersion: ({ operatingSystemVersion }) => [operatingSystemVersion],
  physicalIds: ({ physicalIds }) => physicalIds,
  systemLabels: ({ systemLabels }) => systemLabels,
  trustType: ({ trustType }) => present(trustType),
  ...Object.fromEntries(
    Array.from({ length: 15 }, (_, index) => {
      const name = `extensionAttribute${index + 1}`;
      return [name, ({ extensionAttributes }: DeviceFacts) => present(extensionAttributes[name] ?? null)];
    }),
  ),
};
const propertyNames = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
const present = (value: string | null): readonly string[] => (value === null ? [] : [value]);

/** Characters of a rule, as in Entra, and how deep its parentheses may lie within each other. */
const longestRule = 3072;
const deepestRule = 16;

/** Parses a rule. Refuses with `accessPolicyInvalid` and what is not understood. */
export function parseDeviceFilter(rule: string): Ruling<FilterRule> {
  if (rule.length > longestRule) return unreadable(`it is longer than ${longestRule} characters`);
  const tokens = rule.match(token) ?? [];
  if (tokens.join('') !== withoutBlanks(rule))
    return unreadable('it has characters that the rule language does not use');
  try {
    const parser = new Parser(tokens);
    const parsed = parser.any(0);
    return parser.next === undefined ? success(parsed) : unreadable(`"${parser.next}" is not expected`);
  } catch (problem) {
    if (problem instanceof RuleProblem) return unreadable(problem.message);
    throw problem;
  }
}

const unreadable = (problem: string) =>
  refused('accessPolicyInvalid', { problem: `the rule cannot be read: ${problem}` });

/** Parentheses, brackets, a comma, an operator, a text in quotes, a name. */
const token = /[()[\],]|-[A-Za-z]+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z][A-Za-z0-9.]*/g;
const withoutBlanks = (rule: string): string =>
  rule.replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\s+/g, (_, quoted: string | undefined) => quoted ?? '');

class RuleProblem extends Error {}

/** `any` is `all -or all`, `all` is `one -and one`, `one` is a comparison, `-not one` or parentheses. */
class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get next(): string | undefined {
    return this.#tokens[this.#at];
  }

  any(depth: number): FilterRule {
    return this.#joined('or', () => this.#joined('and', () => this.#one(depth)));
  }

  #joined(kind: 'and' | 'or', part: () => FilterRule): FilterRule {
    const rules = [part()];
    while (this.#takeWord(`-${kind}`) || this.#takeWord(kind)) rules.push(part());
    return rules.length === 1 ? rules[0]! : { kind, rules };
  }

  #one(depth: number): FilterRule {
    if (depth > deepestRule) throw new RuleProblem(`it is nested more than ${deepestRule} deep`);
    if (this.#takeWord('-not') || this.#takeWord('not')) return { kind: 'not', rule: this.#one(depth + 1) };
    if (!this.#takeWord('(')) return this.#comparison();
    const rule = this.any(depth + 1);
    this.#expect(')');
    return rule;
  }

  #comparison(): FilterRule {
    const word = this.#take();
    const property = propertyNames.get(/^device\.(\w+)$/i.exec(word)?.[1]?.toLowerCase() ?? '');
    if (property === undefined) throw new RuleProblem(`"${word}" is not a supported property of a device`);
    const operatorWord = this.#take();
    const operator = operators.find((name) => `-${name}`.toLowerCase() === operatorWord.toLowerCase());
    if (!operator) throw new RuleProblem(`"${operatorWord}" is not a supported operator`);
    const isList = operator === 'in' || operator === 'notIn';
    return { kind: 'compare', property, operator, values: isList ? this.#list() : [this.#value()] };
  }

  #list(): readonly string[] {
    this.#expect('[');
    const values = [this.#value()];
    while (this.#takeWord(',')) values.push(this.#value());
    this.#expect(']');
    return values;
  }

  #value(): string {
    const word = this.#take();
    if (/^["']/.test(word)) return word.slice(1, -1).replace(/\\(.)/g, '$1');
    if (/^(true|false)$/i.test(word)) return word;
    throw new RuleProblem(`"${word}" is not a text in quotes, True or False`);
  }

  #take(): string {
    const word = this.#tokens[this.#at++];
    if (word === undefined) throw new RuleProblem('it ends too early');
    return word;
  }

  #takeWord(word: string): boolean {
    const isThere = this.next?.toLowerCase() === word;
    if (isThere) this.#at++;
    return isThere;
  }

  #expect(word: string): void {
    if (!this.#takeWord(word)) throw new RuleProblem(`"${word}" is missing before "${this.next ?? 'the end'}"`);
  }
}

/** Whether the rule is true of a device. A device that is not known has no values, so only negative comparisons hold. */
export function matchesDeviceFilter(rule: FilterRule, device: DeviceFacts | undefined): boolean {
  switch (rule.kind) {
    case 'and':
      return rule.rules.every((part) => matchesDeviceFilter(part, device));
    case 'or':
      return rule.rules.some((part) => matchesDeviceFilter(part, device));
    case 'not':
      return !matchesDeviceFilter(rule.rule, device);
    case 'compare':
      return compares(rule.operator, device ? properties[rule.property]!(device) : [], rule.values);
  }
}

const negatives: Partial<Readonly<Record<Operator, Operator>>> = {
  ne: 'eq',
  notStartsWith: 'startsWith',
  notEndsWith: 'endsWith',
  notContains: 'contains',
  notIn: 'in',
};

/** Case does not count, as in Entra. */
function compares(operator: Operator, values: readonly string[], candidates: readonly string[]): boolean {
  const positive = negatives[operator];
  if (positive) return !compares(positive, values, candidates);
  const test = tests[operator]!;
  const texts = candidates.map((value) => value.toLowerCase());
  return values.some((value) => texts.some((text) => test(value.toLowerCase(), text)));
}

const tests: Partial<Readonly<Record<Operator, (value: string, text: string) => boolean>>> = {
  eq: (value, text) => value === text,
  startsWith: (value, text) => value.startsWith(text),
  endsWith: (value, text) => value.endsWith(text),
  contains: (value, text) => value.includes(text),
  in: (value, text) => value === text,
};
