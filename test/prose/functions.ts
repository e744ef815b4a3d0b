import { isControl, upTo } from './names.ts';
import { scan } from './scan.ts';

/** A function that declares what it returns. `line` counts from 1. */
export interface TypedFunction {
  /** Empty for a function without a name of its own. */
  readonly name: string;
  readonly line: number;
  /** The type as it is written, on one line. */
  readonly returns: string;
}

const lineAt = (code: string, index: number): number => code.slice(0, index).split('\n').length;

/** Functions, methods and signatures of methods that declare a return type. */
export function typedFunctions(source: string): readonly TypedFunction[] {
  const { code } = scan(source);
  return [...code.matchAll(/\(/g)].flatMap(({ index }) => {
    const after = index + upTo(code, index + 1, /\)/).length + 2;
    const colon = /^\s*:\s*/.exec(code.slice(after, after + 40));
    if (!colon || isControl(code, index)) return [];
    const returns = typeFrom(code, after + colon[0].length)
      .replace(/\s+/g, ' ')
      .trim();
    return [{ name: nameBefore(code, index), line: lineAt(code, index), returns }];
  });
}

/** A type up to the body, the arrow or the end of a signature. */
function typeFrom(code: string, start: number): string {
  let type = '';
  for (;;) {
    type += upTo(code, start + type.length, /=>|[{;]/);
    if (code[start + type.length] !== '{' || !/(?:^|[|&,:])\s*$/.test(type)) return type;
    type += `{${upTo(code, start + type.length + 1, /\}/)}}`;
  }
}

/** `f` of `function f<T>(`, `const f = async (` and of a method `f(`. */
function nameBefore(code: string, index: number): string {
  const end = code[index - 1] === '>' ? openingOf(code, index - 1, '<>') : index;
  return /([#\w$]+)\s*(?:=\s*(?:async\s*)?)?$/.exec(code.slice(Math.max(0, end - 100), end))?.[1] ?? '';
}

/**
 * The lines of calls whose ruling is lost: a statement that is such a call alone, also in `Promise.all([…])`; and a call of which
 * only an exception is awaited, by `.catch(…)`, `Promise.allSettled` or `assert.doesNotReject`.
 * @param names of functions that return a ruling; the method `trustStore.edit` does, too
 */
export function lostRulings(source: string, names: ReadonlySet<string>): readonly number[] {
  const { code } = scan(source);
  const calls = [...code.matchAll(/(?<![\w$.])(?:[\w$]+[.!?]+)*([\w$]+)(?:<[^()]*?>)?\(/g)].filter(
    ([text, name]) => /\btrustStore\.edit\b/.test(text) || (!text.includes('.') && names.has(name!)),
  );
  const lost = calls.filter(({ 0: { length }, index }) => {
    const end = index + length + upTo(code, index + length, /\)/).length + 1;
    const tail = upTo(code, end, /[;,]/);
    if (!/^\s*(?:\.|$)/.test(tail) || /\borThrow\b/.test(tail)) return false;
    return /^\s*\.catch\b/.test(tail) || (beginsStatement(code, index) && code[end + tail.length] === ';');
  });
  const swallowed = swallowing(code).filter(({ start, end }) =>
    calls.some(({ index, 0: call }) => index >= start && index < end && isElement(code, start, index, call.length)),
  );
  return [...lost.map(({ index }) => index), ...swallowed.map(({ start }) => start)]
    .map((index) => lineAt(code, index))
    .sort((a, b) => a - b);
}

/** Whether what stands here is a statement, also after `await` and `void`. */
function beginsStatement(code: string, index: number): boolean {
  const before = code
    .slice(0, index)
    .replace(/\b(?:await|void)\s+$/, '')
    .trimEnd();
  if (/(?:^|[;{}]|\belse|\bdo)$/.test(before)) return true;
  return before.endsWith(')') && isControl(code, openingOf(code, before.length - 1));
}

/** Where the bracket that is closed here was opened. */
function openingOf(code: string, closing: number, [open, close] = '()'): number {
  let depth = 0;
  for (let at = closing; at >= 0; at--) {
    if (code[at] === close && code[at - 1] !== '=') depth += 1;
    if (code[at] === open) depth -= 1;
    if (depth === 0) return at;
  }
  return 0;
}

/** Arguments of calls that look at exceptions alone, or whose values nothing reads. */
function swallowing(code: string): readonly { readonly start: number; readonly end: number }[] {
  const calls = [...code.matchAll(/\b(?:Promise\.(?:all|allSettled|any|race)|assert\.doesNot(?:Reject|Throw))\(/g)];
  return calls.flatMap(({ 0: text, index }) => {
    const start = index + text.length;
    const isRead = /\.(?:all|any|race)\($/.test(text) && !beginsStatement(code, index);
    return isRead ? [] : [{ start, end: start + upTo(code, start, /\)/).length }];
  });
}

/** Whether the call gives an element of the arguments that begin at `start`, and `orThrow` does not follow it. */
function isElement(code: string, start: number, index: number, length: number): boolean {
  const end = index + length + upTo(code, index + length, /\)/).length + 1;
  if (/^\s*\.then\(\s*orThrow\b/.test(code.slice(end))) return false;
  const open: number[] = [];
  for (let at = start; at < index; at++) {
    if (code[at] === '(') open.push(at);
    if (code[at] === ')') open.pop();
  }
  return open.every((at) => /\.(?:map|flatMap|from)$/.test(code.slice(0, at)));
}
