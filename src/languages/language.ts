import { userMessageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { alike, type SentenceCode } from './alike.ts';
import type { english } from './texts/english.ts';

type Key = keyof typeof english;

/** Every text of our pages, in one language. */
export type Texts = {
  readonly [K in Key]: (typeof english)[K] extends string ? string : (typeof english)[K];
};

/** One language as its files write it. A text or sentence that a language lacks does not compile. */
export interface Translation {
  /** BCP 47. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly texts: Texts;
  /** What a person reads of a reason; empty for English, whose sentences are in the table of reasons. */
  readonly reasons: Partial<Readonly<Record<SentenceCode, string>>>;
}

/** One language as pages use it. */
export interface Language extends Pick<Translation, 'tag' | 'direction' | 'reasons'> {
  readonly say: Texts;
}

/** One sentence for the person at the keyboard, in their language. */
export function sentenceIn({ reasons: sentences, say }: Language, because: Because): string {
  // No name was typed, so there is no account that the certificate could be of.
  if (because.code === 'accountUnknown' && because.evidence.username === '') return say.certificateOfNoAccount;
  const code: string = (alike as Readonly<Record<string, string>>)[because.code] ?? because.code;
  return (
    (sentences as Readonly<Record<string, string | undefined>>)[code] ?? userMessageOf(because, say.unspecifiedReason)
  );
}
