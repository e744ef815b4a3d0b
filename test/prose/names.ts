import { scan } from './scan.ts';

/** Participles that do not end in -ed, and pronouns: as a whole name they hide what the thing is. */
const bareWords = new Set(
  `told said given kept found shown made taken known sent meant spent begun written held built gone brought got met seen
  sought thought tried chosen drawn grown lost paid sold spoken stood understood won laid led one own it its them they
  this that these those other others such what who whom which whose all none both each any some same`.split(/\s+/),
);
const notParticiples = new Set(['seed', 'need', 'feed', 'speed', 'embed', 'exceed', 'proceed', 'bed', 'red', 'id']);

/** Whether a name is a bare participle or pronoun: `asked`, `kept`, `own`. */
export const isBareName = (name: string): boolean =>
  bareWords.has(name) || (/^[a-z]{2,}ed$/.test(name) && !notParticiples.has(name));

/** Names that a TypeScript file declares: variables, functions, types, parameters and destructured locals. */
export function declaredNames(source: string): readonly string[] {
  const { code } = scan(source);
  const named = [...code.matchAll(/\b(?:function\*?|class|interface|type)\s+([A-Za-z_$][\w$]*)/g)].map(
    ([, name]) => name!,
  );
  const variables = [...code.matchAll(/\b(?:const|let)\s+/g)].flatMap(({ 0: { length }, index }) =>
    boundNames(upTo(code, index + length, /[=;\n]| of /)),
  );
  const parameters = parameterLists(code).flatMap(({ list }) => boundNames(list));
  const single = [...code.matchAll(/(?<![\w$.)])(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/g)].map(([, name]) => name!);
  return [...named, ...variables, ...parameters, ...single].filter((name) => !keywords.has(name));
}

/** Names of members that a file declares: of types, classes and object literals. Calls that begin a line are among them. */
export function declaredMembers(source: string): readonly string[] {
  const { code } = scan(source);
  const modifiers = '(?:(?:public|private|protected|readonly|static|override|async|get|set)\\s+)*';
  const inLines = new RegExp(`^\\s+${modifiers}\\*?#?([A-Za-z_$][\\w$]*)[?!]?(?=[:(<]| =|;)`, 'gm');
  const inline = new RegExp(`[{,;]\\s*${modifiers}([A-Za-z_$][\\w$]*)\\??:`, 'g');
  return [inLines, inline].flatMap((pattern) => [...code.matchAll(pattern)].map(([, name]) => name!));
}

/** A parameter list of a function, between its parentheses. `line` counts from 1. */
interface ParameterList {
  readonly line: number;
  readonly list: string;
}

/** The parameter lists of all functions in code whose comments and strings are blanked out. */
function parameterLists(code: string): readonly ParameterList[] {
  return [...code.matchAll(/\(/g)].flatMap(({ index }) => {
    const list = upTo(code, index + 1, /\)/);
    const rest = code.slice(index + list.length + 2, index + list.length + 200);
    const isFunction = /^\s*(?::[^=;{}]*(?:\{[^{}]*\}[^=;{}]*)?)?\s*(?:=>|\{)/.test(rest) && !isControl(code, index);
    return isFunction ? [{ line: code.slice(0, index).split('\n').length, list }] : [];
  });
}

/** The lines of functions with more than that many parameters. */
export const longParameterLists = (source: string, most: number): readonly number[] =>
  parameterLists(scan(source).code)
    .filter(({ list }) => partsOf(list).filter((part) => part.trim() !== '').length > most)
    .map(({ line }) => line);

/** The parameters of each function and of each signature of an interface, as they are written. */
export function parameterParts(
  source: string,
): readonly { readonly line: number; readonly parts: readonly string[] }[] {
  const { code } = scan(source);
  const signatures = [...code.matchAll(/\b\w+\(/g)].flatMap(({ 0: { length }, index }) => {
    const list = upTo(code, index + length, /\)/);
    const isSignature = /^\s*:[^=;{}?]*;/.test(code.slice(index + length + list.length + 1).slice(0, 200));
    return isSignature ? [{ line: code.slice(0, index).split('\n').length, list }] : [];
  });
  return [...parameterLists(code), ...signatures].map(({ line, list }) => ({ line, parts: partsOf(list) }));
}

/** The type of `this` in a parameter list, and a default value, are not names that the file chose. */
const keywords = new Set(['this', 'undefined']);

/** Whether the parenthesis belongs to `if`, `for` and the like. */
export const isControl = (code: string, index: number) =>
  /\b(?:if|for|while|switch|catch)\s*$/.test(code.slice(Math.max(0, index - 12), index));

/** The text from `start` to the first match of `end` outside of all brackets. */
export function upTo(code: string, start: number, end: RegExp): string {
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const here = code[at]!;
    if (depth === 0 && code.slice(at, at + 4).search(end) === 0) return code.slice(start, at);
    if ('([{'.includes(here) || isTypeArgument(code, at)) depth += 1;
    if (')]}'.includes(here) || (here === '>' && depth > 0 && !'=-'.includes(code[at - 1]!))) depth -= 1;
    if (depth < 0) return code.slice(start, at);
  }
  return code.slice(start);
}

/** Whether a `<` follows a type's name, as in `Map<`, and not a number. */
const isTypeArgument = (code: string, at: number) =>
  code[at] === '<' && /[A-Z]\w*$/.test(code.slice(Math.max(0, at - 40), at));

/** `a: T, { b, c: d }: U, ...e = f` binds a, b, d and e. */
function boundNames(list: string): readonly string[] {
  return partsOf(list).flatMap((part) => {
    const text = part
      .trim()
      .replace(/^(?:readonly|public|private)\s+/, '')
      .replace(/^\.\.\./, '');
    if (!/^[{[]/.test(text)) return [/^[A-Za-z_$][\w$]*/.exec(text)?.[0] ?? []].flat();
    const inside = upTo(text, 1, /[}\]]/);
    if (text.startsWith('[')) return boundNames(inside);
    return partsOf(inside).flatMap((member) => boundNames(member.replace(/^\s*(?:[\w$]+|\[[^\]]*\]|"")\s*:/, '')));
  });
}

/** The parts between commas that are outside of all brackets. */
function partsOf(list: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < list.length; ) {
    const part = upTo(list, at, /,/);
    parts.push(part);
    at += part.length + 1;
  }
  return parts;
}
