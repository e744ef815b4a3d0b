import { ExpressionProblem, type Value } from './node.ts';

/** One text; of several the only one. @throws ExpressionProblem */
export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'object') return typeof value === 'boolean' ? (value ? 'True' : 'False') : `${value}`;
  if (value.length > 1) throw new ExpressionProblem(`${value.length} values are used where one is required`);
  return value[0] ?? '';
}

/** Every text of a value. */
export const textsOf = (value: Value): readonly string[] =>
  value === null ? [] : typeof value === 'object' ? value : [textOf(value)];

export function numberOf(value: Value): number {
  const number = typeof value === 'boolean' ? Number(value) : Number(textOf(value));
  if (!Number.isFinite(number)) throw new ExpressionProblem(`"${textOf(value)}" is not a number`);
  return number;
}

/** Texts compare without regard to case, as in Entra Connect. */
const position = (text: string, part: string, from = 1): number =>
  text.toLowerCase().indexOf(part.toLowerCase(), from - 1) + 1;

type Function = (...values: readonly Value[]) => Value;
const text = (work: (...texts: readonly string[]) => Value): Function => {
  return (...values) => work(...values.map(textOf));
};

/** Functions whose values are all needed. The names are those of Entra Connect, in lower case. */
export const functions: Readonly<Record<string, Function>> = {
  ispresent: (value = null) => textsOf(value).some((item) => item !== ''),
  isnull: (value = null) => textsOf(value).length === 0,
  isnullorempty: (value = null) => !textsOf(value).some((item) => item !== ''),
  isstring: (value = null) => typeof value === 'string',
  not: (value = null) => !isTrue(value),
  count: (value = null) => textsOf(value).length,
  contains: (list = null, part = null) => {
    const first = textsOf(list).findIndex((item) => position(item, textOf(part)) > 0);
    return first + 1;
  },
  instr: (value = null, part = null, from = 1) => position(textOf(value), textOf(part), numberOf(from)),
  beginswith: text((value = '', part = '') => position(value, part) === 1),
  endswith: text((value = '', part = '') => value.toLowerCase().endsWith(part.toLowerCase())),
  bitor: (left = 0, right = 0) => numberOf(left) | numberOf(right),
  bitand: (left = 0, right = 0) => numberOf(left) & numberOf(right),
  left: (value = null, count = 0) => textOf(value).slice(0, numberOf(count)),
  right: (value = null, count = 0) => (numberOf(count) === 0 ? '' : textOf(value).slice(-numberOf(count))),
  mid: (value = null, from = 1, count = 0) =>
    textOf(value).slice(numberOf(from) - 1, numberOf(from) - 1 + numberOf(count)),
  len: text((value = '') => value.length),
  lcase: text((value = '') => value.toLowerCase()),
  ucase: text((value = '') => value.toUpperCase()),
  trim: text((value = '') => value.trim()),
  replace: text((value = '', part = '', by = '') => (part === '' ? value : value.replaceAll(part, by))),
  split: text((value = '', by = '') => (by === '' ? [value] : value.split(by))),
  join: (list = null, by = null) => textsOf(list).join(textOf(by)),
  item: (list = null, index = 1) => textsOf(list)[numberOf(index) - 1] ?? null,
  removeduplicates: (list = null) => [...new Map(textsOf(list).map((item) => [item.toLowerCase(), item])).values()],
  word: (value = null, index = 1, by = null) =>
    textOf(value)
      .split(textOf(by) || ' ')
      .filter((part) => part !== '')[numberOf(index) - 1] ?? null,
  error: text((message = '') => {
    throw new ExpressionProblem(message);
  }),
};

/** How many values each function takes, at least and at most; the last four evaluate their parts themselves. */
export const arities: Readonly<Record<string, readonly [number, number]>> = {
  ...{ ispresent: [1, 1], isnull: [1, 1], isnullorempty: [1, 1], isstring: [1, 1], not: [1, 1], count: [1, 1] },
  ...{ contains: [2, 2], instr: [2, 3], beginswith: [2, 2], endswith: [2, 2], bitor: [2, 2], bitand: [2, 2] },
  ...{ left: [2, 2], right: [2, 2], mid: [3, 3], len: [1, 1], lcase: [1, 1], ucase: [1, 1], trim: [1, 1] },
  ...{ replace: [3, 3], split: [2, 2], join: [2, 2], item: [2, 2], removeduplicates: [1, 1], word: [3, 3] },
  ...{ error: [1, 1], iif: [3, 3], where: [3, 3], select: [3, 3], switch: [2, 40] },
};

/** A condition: `True`, or a number above nothing. */
export const isTrue = (value: Value): boolean =>
  typeof value === 'boolean' ? value : typeof value === 'number' ? value !== 0 : textOf(value).toLowerCase() === 'true';
