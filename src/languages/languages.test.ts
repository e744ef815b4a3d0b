import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Reason } from '#core/trace/reason.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { reasonTables } from '#server/reasons/join.ts';
import { alike } from './alike.ts';
import { chooseLanguage, type LanguageWishes, translations } from './choose.ts';
import { sentenceIn } from './language.ts';
import { english } from './texts/english.ts';

const wishes: readonly (LanguageWishes & { readonly name: string; readonly expect: string })[] = [
  { name: 'nothing asked for is English', expect: 'en' },
  { name: 'a region is its language', acceptLanguage: 'de-AT', expect: 'de' },
  { name: 'the header is read by quality', acceptLanguage: 'fr;q=0.3, de;q=0.8, en;q=0.5', expect: 'de' },
  { name: 'a language without texts here is passed over', acceptLanguage: 'eo, cs;q=0.5', expect: 'cs' },
  { name: 'quality nought means not', acceptLanguage: 'de;q=0', expect: 'en' },
  { name: 'mainland Chinese is simplified Chinese', acceptLanguage: 'zh-CN', expect: 'zh-Hans' },
  { name: 'ui_locales beats the header', uiLocales: 'eo ja', acceptLanguage: 'de', expect: 'ja' },
  { name: 'mkt beats ui_locales', mkt: 'nl-NL', uiLocales: 'ja', acceptLanguage: 'de', expect: 'nl' },
  { name: 'a malformed header means English', acceptLanguage: ';;;,,,q=x', expect: 'en' },
  { name: 'a star is English', acceptLanguage: '*', expect: 'en' },
  {
    name: 'a very long header is read up to the limit',
    acceptLanguage: `${'eo,'.repeat(9999)}de`,
    expect: 'en',
  },
];
for (const { name, expect, ...wish } of wishes) {
  test(name, () => assert.equal(chooseLanguage(wish).tag, expect));
}

describe('twelve languages', () => {
  test('there are twelve, each with its own tag, and Arabic runs from right to left', () => {
    assert.equal(new Set(translations.map(({ tag }) => tag)).size, 12);
    assert.deepEqual(
      translations.filter(({ direction }) => direction === 'rtl').map(({ tag }) => tag),
      ['ar'],
    );
  });

  const translated = translations.filter(({ tag }) => tag !== 'en');
  const sentences = Object.values(reasonTables)
    .flatMap((table) => Object.entries<Reason<never>>(table))
    .flatMap(([code, { userMessage }]) => (userMessage === undefined ? [] : [[code, userMessage]]));
  const sentenceCodes = sentences.map(([code]) => code!).filter((code) => !(code in alike));

  for (const { tag, texts } of translations)
    test(`${tag} has every text, and none is empty`, () => {
      assert.deepEqual(Object.keys(texts).toSorted(), Object.keys(english).toSorted());
      const empty = Object.entries(texts).filter(([, text]) => (typeof text === 'string' ? text : text('x')) === '');
      assert.deepEqual(empty, []);
    });

  for (const { tag, texts } of translated)
    test(`${tag} names in its texts what English names in them`, () => {
      const without = Object.entries(texts).filter(([, text]) => typeof text !== 'string' && !text('·').includes('·'));
      assert.deepEqual(without, []);
    });

  for (const { tag, reasons: translation } of translated)
    test(`${tag} has a sentence of its own for every reason that a person reads`, () => {
      assert.deepEqual(Object.keys(translation).toSorted(), sentenceCodes.toSorted());
      const english = sentences.filter(([code, person]) => (translation as Record<string, string>)[code!] === person);
      assert.deepEqual(english, [], 'said in English');
    });

  for (const { tag } of translated)
    test(`${tag} says in its files that a machine made them, until a person has reviewed them`, () => {
      const name = new Intl.DisplayNames('en', { type: 'language' }).of(tag.slice(0, 2))!.toLowerCase();
      for (const folder of ['texts', 'reasons'])
        assert.match(readFileSync(join(import.meta.dirname, folder, `${name}.ts`), 'utf8'), /Machine-made translation/);
    });

  test('reasons that share a sentence share it in English, too', () => {
    const english = new Map(sentences.map(([code, person]) => [code, person]));
    const apart = Object.entries(alike).filter(([code, twin]) => english.get(code) !== english.get(twin));
    assert.deepEqual(apart, []);
  });
});

describe('the sentence of a reason', () => {
  const german = chooseLanguage({ mkt: 'de' });
  test('a reason without a sentence of its own gets the general one of the language', () => {
    assert.equal(sentenceIn(german, because('pathTooLong', { limit: 10 })), german.say.unspecifiedReason);
  });

  // The sentence does not tell which accounts there are: the same for a name of no user and a card of another.
  const foreign: readonly Because[] = [
    because('accountUnknown', { username: 'ana@woodgrove.test' }),
    because('accountAmbiguous', { username: 'ana@woodgrove.test', found: 2 }),
    because('bindingMismatch', { userPrincipalName: 'ana@woodgrove.test', tried: [] }),
    because('bindingsTooWeak', { requiredAffinity: 'high', dropped: [] }),
    because('bindingAmbiguous', { field: 'Subject', property: 'certificateUserIds', value: 'x', found: 2 }),
  ];
  for (const { tag } of translations)
    test(`${tag}: a certificate of another account is refused in one sentence, and not as a wrong password`, () => {
      const language = chooseLanguage({ mkt: tag });
      const sentences = new Set(foreign.map((reason) => sentenceIn(language, reason)));
      assert.equal(sentences.size, 1);
      assert.ok(!sentences.has(sentenceIn(language, because('passwordWrong', { userPrincipalName: 'x' }))));
    });

  test('where no name was typed, the certificate belongs to no account', () => {
    assert.equal(sentenceIn(german, because('accountUnknown', { username: '' })), german.say.certificateOfNoAccount);
  });
});
