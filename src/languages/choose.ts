import { arabic } from './arabic.ts';
import { chinese } from './chinese.ts';
import { czech } from './czech.ts';
import { dutch } from './dutch.ts';
import { english } from './english.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import { germanReasons } from './german-reasons.ts';
import { italian } from './italian.ts';
import { japanese } from './japanese.ts';
import type { Language, Translation } from './language.ts';
import { polish } from './polish.ts';
import { portuguese } from './portuguese.ts';
import { spanish } from './spanish.ts';

/** The languages there are; the first is spoken to whoever asks for none of them. */
export const translations: readonly Translation[] = [
  { tag: 'en', direction: 'ltr', texts: english, reasons: {} },
  { tag: 'de', direction: 'ltr', texts: german, reasons: germanReasons },
  { tag: 'fr', direction: 'ltr', texts: french, reasons: {} },
  { tag: 'es', direction: 'ltr', texts: spanish, reasons: {} },
  { tag: 'it', direction: 'ltr', texts: italian, reasons: {} },
  { tag: 'pt', direction: 'ltr', texts: portuguese, reasons: {} },
  { tag: 'nl', direction: 'ltr', texts: dutch, reasons: {} },
  { tag: 'pl', direction: 'ltr', texts: polish, reasons: {} },
  { tag: 'cs', direction: 'ltr', texts: czech, reasons: {} },
  { tag: 'ja', direction: 'ltr', texts: japanese, reasons: {} },
  { tag: 'zh-Hans', direction: 'ltr', texts: chinese, reasons: {} },
  { tag: 'ar', direction: 'rtl', texts: arabic, reasons: {} },
];

const languages: readonly Language[] = translations.map(({ texts, ...rest }) => ({
  ...rest,
  say: { ...english, ...texts },
}));

/** The language of whoever says nothing. */
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

/** Nobody reads more languages than this; the rest of a long header is not looked at. */
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
  const target = tag.toLowerCase();
  const primary = primaryOf(target);
  const twin = languages.find((language) => language.tag.toLowerCase() === target);
  return twin ?? languages.find((language) => primary !== '' && primaryOf(language.tag) === primary);
}

const primaryOf = (tag: string): string => tag.split('-')[0]!.toLowerCase();

function byQuality(header: string): readonly string[] {
  const ranges = header.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { tag, quality: quality === undefined ? 1 : Number(quality) };
  });
  return ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((item, second) => second.quality - item.quality)
    .map(({ tag }) => tag);
}
