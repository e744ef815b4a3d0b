import { arities } from './functions.ts';
import { type Expression, ExpressionProblem, type Value } from './node.ts';

/** Characters of an expression, and how deep parts lie in each other. */
export const expressionLimits = { characters: 8192, depth: 50 } as const;

interface Token {
  readonly kind: 'text' | 'number' | 'attribute' | 'variable' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const forms: readonly (readonly [Token['kind'], RegExp])[] = [
  ['text', /"(?:[^"]|"")*"/y],
  ['number', /\d+/y],
  ['attribute', /\[[A-Za-z][A-Za-z0-9-]*\]/y],
  ['variable', /\$[A-Za-z]\w*/y],
  ['name', /[A-Za-z]\w*/y],
  ['sign', /<>|<=|>=|&&|\|\||[=<>&+\-(),]/y],
];
const constants: Readonly<Record<string, Value>> = { true: true, false: false, null: null, authoritativenull: null };

/** Operators, the loosest first. */
const levels: readonly (readonly string[])[] = [['||'], ['&&'], ['=', '<>', '<', '>', '<=', '>='], ['&'], ['+', '-']];

/** Reads an expression in the language of Entra Connect's declarative provisioning. @throws ExpressionProblem */
export function parseExpression(text: string): Expression {
  if (text.length > expressionLimits.characters)
    throw new ExpressionProblem(`it has more than ${expressionLimits.characters} characters`);
  const parser = new Parser(tokensOf(text));
  return parser.whole();
}

/** Names of the attributes that an expression reads, in lower case. */
export function attributesIn(expression: Expression): readonly string[] {
  if (expression.kind === 'attribute') return [expression.name];
  if (expression.kind === 'call') return expression.parts.flatMap(attributesIn);
  return expression.kind === 'operator' ? [expression.left, expression.right].flatMap(attributesIn) : [];
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const blanks = /\s+/y;
    blanks.lastIndex = at;
    at += blanks.exec(text)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  return [...tokens, { kind: 'end', text: 'the end', at: text.length }];
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, form] of forms) {
    form.lastIndex = at;
    const match = form.exec(text);
    if (match) return { kind, text: match[0], at };
  }
  throw new ExpressionProblem(`"${text.slice(at, at + 20)}" at character ${at + 1} cannot be read`);
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#level(0);
    if (this.#peek().kind !== 'end') throw this.#unexpected('an operator or the end');
    return expression;
  }

  #level(level: number): Expression {
    const operators = levels[level];
    if (!operators) return this.#operand();
    let left = this.#level(level + 1);
    while (this.#peek().kind === 'sign' && operators.includes(this.#peek().text)) {
      const operator = this.#take().text;
      left = { kind: 'operator', operator, left, right: this.#level(level + 1) };
    }
    return left;
  }

  #operand(): Expression {
    if (++this.#depth > expressionLimits.depth)
      throw new ExpressionProblem(`parts lie in each other more than ${expressionLimits.depth} deep`);
    try {
      return this.#operandWithin();
    } finally {
      this.#depth -= 1;
    }
  }

  #operandWithin(): Expression {
    const token = this.#take();
    if (token.kind === 'text') return { kind: 'literal', value: token.text.slice(1, -1).replaceAll('""', '"') };
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'attribute') return { kind: 'attribute', name: token.text.slice(1, -1).toLowerCase() };
    if (token.kind === 'variable') return { kind: 'variable', name: token.text.slice(1).toLowerCase() };
    if (token.kind === 'name') return this.#named(token);
    if (token.text !== '(') throw this.#unexpected('a value', token);
    const inside = this.#level(0);
    this.#expect(')');
    return inside;
  }

  #named(token: Token): Expression {
    const name = token.text.toLowerCase();
    if (this.#peek().text !== '(') {
      if (Object.hasOwn(constants, name)) return { kind: 'literal', value: constants[name]! };
      throw this.#unexpected('a function or a constant', token);
    }
    this.#take();
    const parts: Expression[] = [];
    while (this.#peek().text !== ')') {
      if (parts.length > 0) this.#expect(',');
      parts.push(this.#level(0));
    }
    this.#take();
    const arity = Object.hasOwn(arities, name) ? arities[name] : undefined;
    if (!arity) throw new ExpressionProblem(`there is no function ${token.text}`);
    if (parts.length < arity[0] || parts.length > arity[1])
      throw new ExpressionProblem(`${token.text} takes ${arity[0]} to ${arity[1]} values, not ${parts.length}`);
    return { kind: 'call', name, parts };
  }

  #peek = (): Token => this.#tokens[this.#next]!;

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  #expect(sign: string): void {
    if (this.#take().text !== sign) throw this.#unexpected(sign, this.#tokens[this.#next - 1]);
  }

  #unexpected(wanted: string, token = this.#peek()): ExpressionProblem {
    return new ExpressionProblem(`${token.text} at character ${token.at + 1} stands where ${wanted} is needed`);
  }
}
