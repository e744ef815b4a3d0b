import { scan } from './scan.ts';

/** A word that the prose of this repository does not use, and what to write in its place. */
interface BannedWord {
  readonly pattern: RegExp;
  readonly instead: string;
}

const bannedWords: readonly BannedWord[] = [
  {
    pattern: /\b(?:nobody|somebody|anybody|everybody|whoever)\b/i,
    instead: 'name the subject: no user, another user, a caller who',
  },
  { pattern: /\bhouses?\b/i, instead: 'server, installation' },
  { pattern: /\brooms?\b(?! for| again)/i, instead: 'module, folder' },
  { pattern: /\bdoors?\b/i, instead: 'endpoint, listener, caller' },
  { pattern: /\bdeeds?\b/i, instead: 'change, audit entry' },
  {
    pattern: /\b(?:is|are|was|were) told\b|\btold (?:of|by|that|whose)\b/i,
    instead: 'receives, is notified, is described',
  },
  { pattern: /\b(?:what|that|it|this) is no\b(?! longer)|(?<!there )\bis none\b/i, instead: 'that is not a …' },
  {
    // Names in code keep their spelling: they are stored and cited.
    pattern:
      /(?<![\w./#@${-]|@link )(?:un|re)?(?:(?:synchron|organ|recogn|author|normal|initial|serial|custom)is(?:e|es|ed|ing|er|ation|ations|able)|colours?|behaviours?|cancell(?:ed|ing)|enrol(?:s|ment)?|licences?|catalogues?|grey)\b/i,
    instead: 'the American spelling, as on Microsoft Learn',
  },
];

/** A banned word in a file; `line` counts from 1. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly word: string;
  readonly instead: string;
}

/** The banned words of a TypeScript or Markdown file. Code in Markdown is passed over. */
export function bannedWordsIn(file: string, text: string): readonly Finding[] {
  const pieces = file.endsWith('.md') ? markdownProse(text) : scan(text).prose;
  return pieces.flatMap(({ line, text: piece }) =>
    piece.split('\n').flatMap((part, offset) =>
      bannedWords.flatMap(({ pattern, instead }) => {
        const match = pattern.exec(part);
        return match ? [{ file, line: line + offset, word: match[0], instead }] : [];
      }),
    ),
  );
}

function markdownProse(text: string): readonly { readonly line: number; readonly text: string }[] {
  let isFenced = false;
  return text.split('\n').flatMap((line, index) => {
    if (line.startsWith('```')) isFenced = !isFenced;
    return isFenced ? [] : [{ line: index + 1, text: line.replace(/`[^`]*`/g, '``') }];
  });
}
