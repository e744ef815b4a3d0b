import { sentenceOf } from '#core/trace/fault.ts';
import type { Because, Code, reasons } from '#core/trace/reasons.ts';
import type { english } from './english.ts';

type Key = keyof typeof english;

/** Every text of our pages, in one language. */
export type Texts = {
  readonly [K in Key]: (typeof english)[K] extends string ? string : (typeof english)[K];
};

/** The codes that have a sentence for persons in the table of reasons. */
export type ToldCode = { [C in Code]: (typeof reasons)[C] extends { person: string } ? C : never }[Code];

/** One language as its file writes it: what is missing falls back to English. */
export interface Translation {
  /** BCP 47. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly texts: Partial<Texts>;
  readonly reasons: Partial<Readonly<Record<ToldCode, string>>>;
}

/** One language as pages use it: every text is there. */
export interface Language extends Pick<Translation, 'tag' | 'direction' | 'reasons'> {
  readonly say: Texts;
}

/** One sentence for the person at the keyboard, in their language where it has one. */
export function sentenceIn({ reasons: told, say }: Language, because: Because): string {
  const ownItems = (told as Readonly<Record<string, string | undefined>>)[because.code];
  return ownItems ?? sentenceOf(because, say.reasonUntold);
}
