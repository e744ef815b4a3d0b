import { functions, isTrue, numberOf, textOf, textsOf } from './functions.ts';
import { type Expression, ExpressionProblem, type Value } from './node.ts';

/** Values of an object's attributes by their names in lower case; none for one that it does not have. */
export type AttributeValues = (name: string) => readonly string[];

/** The value of an expression for one object. @throws ExpressionProblem */
export const evaluateExpression = (expression: Expression, attributes: AttributeValues): Value =>
  evaluate(expression, { attributes, variables: new Map() });

interface Scope {
  readonly attributes: AttributeValues;
  readonly variables: ReadonlyMap<string, string>;
}

function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'attribute': {
      const values = scope.attributes(expression.name);
      return values.length === 0 ? null : values.length === 1 ? values[0]! : values;
    }
    case 'variable': {
      const value = scope.variables.get(expression.name);
      if (value === undefined) throw new ExpressionProblem(`$${expression.name} has no value here`);
      return value;
    }
    case 'operator':
      return operate(expression, scope);
    default:
      return call(expression, scope);
  }
}

type Operation = Extract<Expression, { kind: 'operator' }>;

function operate({ operator, left, right }: Operation, scope: Scope): Value {
  const first = evaluate(left, scope);
  if (operator === '&&') return isTrue(first) && isTrue(evaluate(right, scope));
  if (operator === '||') return isTrue(first) || isTrue(evaluate(right, scope));
  const second = evaluate(right, scope);
  if (operator === '&') return textOf(first) + textOf(second);
  if (operator === '+') return numberOf(first) + numberOf(second);
  if (operator === '-') return numberOf(first) - numberOf(second);
  const order = compare(first, second);
  return {
    '=': order === 0,
    '<>': order !== 0,
    '<': order < 0,
    '>': order > 0,
    '<=': order <= 0,
    '>=': order >= 0,
  }[operator]!;
}

/** Numbers as numbers, everything else as text without regard to case. A condition compares with a number as 1 or 0. */
function compare(first: Value, second: Value): number {
  if (typeof first === 'number' || typeof second === 'number') return numberOf(first) - numberOf(second);
  const [a, b] = [textOf(first).toLowerCase(), textOf(second).toLowerCase()];
  return a === b ? 0 : a < b ? -1 : 1;
}

type Call = Extract<Expression, { kind: 'call' }>;

function call({ name, parts }: Call, scope: Scope): Value {
  const value = (index: number) => evaluate(parts[index]!, scope);
  if (name === 'iif') return isTrue(value(0)) ? value(1) : value(2);
  if (name === 'switch') {
    for (let index = 0; index + 1 < parts.length; index += 2) if (isTrue(value(index))) return value(index + 1);
    return null;
  }
  if (name !== 'where' && name !== 'select') return functions[name]!(...parts.map((_, index) => value(index)));
  const [variable, , work] = parts as [Expression, Expression, Expression];
  if (variable.kind !== 'variable')
    throw new ExpressionProblem(`${name} begins with the name of a variable, like $item`);
  const each = (item: string) =>
    evaluate(work, { ...scope, variables: new Map([...scope.variables, [variable.name, item]]) });
  const items = textsOf(value(1));
  return name === 'where' ? items.filter((item) => isTrue(each(item))) : items.flatMap((item) => textsOf(each(item)));
}
