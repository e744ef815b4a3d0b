import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { changeBranding } from './branding.ts';
import { addLocalization, brandingIn, changeBrandingAt, localeOf, removeLocalization } from './localizations.ts';

for (const [tag, spelling] of [
  ['fr-fr', 'fr-FR'],
  ['DE', 'de'],
  ['zh-hant-tw', 'zh-Hant-TW'],
  ['0', undefined],
  ['français', undefined],
  ['de_CH', undefined],
] as const)
  test(`the language tag ${tag}: ${spelling ?? 'refused'}`, () => {
    const ruling = localeOf(tag);
    assert.equal(ruling.outcome === 'passed' ? ruling.value : undefined, spelling);
  });

describe('branding by language', () => {
  let woodgrove: OneTenant;
  const context = () => ({ actor: 'test', ports: { objects: woodgrove.ports.objects, tenant: woodgrove.tenant } });
  const add = (locale: string) => addLocalization(locale, { signInPageText: `of ${locale}` }, context());
  beforeEach(async () => {
    woodgrove = await openTenant();
    orThrow(await changeBranding({ signInPageText: 'of all', backgroundColor: '#112233' }, context()));
    for (const locale of ['fr-FR', 'fr-CA', 'de']) orThrow(await add(locale));
  });
  afterEach(() => woodgrove.end());

  for (const [language, expected] of [
    [undefined, 'of all'],
    ['fr-ca', 'of fr-CA'],
    ['de-CH', 'of de'],
    ['it', 'of all'],
  ] as const)
    test(`pages in ${language ?? 'no language in particular'} show the text ${expected}`, async () => {
      const { branding } = await brandingIn(language, woodgrove.ports);
      assert.deepEqual([branding.signInPageText, branding.backgroundColor], [expected, '#112233']);
    });

  test('a language has one, which is changed and removed alone', async () => {
    assert.equal(outcomeOf(await add('de')), 'graphObjectConflict');
    assert.equal(outcomeOf(await changeBrandingAt('it', { signInPageText: 'x' }, context())), 'graphObjectMissing');
    assert.equal(outcomeOf(await changeBrandingAt('de', { signInPageText: 'neu' }, context())), 'passed');
    assert.equal((await brandingIn('de', woodgrove.ports)).branding.signInPageText, 'neu');
    assert.equal(outcomeOf(await removeLocalization('de', context())), 'passed');
    assert.equal(outcomeOf(await removeLocalization('de', context())), 'graphObjectMissing');
    assert.equal((await brandingIn('de', woodgrove.ports)).branding.signInPageText, 'of all');
    assert.equal((await brandingIn('fr-FR', woodgrove.ports)).branding.signInPageText, 'of fr-FR');
  });
});
