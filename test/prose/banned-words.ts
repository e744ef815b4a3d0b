import { scan } from './scan.ts';

/** A word that the prose of this repository does not use, and what to write in its place. */
interface BannedWord {
  readonly pattern: RegExp;
  readonly instead: string;
  /** The files that the word is banned in; all when absent. */
  readonly files?: RegExp;
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
    pattern: /\b(?:is|are|was|were|be|been|being) told\b|\btold (?:of|by|that|whose)\b/i,
    instead: 'receives, is notified, is described',
  },
  {
    // Names of fields and commands are in code; a list of other things says of what.
    pattern:
      /(?<=\b(?:an?|the|this|each|every|one|no|its|whose|another|other|old|older|new|newer|large|complete|delta|base|indirect|which|former|two|both) )(?<!what its )lists?\b(?! of (?!another|the (?:CA|issuer|other)))/i,
    instead: 'CRL',
    files: /^src\/(?:core\/crl\/(?!block)|crls\/)|\/(?:crl|revocation)[\w-]*\.(?:test\.)?ts$/,
  },
  {
    pattern: /(?<!(?:smart|health) )(?<![\w-])cards?\b(?!\.|-)/i,
    instead: 'certificate',
    files: /^src\/core\/(?:x509|crl|ocsp|binding)\//,
  },
  { pattern: /\banew\b/i, instead: 'again' },
  { pattern: /\b(?:go|goes|going|went) on\b/i, instead: 'continue' },
  { pattern: /\bwhat (?:is|was) (?:left|said)\b/i, instead: 'the rest, the omitted properties, the text, the input' },
  { pattern: /\bas good as\b/i, instead: 'counts as absent, is still valid' },
  { pattern: /\bin turn\b/i, instead: 'one after the other, alternately' },
  { pattern: /\bto bear\b|\bheld against\b/i, instead: 'applies, is checked against, is compared with' },
  { pattern: /\b(?:goes|go|come|comes|came) along\b/i, instead: 'is sent with, is included' },
  { pattern: /\bshut(?:s|ting)? out\b/i, instead: 'lock out' },
  { pattern: /\bgives? back\b|\bfar side\b|\bone's own\b/i, instead: 'return, the other thread, whose it is' },
  { pattern: /(?<!`)\b(?:judge[sd]?|judging|judge?ments?)\b/i, instead: 'evaluate, evaluation, check' },
  { pattern: /\bby hand\b|\bas ever\b|\ball the same\b/i, instead: 'manually, as usual, anyway' },
  { pattern: /\bin the place of\b/i, instead: 'instead of' },
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
      bannedWords.flatMap(({ pattern, instead, files }) => {
        if (files && !files.test(file)) return [];
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
