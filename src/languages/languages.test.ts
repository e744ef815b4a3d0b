import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { because, reasons } from '#core/trace/reasons.ts';
import { chooseLanguage, type LanguageWishes, translations } from './choose.ts';
import { english } from './english.ts';
import { sentenceIn } from './language.ts';

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

  for (const { tag, texts } of translations) {
    const missing = Object.keys(english).filter((key) => !(key in texts));
    const complete = tag === 'en' || tag === 'de';
    test(`${tag} has what a page cannot do without${missing.length > 0 ? `; said in English: ${missing.join(', ')}` : ''}`, () => {
      const requirement = complete ? Object.keys(english) : needs;
      assert.deepEqual(
        requirement.filter((key) => missing.includes(key)),
        [],
      );
      const empty = Object.entries(texts).filter(([, text]) => (typeof text === 'string' ? text : text?.('x')) === '');
      assert.deepEqual(empty, []);
    });
  }

  test('what is missing is English', () => {
    const { say } = chooseLanguage({ mkt: 'cs' });
    assert.equal(say.password, 'Heslo');
    for (const key of Object.keys(english) as (keyof typeof english)[]) assert.ok(say[key], key);
  });
});

/** The texts without which a person who does not read English cannot sign in or out. */
const needs = ['signIn', 'userName', 'password', 'next', 'useCertificate', 'otherWays', 'couldNotSignIn', 'signOut'];

describe('the sentence of a reason', () => {
  const german = chooseLanguage({ mkt: 'de' });
  test('German has a sentence for each reason that a person sees', () => {
    const description = Object.entries(reasons).flatMap(([code, reason]) => ('person' in reason ? [code] : []));
    assert.deepEqual(
      description.filter((code) => !(code in german.reasons)),
      [],
    );
  });
  test('a reason without a sentence of its own gets the general one of the language', () => {
    assert.equal(sentenceIn(german, because('pathTooLong', { limit: 10 })), german.say.reasonUntold);
  });
  test('where the language has none, the English one serves', () => {
    const sentence = sentenceIn(chooseLanguage({ mkt: 'pl' }), because('termsNotAccepted', { policy: '', terms: [] }));
    assert.equal(sentence, reasons.termsNotAccepted.person);
  });
});
