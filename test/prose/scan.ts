/** A piece of source text that a person reads: a comment, or a string with at least two words. `line` counts from 1. */
export interface Prose {
  readonly kind: 'comment' | 'text';
  readonly line: number;
  readonly text: string;
}

/** What a scan of TypeScript source yields: the prose, and the code with comments and strings blanked out. */
export interface Scan {
  readonly prose: readonly Prose[];
  readonly code: string;
}

const regexMayFollow = /(?:^|[=(,:;!&|?{}[\n+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|await|yield|throw))\s*$/;

/**
 * Separates prose from code. A small lexer for TypeScript as Biome formats it: comments, quotes, templates (their
 * substitutions are code) and regular expressions.
 */
export function scan(source: string): Scan {
  const prose: Prose[] = [];
  let code = '';
  let at = 0;
  let line = 1;
  const templateDepths: number[] = [];
  let depth = 0;

  const take = (end: number): string => {
    const text = source.slice(at, end);
    at = end;
    return text;
  };
  const skip = (text: string): void => {
    const breaks = text.split('\n').length - 1;
    line += breaks;
    code += `""${'\n'.repeat(breaks)}`;
  };
  const note = (kind: Prose['kind'], text: string): void => {
    if (kind === 'comment' || /[A-Za-z]\S*\s+\S*[a-z]/.test(text)) prose.push({ kind, line, text });
    skip(text);
  };
  const templatePart = (): void => {
    let end = at;
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end))
      end += source[end] === '\\' ? 2 : 1;
    note('text', take(end));
    if (source[at] === '`') at += 1;
    else {
      at += 2;
      templateDepths.push(depth);
      depth += 1;
    }
  };

  while (at < source.length) {
    const here = source[at]!;
    if (source.startsWith('//', at)) {
      const end = source.indexOf('\n', at);
      note('comment', take(end < 0 ? source.length : end));
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at);
      note('comment', take(end < 0 ? source.length : end + 2));
    } else if (here === "'" || here === '"') {
      let end = at + 1;
      while (end < source.length && source[end] !== here && source[end] !== '\n') end += source[end] === '\\' ? 2 : 1;
      note('text', take(end + 1));
    } else if (here === '`') {
      at += 1;
      templatePart();
    } else if (here === '/' && regexMayFollow.test(code.slice(-40))) {
      let end = at + 1;
      let inClass = false;
      while (end < source.length && (inClass || source[end] !== '/') && source[end] !== '\n') {
        if (source[end] === '[') inClass = true;
        if (source[end] === ']') inClass = false;
        end += source[end] === '\\' ? 2 : 1;
      }
      skip(take(end + 1));
    } else if (here === '}' && templateDepths.at(-1) === depth - 1) {
      depth = templateDepths.pop()!;
      at += 1;
      templatePart();
    } else {
      if (here === '{') depth += 1;
      if (here === '}') depth -= 1;
      if (here === '\n') line += 1;
      code += here;
      at += 1;
    }
  }
  return { prose, code };
}
