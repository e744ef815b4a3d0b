import type { Language, Translation } from './language.ts';
import { arabicReasons } from './reasons/arabic.ts';
import { chineseReasons } from './reasons/chinese.ts';
import { czechReasons } from './reasons/czech.ts';
import { dutchReasons } from './reasons/dutch.ts';
import { frenchReasons } from './reasons/french.ts';
import { germanReasons } from './reasons/german.ts';
import { italianReasons } from './reasons/italian.ts';
import { japaneseReasons } from './reasons/japanese.ts';
import { polishReasons } from './reasons/polish.ts';
import { portugueseReasons } from './reasons/portuguese.ts';
import { spanishReasons } from './reasons/spanish.ts';
import { arabic } from './texts/arabic.ts';
import { chinese } from './texts/chinese.ts';
import { czech } from './texts/czech.ts';
import { dutch } from './texts/dutch.ts';
import { english } from './texts/english.ts';
import { french } from './texts/french.ts';
import { german } from './texts/german.ts';
import { italian } from './texts/italian.ts';
import { japanese } from './texts/japanese.ts';
import { polish } from './texts/polish.ts';
import { portuguese } from './texts/portuguese.ts';
import { spanish } from './texts/spanish.ts';

/** The languages there are; the first is the default. */
export const translations: readonly Translation[] = [
  { tag: 'en', direction: 'ltr', texts: english, reasons: {} },
  { tag: 'de', direction: 'ltr', texts: german, reasons: germanReasons },
  { tag: 'fr', direction: 'ltr', texts: french, reasons: frenchReasons },
  { tag: 'es', direction: 'ltr', texts: spanish, reasons: spanishReasons },
  { tag: 'it', direction: 'ltr', texts: italian, reasons: italianReasons },
  { tag: 'pt', direction: 'ltr', texts: portuguese, reasons: portugueseReasons },
  { tag: 'nl', direction: 'ltr', texts: dutch, reasons: dutchReasons },
  { tag: 'pl', direction: 'ltr', texts: polish, reasons: polishReasons },
  { tag: 'cs', direction: 'ltr', texts: czech, reasons: czechReasons },
  { tag: 'ja', direction: 'ltr', texts: japanese, reasons: japaneseReasons },
  { tag: 'zh-Hans', direction: 'ltr', texts: chinese, reasons: chineseReasons },
  { tag: 'ar', direction: 'rtl', texts: arabic, reasons: arabicReasons },
];

const languages: readonly Language[] = translations.map(({ texts: say, ...rest }) => ({ ...rest, say }));

/** The language of a request that names none. */
export const defaultLanguage: Language = languages[0]!;

/** What a request tells of the languages its person reads, the surest first. */
export interface LanguageWishes {
  /** Entra's `mkt` query parameter: one tag. */
  readonly mkt?: string | undefined;
  /** OpenID Connect's `ui_locales`: tags by preference, separated by blanks. */
  readonly uiLocales?: string | undefined;
  /** The header, RFC 9110 §12.5.4. */
  readonly acceptLanguage?: string | undefined;
}

/** More languages than this are not read: the rest of a long header is ignored. */
const longestWish = 500;

/** The first language wished for that there is: the exact tag, else its primary language (RFC 4647 §3.4). */
export function chooseLanguage({ mkt = '', uiLocales = '', acceptLanguage = '' }: LanguageWishes): Language {
  const wishes = [
    mkt.slice(0, longestWish),
    ...uiLocales.slice(0, longestWish).split(/\s+/),
    ...byQuality(acceptLanguage.slice(0, longestWish)),
  ];
  for (const wish of wishes) {
    const match = languageNamed(wish);
    if (match) return match;
  }
  return defaultLanguage;
}

function languageNamed(tag: string): Language | undefined {
  const lowered = tag.toLowerCase();
  return byTag.get(lowered) ?? byPrimary.get(primaryOf(lowered));
}

const primaryOf = (tag: string): string => tag.split('-')[0]!.toLowerCase();

/** Every request chooses a language. Of languages with one primary language the first in the list is taken. */
const byTag = new Map(languages.map((language) => [language.tag.toLowerCase(), language]));
const byPrimary = new Map(languages.toReversed().map((language) => [primaryOf(language.tag), language]));

function byQuality(header: string): readonly string[] {
  const ranges = header.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { tag, quality: quality === undefined ? 1 : Number(quality) };
  });
  return ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((first, second) => second.quality - first.quality)
    .map(({ tag }) => tag);
}
