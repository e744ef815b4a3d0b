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
  const add = (locale: string) =>
    addLocalization(locale, { signInPageText: `of ${locale}` }, 'test', woodgrove.ports.objects);
  beforeEach(async () => {
    woodgrove = await openTenant();
    const target = { tenantId: woodgrove.tenant.id, actor: 'test' };
    orThrow(
      await changeBranding({ signInPageText: 'of all', backgroundColor: '#112233' }, target, woodgrove.ports.objects),
    );
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
    const { objects } = woodgrove.ports;
    const at = (locale: string) => ({ tenantId: woodgrove.tenant.id, locale, actor: 'test' });
    assert.equal(outcomeOf(await changeBrandingAt(at('it'), { signInPageText: 'x' }, objects)), 'graphObjectMissing');
    assert.equal(outcomeOf(await changeBrandingAt(at('de'), { signInPageText: 'neu' }, objects)), 'passed');
    assert.equal((await brandingIn('de', woodgrove.ports)).branding.signInPageText, 'neu');
    assert.equal(outcomeOf(await removeLocalization('de', 'test', objects)), 'passed');
    assert.equal(outcomeOf(await removeLocalization('de', 'test', objects)), 'graphObjectMissing');
    assert.equal((await brandingIn('de', woodgrove.ports)).branding.signInPageText, 'of all');
    assert.equal((await brandingIn('fr-FR', woodgrove.ports)).branding.signInPageText, 'of fr-FR');
  });
});
